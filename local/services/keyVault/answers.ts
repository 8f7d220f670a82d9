/** What a vault answers: bundles, items of lists, and errors with the codes and texts of the real one. */
import type { ServiceResponse } from '../../kernel/types.js';
import {
  currentVersion,
  RECOVERABLE_DAYS,
  type SecretVersion,
  type StoredSecret,
  type Vault,
} from './secret.js';

/** The secret with its value, as `get` and `set` answer; without, as `update` and lists do. */
export function bundle(
  vault: Vault,
  secret: StoredSecret,
  version: SecretVersion,
  options: { value?: boolean; versionless?: boolean } = {},
): Record<string, unknown> {
  const base = `https://${vault.host}/secrets/${secret.name}`;
  return {
    ...(options.value === true ? { value: version.value } : {}),
    ...(version.contentType === null ? {} : { contentType: version.contentType }),
    id: options.versionless === true ? base : `${base}/${version.version}`,
    attributes: {
      enabled: version.enabled,
      ...(version.nbf === null ? {} : { nbf: version.nbf }),
      ...(version.exp === null ? {} : { exp: version.exp }),
      created: version.created,
      updated: version.updated,
      recoveryLevel: 'Recoverable+Purgeable',
      recoverableDays: RECOVERABLE_DAYS,
    },
    tags: version.tags,
  };
}

/** A soft-deleted secret. */
export function deletedBundle(
  vault: Vault,
  secret: StoredSecret,
  options: { versionless?: boolean } = {},
): Record<string, unknown> {
  const version = currentVersion(secret);
  const deletedDate = secret.deletedAt ?? 0;
  return {
    recoveryId: `https://${vault.host}/deletedsecrets/${secret.name}`,
    deletedDate,
    scheduledPurgeDate: deletedDate + RECOVERABLE_DAYS * 24 * 3600,
    ...(version === undefined ? {} : bundle(vault, secret, version, options)),
  };
}

/** An error as a vault words it; `inner` is the finer code. */
export function refusal(
  status: number,
  code: string,
  message: string,
  inner?: string,
  headers: Readonly<Record<string, string>> = {},
): ServiceResponse {
  const innererror = inner === undefined ? {} : { innererror: { code: inner } };
  return { status, headers, body: { error: { code, message, ...innererror } } };
}

/** 401 that tells clients where to get a token and for what: SDKs begin every conversation with it. */
export function challenge(
  tenantId: string,
  host: string,
  code: 'missing' | 'invalid' | 'issuer',
): ServiceResponse {
  const [authority, resource] = host.endsWith('.usgovcloudapi.net')
    ? ['login.microsoftonline.us', 'https://vault.usgovcloudapi.net']
    : host.endsWith('.azure.cn')
      ? ['login.chinacloudapi.cn', 'https://vault.azure.cn']
      : ['login.microsoftonline.com', 'https://vault.azure.net'];
  const message = {
    missing: 'AKV10000: Request is missing a Bearer or PoP token.',
    invalid: 'AKV10022: Invalid audience, or the token is expired or malformed.',
    issuer: 'AKV10032: Invalid issuer. The token is of a tenant that this vault does not belong to.',
  }[code];
  return refusal(401, 'Unauthorized', message, undefined, {
    'www-authenticate': `Bearer authorization="https://${authority}/${tenantId}", resource="${resource}"`,
  });
}

export function forbiddenByRbac(
  vault: Vault,
  caller: { clientId: string; objectId: string; tenantId: string },
  action: string,
  resourceId: string,
): ServiceResponse {
  return refusal(
    403,
    'Forbidden',
    [
      'Caller is not authorized to perform action on resource.',
      'If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.',
      `Caller: appid=${caller.clientId};oid=${caller.objectId};iss=https://sts.windows.net/${caller.tenantId}/`,
      `Action: '${action}'`,
      `Resource: '${resourceId.toLowerCase()}'`,
      'Assignment: (not found)',
      'DenyAssignmentId: null',
      'DecisionReason: null ',
      `Vault: ${vault.name};location=${vault.location}`,
      '',
    ].join('\r\n'),
    'ForbiddenByRbac',
  );
}

export function forbiddenByPolicy(
  vault: Vault,
  caller: { clientId: string; objectId: string; tenantId: string },
  operation: string,
): ServiceResponse {
  const permission = operation.split('.').at(-1);
  return refusal(
    403,
    'Forbidden',
    `The user, group or application 'appid=${caller.clientId};oid=${caller.objectId};iss=https://sts.windows.net/${caller.tenantId}/' does not have secrets ${permission} permission on key vault '${vault.name};location=${vault.location}'. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287`,
    'ForbiddenByPolicy',
  );
}

export function forbiddenByFirewall(vault: Vault, clientId: string): ServiceResponse {
  return refusal(
    403,
    'Forbidden',
    [
      'Client address is not authorized and caller is not a trusted service.',
      'Client address: 203.0.113.10',
      `Caller: appid=${clientId}`,
      `Vault: ${vault.name};location=${vault.location}`,
    ].join('\r\n'),
    'ForbiddenByFirewall',
  );
}

export function secretDisabled(operation: string): ServiceResponse {
  return refusal(
    403,
    'Forbidden',
    `Operation ${operation} is not allowed on a disabled secret.`,
    'SecretDisabled',
  );
}

export function secretNotFound(name: string): ServiceResponse {
  return refusal(
    404,
    'SecretNotFound',
    `A secret with (name/id) ${name} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182`,
  );
}

export function deletedButRecoverable(name: string): ServiceResponse {
  return refusal(
    409,
    'Conflict',
    `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.`,
    'ObjectIsDeletedButRecoverable',
  );
}

/** A deletion or a recovery has not ended yet. */
export function being(to: 'deleted' | 'recovered', name: string): ServiceResponse {
  const inner = to === 'deleted' ? 'ObjectIsBeingDeleted' : 'ObjectIsBeingRecovered';
  return refusal(409, 'Conflict', `Secret ${name} is currently being ${to}. Please retry later.`, inner);
}

export function badParameter(message: string): ServiceResponse {
  return refusal(400, 'BadParameter', message);
}
