/**
 * What Entra says when it refuses: codes, texts, OAuth error names and HTTP statuses
 * (https://learn.microsoft.com/entra/identity-platform/reference-error-codes).
 */
import { randomUUID } from 'node:crypto';

export interface Refusal {
  /** The number of the AADSTS code. */
  readonly code: number;
  readonly status: number;
  /** OAuth 2.0 error name. */
  readonly error: string;
  readonly message: string;
}

export function tenantUnknown(tenantId: string): Refusal {
  return refusal(
    90002,
    400,
    'invalid_request',
    `Tenant '${tenantId}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
  );
}

export function applicationUnknown(clientId: string, tenantId: string): Refusal {
  return refusal(
    700016,
    400,
    'unauthorized_client',
    `Application with identifier '${clientId}' was not found in the directory '${tenantId}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
  );
}

export function secretInvalid(clientId: string): Refusal {
  return refusal(
    7000215,
    401,
    'invalid_client',
    `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`,
  );
}

export function secretExpired(clientId: string): Refusal {
  return refusal(
    7000222,
    401,
    'invalid_client',
    `The provided client secret keys for app '${clientId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
  );
}

export function credentialMissing(): Refusal {
  return refusal(
    7000216,
    401,
    'invalid_client',
    "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
  );
}

export function parameterMissing(name: string): Refusal {
  return refusal(
    900144,
    400,
    'invalid_request',
    `The request body must contain the following parameter: '${name}'.`,
  );
}

export function grantUnsupported(grant: string): Refusal {
  return refusal(
    70003,
    400,
    'unsupported_grant_type',
    `The app requested an unsupported grant type '${grant}'.`,
  );
}

export function scopeInvalid(scope: string): Refusal {
  return refusal(
    1002012,
    400,
    'invalid_scope',
    `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
  );
}

export function resourceUnknown(resource: string, tenantId: string): Refusal {
  return refusal(
    500011,
    400,
    'invalid_resource',
    `The resource principal named ${resource} was not found in the tenant named ${tenantId}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
  );
}

/** The body of an answer that refuses. `now` is milliseconds since the epoch, `correlationId` the client's own. */
export function refusalBody(refused: Refusal, now: number, correlationId: string = randomUUID()): object {
  const traceId = randomUUID();
  const timestamp = new Date(now)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');
  return {
    error: refused.error,
    error_description: `${refused.message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
    error_codes: [refused.code],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    error_uri: `https://login.microsoftonline.com/error?code=${refused.code}`,
  };
}

function refusal(code: number, status: number, error: string, message: string): Refusal {
  return { code, status, error, message: `AADSTS${code}: ${message}` };
}
