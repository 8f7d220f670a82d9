import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/domain/values/json.js';
import { hiddenElsewhere } from '../../../../src/runtimes/data-factory/hiddenElsewhere.js';
import { bodyOf, CREDENTIAL, ENABLED, PROFILE, planBody } from '../../domain/settings/bodies.js';

const MASK = { type: 'SecureString', value: '****' };

describe('values that a read hides outside of variables', () => {
  it.each<[place: string, body: JsonObject]>([
    ['airflowProperties.userName', bodyOf({ userName: '****' })],
    ['airflowProperties.storage.key', bodyOf({ storage: { key: MASK } })],
    ['gitSyncProperties', bodyOf({ gitSyncProperties: '****' })],
    ['gitSyncProperties.username', bodyOf({ gitSyncProperties: { username: 'Pa****' } })],
    ['properties.connectVia', bodyOf({}, { connectVia: MASK })],
    ['identity.0', { ...bodyOf({}), identity: ['***'] }],
  ])('are found in %s', (place, body) => {
    expect(hiddenElsewhere(body)).toEqual([place]);
  });

  it('are not what people write for people, null, or what has rules of its own', () => {
    const airflow = {
      airflowEnvironmentVariables: { DB: '****' },
      airflowRequirements: ['***'],
      password: '****',
      gitSyncProperties: { credential: '****', branch: null },
      schedule: '*/5 * * * *',
    };

    expect(hiddenElsewhere(bodyOf(airflow, { description: '*** ours ***', annotations: ['***'] }))).toEqual(
      [],
    );
  });

  it('are named without the letters of a hostile name', () => {
    expect(hiddenElsewhere(bodyOf({ 'a\nb<c>': '***' }))).toEqual(['airflowProperties.a?b?c?']);
  });

  it('stop a write, and only a write', () => {
    const plan = (airflow: JsonObject) =>
      planBody({
        profile: PROFILE,
        credential: CREDENTIAL,
        body: bodyOf({ ...airflow, storage: '****' }),
        secretComparison: 'same',
      });
    const enabled = { airflowEnvironmentVariables: ENABLED, airflowRequirements: [PROFILE.requirement] };

    expect(plan({}).conflicts).toMatchObject([{ code: 'maskedValue', setting: 'airflowProperties.storage' }]);
    expect(plan(enabled)).toMatchObject({ changes: false, conflicts: [] });
  });
});
