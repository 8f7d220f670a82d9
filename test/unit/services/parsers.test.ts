import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServiceRequest } from '../../../local/kernel/types.js';
import { readToken } from '../../../local/services/entra/tokens.js';
import { routeOf as vaultRoute } from '../../../local/services/keyVault/routes.js';
import {
  maskedNames,
  processSettings,
  shown,
  stored,
} from '../../../local/services/resourceManager/airflowProperties.js';
import { routeOf } from '../../../local/services/resourceManager/routes.js';
import { FACTORY_ID, RUNTIME_ID } from './cloud.js';

function request(method: string, path: string): ServiceRequest {
  const url = new URL(`https://host.example/${path.replace(/^\//, '')}`);
  return { method, host: url.hostname, url, headers: {}, body: Buffer.alloc(0) };
}

const METHOD = fc.constantFrom('GET', 'PUT', 'PATCH', 'POST', 'DELETE', 'HEAD');
const PATH = fc.oneof(
  fc.webPath(),
  fc
    .array(fc.constantFrom('secrets', 'deletedsecrets', 'versions', 'recover', 'x', '%zz', ''))
    .map((parts) => parts.join('/')),
  fc.tuple(fc.constantFrom(FACTORY_ID, RUNTIME_ID), fc.webPath()).map(([id, rest]) => id + rest),
);

describe('routes', () => {
  it('never throw, whatever the path', () => {
    fc.assert(
      fc.property(METHOD, PATH, (method, path) => {
        const call = request(method, path);
        const found = routeOf(call);
        expect(found === undefined || found.scope.startsWith('/subscriptions/')).toBe(true);
        expect(() => vaultRoute(call)).not.toThrow();
      }),
    );
  });

  it('find the same runtime in any case', () => {
    const scrambled = fc
      .array(fc.boolean(), { minLength: RUNTIME_ID.length, maxLength: RUNTIME_ID.length })
      .map((upper) =>
        [...RUNTIME_ID]
          .map((letter, at) => (upper[at] ? letter.toUpperCase() : letter.toLowerCase()))
          .join(''),
      );
    fc.assert(
      fc.property(scrambled, (path) => {
        const found = routeOf(request('GET', path));
        expect(found?.operation).toBe('integrationRuntimes.get');
        expect(found?.runtime.toLowerCase()).toBe('etl');
      }),
    );
  });

  it.each([
    ['GET', '/secrets/a/versions', 'secrets.listVersions', ''],
    ['GET', '/secrets/a/v1/', 'secrets.get', 'v1'],
    ['DELETE', '/secrets/a', 'secrets.delete', ''],
    ['DELETE', '/secrets/a/v1', undefined, undefined],
    ['POST', '/deletedsecrets/a/recover', 'deletedSecrets.recover', ''],
    ['PUT', '/deletedsecrets/a', undefined, undefined],
  ])('of a vault: %s %s', (method, path, operation, version) => {
    const found = vaultRoute(request(method, path));
    expect([found?.operation, found?.version]).toEqual([operation, version]);
  });
});

describe('properties of Airflow', () => {
  const NAME = fc.stringMatching(/^[A-Za-z][A-Za-z0-9._-]{0,8}$/);
  const REQUIREMENT = fc
    .tuple(NAME, fc.constantFrom('', '==1.0', '>=1,<2', '[x]', '[x,y]>=1,!=1.5'))
    .map(([name, rest]) => name + rest);

  it('read the same requirements from a list and from a text', () => {
    fc.assert(
      fc.property(fc.array(REQUIREMENT), fc.constantFrom(',', ', '), (list, comma) => {
        const read = (airflowRequirements: unknown) =>
          processSettings({ typeProperties: { airflowProperties: { airflowRequirements } } }).requirements;
        expect(read(list.join(comma))).toEqual(list);
        expect(read(list)).toEqual(list);
      }),
    );
  });

  it('survive any JSON, and never show a password', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (airflow, more) => {
        const airflowProperties = { ...airflow, password: 'hidden-value', airflowEnvironmentVariables: more };
        const kept = stored({ type: 'Airflow', typeProperties: { airflowProperties } });
        expect(() => [processSettings(kept), maskedNames(kept)]).not.toThrow();
        expect(JSON.stringify(shown(kept, 'host', 'Started', 'asterisks'))).not.toContain('hidden-value');
      }),
    );
  });
});

it('a token of nobody is refused, not a reason to throw', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(fc.base64String(), { maxLength: 4 }).map((parts) => parts.join('.')),
      ),
      (text) => {
        expect(readToken('00'.repeat(32), text)).toBeUndefined();
      },
    ),
  );
});
