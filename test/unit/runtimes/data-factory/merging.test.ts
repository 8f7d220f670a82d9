import { describe, expect, it } from 'vitest';
import type { Profile } from '../../../../src/domain/configuration/profile.js';
import type { JsonObject } from '../../../../src/domain/values/json.js';
import { Secret } from '../../../../src/domain/values/secret.js';
import { airflowProperties } from '../../../../src/runtimes/data-factory/airflowProperties.js';
import { bodyOf, CREDENTIAL, mergeBody, PROFILE, REPLACING } from '../../domain/settings/bodies.js';

function merge(airflow: JsonObject, held: Record<string, Secret> = {}, profile: Profile = PROFILE) {
  const merged = mergeBody({
    profile,
    credential: CREDENTIAL,
    body: bodyOf(airflow),
    secretComparison: 'unreadable',
    values: { clientSecret: new Secret('held-secret'), variables: held },
  });
  return airflowProperties(merged) ?? {};
}

describe('what a read hid and a write sends again', () => {
  it.each(['airflowEnvironmentVariables', 'airflowConfigurationOverrides'])(
    'is filled in in %s',
    (container) => {
      const merged = merge({ [container]: { DB: '****', TEAM: 'sales' } }, { DB: new Secret('real') });

      expect(merged[container]).toMatchObject({ DB: 'real', TEAM: 'sales' });
    },
  );

  it('does not take the place of the app’s own settings', () => {
    const merged = merge(
      { airflowEnvironmentVariables: { AZURE_CLIENT_SECRET: '****', AZURE_CLIENT_ID: null } },
      { AZURE_CLIENT_SECRET: new Secret('stale'), AZURE_CLIENT_ID: new Secret('stale') },
    );

    expect(merged['airflowEnvironmentVariables']).toMatchObject({
      AZURE_CLIENT_SECRET: 'held-secret',
      AZURE_CLIENT_ID: PROFILE.credential.clientId,
    });
  });

  it('does not bring back what a takeover removes', () => {
    const name = 'AIRFLOW__WORKERS__SECRETS_BACKEND_KWARGS';
    const merged = merge(
      { airflowEnvironmentVariables: { [name]: '****' } },
      { [name]: new Secret('{}') },
      REPLACING,
    );

    expect(merged['airflowEnvironmentVariables']).not.toHaveProperty(name);
  });

  it('is looked up by names of its own alone', () => {
    const merged = merge({ airflowEnvironmentVariables: { constructor: '****' } });

    expect(merged['airflowEnvironmentVariables']).toMatchObject({ constructor: '****' });
  });
});

describe('the body of a write', () => {
  it('leaves out what the service calls read-only, and nothing else', () => {
    const airflow = { airflowVersion: '2.6.3', unknown: { a: [1, null] }, ['__proto__']: 'kept' };
    const body = { ...bodyOf(airflow), etag: 'e', systemData: {}, tags: { a: 'b' } };
    const merged = mergeBody({
      profile: PROFILE,
      credential: CREDENTIAL,
      body,
      secretComparison: 'absent',
      values: { clientSecret: new Secret('held-secret') },
    });

    expect(Object.keys(merged)).toEqual(['name', 'properties', 'tags']);
    expect(Object.keys(merged['properties'] as JsonObject)).toEqual(['type', 'typeProperties']);
    const after = airflowProperties(merged) ?? {};
    for (const key of Object.keys(airflow))
      expect(after[key]).toEqual(Object.entries(airflow).find(([name]) => name === key)?.[1]);
  });
});
