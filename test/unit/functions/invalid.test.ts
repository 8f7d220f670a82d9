import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyErrors, invalid } from '../../../src/functions/http/invalid.js';
import { startRequest } from '../../../src/functions/http/schemas.js';

function errorsOf(body: unknown) {
  const parsed = startRequest.safeParse(body);
  return parsed.success ? [] : bodyErrors(parsed.error.issues);
}

describe('what is wrong with a request', () => {
  it.each<[string, unknown, string[]]>([
    ['nothing', { action: 'enable', profile: 'sales', dryRun: true }, []],
    ['no object', [], ['']],
    ['no action', { profile: 'sales' }, ['/action']],
    ['two targets', { action: 'check', profile: 'a', runtime: 'b' }, ['/runtime']],
    ['several fields', { action: 7, dryRun: 'yes', profile: {} }, ['/action', '/dryRun', '/profile']],
    ['names with slashes and tildes', { action: 'check', profile: 'a', 'x/y~z': 1 }, ['/x~1y~0z']],
  ])('is named by JSON Pointer: %s', (_label, body, pointers) => {
    expect(errorsOf(body).map(({ pointer }) => pointer)).toEqual(pointers);
  });

  it('is told in part where there is very much of it', () => {
    const body = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`field${index}`, 1]));
    const answer = invalid(errorsOf({ action: 'check', profile: 'a', ...body, ['x'.repeat(50_000)]: 1 }));

    expect(answer.status).toBe(422);
    expect(String(answer.body).length).toBeLessThan(5000);
    expect(String(answer.body)).toContain('And 4981 more.');
  });

  it('is told for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        expect(errorsOf(body).length).toBeGreaterThan(0);
      }),
    );
  });
});
