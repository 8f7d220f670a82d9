import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { AppSettings } from '../../config/appSettings.js';
import { problem } from './problem.js';

/** What a caller may do: read runs, start and cancel them, approve. */
export type Role = 'reader' | 'operator' | 'approver';

export type Authorization =
  | { readonly kind: 'allowed'; readonly principal: string }
  | { readonly kind: 'denied'; readonly response: HttpResponseInit };

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
  if (settings.httpAuth === 'functionKey') return { kind: 'allowed', principal: 'function key' };
  const principal = parsePrincipal(request.headers.get('x-ms-client-principal'));
  if (!principal) {
    const response = problem({
      status: 401,
      code: 'unauthenticated',
      title: 'Not signed in',
      detail:
        'App Service authentication gave no principal. Sign in, or send a token of the app registration.',
      headers: { 'www-authenticate': 'Bearer' },
    });
    return { kind: 'denied', response };
  }
  if (IMPLIED[role].some((held) => principal.roles.includes(held))) {
    return { kind: 'allowed', principal: principal.name };
  }
  const response = problem({
    status: 403,
    code: 'roleMissing',
    title: 'Role missing',
    detail: `This needs the app role ${role}. Assign it to ${principal.name} under the app registration's enterprise application, Users and groups.`,
  });
  return { kind: 'denied', response };
}

function parsePrincipal(header: string | null): { name: string; roles: string[] } | undefined {
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
      'http://schemas.microsoft.com/identity/claims/objectidentifier',
      'oid',
      'appid',
      'azp',
    ]);
    return { name: (name ?? 'unknown').slice(0, 200), roles: values(['roles', 'role', parsed.role_typ]) };
  } catch {
    return undefined;
  }
}
