/** Resource Manager's answers that are no resource: errors with the codes and texts of the real one. */
import type { ServiceResponse } from '../../kernel/types.js';

/** An error as Resource Manager words it. */
export function refusal(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): ServiceResponse {
  return { status, headers, body: { error: { code, message } } };
}

export function unauthenticated(headerMissing: boolean): ServiceResponse {
  const challenge = 'Bearer authorization_uri="https://login.windows.net/", error="invalid_token"';
  return headerMissing
    ? refusal(401, 'AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing.", {
        'www-authenticate': challenge,
      })
    : refusal(401, 'InvalidAuthenticationToken', 'The access token is invalid.', {
        'www-authenticate': `${challenge}, error_description="The access token is invalid."`,
      });
}

export function wrongTenant(issuer: string, expected: string): ServiceResponse {
  return refusal(
    401,
    'InvalidAuthenticationTokenTenant',
    `The access token is from the wrong issuer 'https://sts.windows.net/${issuer}/'. It must match the tenant 'https://sts.windows.net/${expected}/' associated with this subscription.`,
  );
}

export function unauthorized(
  caller: { clientId: string; objectId: string },
  action: string,
  scope: string,
): ServiceResponse {
  return refusal(
    403,
    'AuthorizationFailed',
    `The client '${caller.clientId}' with object id '${caller.objectId}' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );
}

export function throttled(
  kind: string,
  subscription: string,
  principal: string,
  seconds: number,
): ServiceResponse {
  return refusal(
    429,
    'SubscriptionRequestsThrottled',
    `Number of '${kind}' requests for subscription '${subscription}' actor '${principal}' exceeded. Please try again after '${seconds}' seconds after additional tokens are available. Refer to https://aka.ms/arm-throttling for additional information.`,
    { 'retry-after': String(seconds) },
  );
}

export function notFound(type: string, name: string, resourceGroup: string): ServiceResponse {
  return refusal(
    404,
    'ResourceNotFound',
    `The Resource '${type}/${name}' under resource group '${resourceGroup}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );
}

export function subscriptionNotFound(subscription: string): ServiceResponse {
  return refusal(404, 'SubscriptionNotFound', `The subscription '${subscription}' could not be found.`);
}

export function invalidSubscription(subscription: string): ServiceResponse {
  const message = `The provided subscription identifier '${subscription}' is malformed or invalid.`;
  return refusal(400, 'InvalidSubscriptionId', message);
}

export function resourceGroupNotFound(resourceGroup: string): ServiceResponse {
  return refusal(404, 'ResourceGroupNotFound', `Resource group '${resourceGroup}' could not be found.`);
}

export function preconditionFailed(name: string): ServiceResponse {
  return refusal(
    412,
    'PreconditionFailed',
    `The etag of integration runtime '${name}' does not match the If-Match header: it was changed or deleted meanwhile.`,
  );
}

export function updating(name: string): ServiceResponse {
  return refusal(
    409,
    'Conflict',
    `The integration runtime '${name}' is being created or updated. Wait until that has ended and try again.`,
  );
}

/** 400: no API version, or one that this resource type does not know. */
export function wrongVersion(version: string | null, supported: readonly string[]): ServiceResponse {
  return version === null
    ? refusal(
        400,
        'MissingApiVersionParameter',
        'The api-version query parameter (?api-version=) is required for all requests.',
      )
    : refusal(
        400,
        'InvalidApiVersionParameter',
        `The api-version '${version}' is invalid. The supported versions are '${supported.join(',')}'.`,
      );
}
