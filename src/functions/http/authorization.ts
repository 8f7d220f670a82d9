import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { AppSettings } from '../../config/appSettings.js';
import type { Caller } from '../../domain/runs/caller.js';
import { sha256Hex } from '../../domain/values/digest.js';
import { problem } from './problem.js';

/** What a caller may do: read runs, start and cancel them, approve. */
export type Role = 'reader' | 'operator' | 'approver';

/** Who asks: `Caller` without the call. */
type Identity = Pick<Caller, 'principal' | 'objectId'>;

export type Authorization =
  | { readonly kind: 'allowed'; readonly identity: Identity }
  | { readonly kind: 'denied'; readonly response: HttpResponseInit };

/** Of a name, in letters. */
const LONGEST = 100;

/** An operator may read what an operator starts. */
const IMPLIED: Readonly<Record<Role, readonly Role[]>> = {
  reader: ['reader', 'operator', 'approver'],
  operator: ['operator'],
  approver: ['approver'],
};

/**
 * Who asks, and whether they may. With function keys the host has checked the key already, and a principal header
 * could be anybody's: it is not looked at. With App Service authentication that header is the platform's own
 * (https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities).
 */
export function authorize(request: HttpRequest, settings: AppSettings, role: Role): Authorization {
  if (settings.httpAuth === 'functionKey') {
    return { kind: 'allowed', identity: { principal: functionKeyOf(request) } };
  }
  const signedIn = parsePrincipal(request.headers.get('x-ms-client-principal'));
  if (!signedIn) {
    return unauthenticated(
      'App Service authentication gave no principal. Sign in, or send a token of the app registration.',
    );
  }
  const { principal, objectId, roles } = signedIn;
  if (objectId === undefined) {
    return unauthenticated(
      `The token of ${principal} names no object id (claim oid), by which callers are told apart. Send one that Microsoft Entra ID issued.`,
    );
  }
  if (IMPLIED[role].some((held) => roles.includes(held))) {
    return { kind: 'allowed', identity: { principal, objectId } };
  }
  const response = problem({
    code: 'roleMissing',
    detail: `This needs the app role ${role}. Assign it to ${principal} (object id ${objectId}) under the app registration's enterprise application, Users and groups.`,
  });
  return { kind: 'denied', response };
}

/**
 * Which key: the host tells the app neither its name nor its id, but hands the request on with it. So it is named by the
 * beginning of its SHA-256. Where there are two, the host goes by the header
 * (https://github.com/Azure/azure-functions-host, AuthenticationLevelHandler).
 */
function functionKeyOf(request: HttpRequest): string {
  const key = request.headers.get('x-functions-key') ?? request.query.get('code');
  return key ? `function key ${sha256Hex(key).slice(0, 8)}` : 'function key';
}

function unauthenticated(detail: string): Authorization {
  const response = problem({
    code: 'unauthenticated',
    detail,
    headers: { 'www-authenticate': 'Bearer' },
  });
  return { kind: 'denied', response };
}

const OBJECT_ID = ['http://schemas.microsoft.com/identity/claims/objectidentifier', 'oid'];

function parsePrincipal(
  header: string | null,
): { principal: string; objectId: string | undefined; roles: string[] } | undefined {
  if (!header) return undefined;
  try {
    const parsed = JSON.parse(Buffer.from(header, 'base64').toString('utf8')) as {
      claims?: { typ?: unknown; val?: unknown }[];
      role_typ?: unknown;
    };
    const claims = (parsed.claims ?? []).filter(
      (claim): claim is { typ: string; val: string } =>
        typeof claim.typ === 'string' && typeof claim.val === 'string',
    );
    const values = (types: readonly unknown[]) =>
      claims.filter(({ typ }) => types.includes(typ)).map(({ val }) => val);
    const [name] = values([
      'preferred_username',
      'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn',
      'appid',
      'azp',
    ]);
    const [objectId] = values(OBJECT_ID);
    return {
      principal: (name ?? objectId ?? 'unknown').slice(0, LONGEST),
      objectId: objectId?.slice(0, LONGEST),
      roles: values(['roles', 'role', parsed.role_typ]),
    };
  } catch {
    return undefined;
  }
}
