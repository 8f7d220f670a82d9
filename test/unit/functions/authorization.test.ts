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

const ADA = '0f1e2d3c-0000-4000-8000-000000000001';

const signedIn = (...roles: string[]) => ({
  auth_typ: 'aad',
  role_typ: 'roles',
  claims: [
    { typ: 'preferred_username', val: 'ada@contoso.example' },
    { typ: 'http://schemas.microsoft.com/identity/claims/objectidentifier', val: ADA },
    ...roles.map((val) => ({ typ: 'roles', val })),
  ],
});

describe('with a function key', () => {
  it('takes nobody’s word for a principal', () => {
    const allowed = authorize(requestBy(signedIn('operator')), { httpAuth: 'functionKey' }, 'operator');

    expect(allowed).toEqual({ kind: 'allowed', identity: { principal: 'function key' } });
  });

  const withKey = (headers: Record<string, string>, query = '') => {
    const request = new HttpRequest({ method: 'GET', url: `http://127.0.0.1/api/runs${query}`, headers });
    const allowed = authorize(request, { httpAuth: 'functionKey' }, 'operator');
    return allowed.kind === 'allowed' ? allowed.identity.principal : undefined;
  };

  it('tells one key from another, and none of them', () => {
    const one = withKey({ 'x-functions-key': 'the-first-key' });
    const other = withKey({}, '?code=the-second-key');

    expect(one).toMatch(/^function key [0-9a-f]{8}$/);
    expect(other).toMatch(/^function key [0-9a-f]{8}$/);
    expect(one).not.toBe(other);
    expect(withKey({}, '?code=the-first-key')).toBe(one);
  });

  it('goes by the key that the host went by', () => {
    expect(withKey({ 'x-functions-key': 'one' }, '?code=other')).toBe(withKey({ 'x-functions-key': 'one' }));
  });
});

describe('with App Service authentication', () => {
  const status = (principal: object | string | undefined, role: Role) => {
    const result = authorize(requestBy(principal), { httpAuth: 'appService' }, role);
    return result.kind === 'allowed' ? result.identity.principal : result.response.status;
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

  it('tells callers apart by object id', () => {
    const allowed = authorize(requestBy(signedIn('reader')), { httpAuth: 'appService' }, 'reader');

    expect(allowed).toMatchObject({ identity: { principal: 'ada@contoso.example', objectId: ADA } });
  });

  it('lets nobody in whose token has no object id', () => {
    const { claims, ...rest } = signedIn('reader');
    const nameless = { ...rest, claims: claims.filter(({ val }) => val !== ADA) };

    expect(status(nameless, 'reader')).toBe(401);
  });
});
