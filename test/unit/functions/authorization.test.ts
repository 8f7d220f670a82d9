import { HttpRequest } from '@azure/functions';
import { describe, expect, it } from 'vitest';
import { authorize, type Role } from '../../../src/functions/http/authorization.js';

function requestBy(principal: object | string | undefined): HttpRequest {
  const text =
    typeof principal === 'object' ? Buffer.from(JSON.stringify(principal)).toString('base64') : principal;
  return new HttpRequest({
    method: 'GET',
    url: 'http://127.0.0.1/api/runs',
    ...(text === undefined ? {} : { headers: { 'x-ms-client-principal': text } }),
  });
}

const signedIn = (...roles: string[]) => ({
  auth_typ: 'aad',
  role_typ: 'roles',
  claims: [
    { typ: 'preferred_username', val: 'ada@contoso.example' },
    ...roles.map((val) => ({ typ: 'roles', val })),
  ],
});

describe('with a function key', () => {
  it('takes nobody’s word for a principal', () => {
    const allowed = authorize(requestBy(signedIn('operator')), { httpAuth: 'functionKey' }, 'operator');

    expect(allowed).toEqual({ kind: 'allowed', principal: 'function key' });
  });
});

describe('with App Service authentication', () => {
  const status = (principal: object | string | undefined, role: Role) => {
    const result = authorize(requestBy(principal), { httpAuth: 'appService' }, role);
    return result.kind === 'allowed' ? result.principal : result.response.status;
  };

  it.each<[string, object | string | undefined, Role, string | number | undefined]>([
    ['nobody', undefined, 'reader', 401],
    ['garbage', '%%%', 'reader', 401],
    ['a principal without roles', signedIn(), 'reader', 403],
    ['a reader reads', signedIn('reader'), 'reader', 'ada@contoso.example'],
    ['a reader does not start', signedIn('reader'), 'operator', 403],
    ['an operator starts', signedIn('operator'), 'operator', 'ada@contoso.example'],
    ['an operator reads', signedIn('operator'), 'reader', 'ada@contoso.example'],
    ['an operator does not approve', signedIn('operator'), 'approver', 403],
    ['an approver does not start', signedIn('approver'), 'operator', 403],
  ])('%s', (_label, principal, role, expected) => {
    expect(status(principal, role)).toBe(expected);
  });
});
