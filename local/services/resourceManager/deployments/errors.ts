/** Errors of a deployment, as Resource Manager words them. */
import { z } from 'zod';
import { Refusal } from './refusal.js';
import type { AzureError } from './types.js';

const FAULT_BODY = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** Throws on whatever is no refusal: a defect, or something that the local cloud does not play. */
export function errorOf(error: unknown, target: string): AzureError {
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    const message = `The request content was invalid and could not be deserialized: '${issue?.path.join('.')}: ${issue?.message}'.`;
    return { code: 'InvalidRequestContent', message, target };
  }
  if (!(error instanceof Refusal)) throw error;
  const { code, message, details } = error;
  return { code, message, target, ...(details.length === 0 ? {} : { details }) };
}

export function stillActive(name: string): Refusal {
  return new Refusal(
    'DeploymentActive',
    `Unable to edit or replace deployment '${name}': previous deployment is still active. Please see https://aka.ms/arm-deploy for usage details.`,
  );
}

export function deploymentFailed(target: string, cause: AzureError): AzureError {
  return {
    code: 'DeploymentFailed',
    target,
    message:
      'At least one resource deployment operation failed. Please list deployment operations for details. Please see https://aka.ms/arm-deployment-operations for usage details.',
    details: [cause],
  };
}

/** What a fault answers, as an error of the provider. */
export function refusalOf(status: number, body: unknown): Refusal {
  const { success, data } = FAULT_BODY.safeParse(body);
  return success
    ? new Refusal(data.error.code, data.error.message)
    : new Refusal('InternalServerError', `The resource provider answered with status ${status}.`);
}
