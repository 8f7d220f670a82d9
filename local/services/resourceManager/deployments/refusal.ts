/** What a resource provider throws where Azure would refuse a resource. */
import type { AzureError } from './types.js';

export class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly details: readonly AzureError[] = [],
  ) {
    super(message);
  }
}

/** A resource that was taken and then failed, as Resource Manager words it; the provider's own error is behind it. */
export function failedState(code: string, message: string): Refusal {
  return new Refusal(
    'ResourceDeploymentFailure',
    "The resource write operation failed to complete successfully, because it reached terminal provisioning state 'Failed'.",
    [{ code, message }],
  );
}

export function resourceNotFound(id: string): Refusal {
  const { type, name, resourceGroup } = partsOf(id);
  return new Refusal(
    'ResourceNotFound',
    `The Resource '${type}/${name}' under resource group '${resourceGroup}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );
}

/** Type, name and resource group that a resource id names. */
export function partsOf(id: string): {
  readonly type: string;
  readonly name: string;
  readonly resourceGroup: string;
} {
  const [, namespace = '', rest = ''] = /^.*\/providers\/([^/]+)\/(.+)$/i.exec(id) ?? [];
  const parts = rest.split('/');
  const types = parts.filter((_, i) => i % 2 === 0);
  const names = parts.filter((_, i) => i % 2 === 1);
  const [, resourceGroup = ''] = /\/resourceGroups\/([^/]+)/i.exec(id) ?? [];
  return { type: [namespace, ...types].join('/'), name: names.join('/'), resourceGroup };
}
