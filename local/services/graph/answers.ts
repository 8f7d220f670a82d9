/** How Microsoft Graph refuses. */
import { randomUUID } from 'node:crypto';
import type { ServiceResponse } from '../../kernel/types.js';

export function notFound(id: string): ServiceResponse {
  return refusal(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

export function concurrent(): ServiceResponse {
  return refusal(
    409,
    'Directory_ConcurrencyViolation',
    'Due to concurrent requests, the operation could not be completed. Please wait briefly and retry the operation.',
  );
}

export function refusal(status: number, code: string, message: string): ServiceResponse {
  const requestId = randomUUID();
  const innerError = {
    date: new Date().toISOString(),
    'request-id': requestId,
    'client-request-id': requestId,
  };
  return { status, body: { error: { code, message, innerError } } };
}
