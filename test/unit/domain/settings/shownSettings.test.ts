import { describe, expect, it } from 'vitest';
import type { Profile } from '../../../../src/domain/configuration/profile.js';
import { planRuntime } from '../../../../src/domain/settings/planning.js';
import {
  isMadeAnew,
  learned,
  notShownIn,
  rememberedOf,
  seenAfter,
  seenIn,
} from '../../../../src/domain/settings/shownSettings.js';
import type { Json, JsonObject } from '../../../../src/domain/values/json.js';
import { bodyOf, CREDENTIAL, ENABLED, PROFILE } from './bodies.js';

const SEEN = { airflowEnvironmentVariables: 2, airflowRequirements: 1 };

describe('a container that shows nothing', () => {
  it.each([
    ['null', null],
    ['empty', {}],
    ['left out', undefined],
  ] as [string, Json | undefined][])(
    'is empty as %s where none was ever seen, and in doubt where there was',
    (_, value) => {
      const body = bodyOf(value === undefined ? {} : { airflowEnvironmentVariables: value });

      expect(notShownIn(body, undefined, undefined)).toEqual([]);
      expect(notShownIn(body, { airflowEnvironmentVariables: 2 }, undefined)).toEqual([
        'airflowEnvironmentVariables',
      ]);
    },
  );

  it('is what the profile says, either way', () => {
    expect(notShownIn(bodyOf({}), SEEN, true)).toEqual([]);
    expect(notShownIn(bodyOf({}), undefined, false)).toHaveLength(3);
  });

  it('is remembered as it was', () => {
    const before = seenIn(
      bodyOf({ airflowEnvironmentVariables: { A: '1', B: '2' }, airflowRequirements: ['x'] }),
    );

    expect(before).toEqual(SEEN);
    expect(seenAfter(before, seenIn(bodyOf({ airflowRequirements: ['x', 'y'] })))).toEqual({
      airflowEnvironmentVariables: 2,
      airflowRequirements: 2,
    });
  });

  it('is that of another runtime where its web server is another', () => {
    const at = (host: string) => bodyOf({ airflowWebUrl: `https://${host}/login/` });
    const before = { ...SEEN, webHost: 'one.example' };
    const settings = { wanted: 'w', state: 'written' } as const;

    expect(rememberedOf({ seen: before, settings }, at('one.example'))).toEqual({
      seen: before,
      last: settings,
    });
    expect(rememberedOf({ seen: before, settings }, at('two.example'))).toEqual({
      seen: { webHost: 'two.example' },
    });
    // While a runtime is being created, its web server may not be known yet.
    expect(rememberedOf({ seen: before, settings }, bodyOf({}))).toEqual({ seen: before, last: settings });
    expect(isMadeAnew(SEEN, { webHost: 'two.example' })).toBe(false);
  });

  it('is a conflict only where something would be written', () => {
    const plan = (airflow: JsonObject, profile: Profile = PROFILE) =>
      planRuntime({
        profile,
        credential: CREDENTIAL,
        body: bodyOf(airflow),
        secretComparison: 'same',
        seen: { ...SEEN, airflowConfigurationOverrides: 1 },
      });
    const written = {
      airflowEnvironmentVariables: ENABLED,
      airflowRequirements: [PROFILE.requirement],
    };

    expect(plan(written).conflicts).toEqual([]);
    expect(plan({ ...written, airflowRequirements: [] }).conflicts.map(({ setting }) => setting)).toEqual([
      'airflowConfigurationOverrides',
      'airflowRequirements',
    ]);
    expect(
      plan({ ...written, airflowRequirements: [] }, { ...PROFILE, containersMayBeEmpty: true }).conflicts,
    ).toEqual([]);
  });
});

describe('what the app wrote', () => {
  const plan = (airflow: JsonObject, last?: { wanted: string; state: 'written' | 'shown' | 'notShown' }) =>
    planRuntime({
      profile: PROFILE,
      credential: CREDENTIAL,
      body: bodyOf(airflow),
      secretComparison: 'absent',
      ...(last ? { last } : {}),
    });
  const { wanted } = plan({});

  it('and no read has shown since is not written again', () => {
    for (const state of ['written', 'notShown'] as const) {
      expect(plan({}, { wanted, state }).conflicts).toMatchObject([{ code: 'writeNotShown' }]);
    }
  });

  it('is told before what the same read does not show', () => {
    const { conflicts } = planRuntime({
      profile: PROFILE,
      credential: CREDENTIAL,
      body: bodyOf({}),
      secretComparison: 'absent',
      seen: SEEN,
      last: { wanted, state: 'written' },
    });

    expect(conflicts.map(({ code }) => code)).toEqual([
      'writeNotShown',
      'settingsNotShown',
      'settingsNotShown',
    ]);
  });

  it('and a read has shown is written again where somebody took it away', () => {
    expect(plan({}, { wanted, state: 'shown' }).conflicts).toEqual([]);
  });

  it('is the same whatever else the runtime has', () => {
    const kwargs = JSON.stringify({ retry_total: 5 });

    expect(plan({ airflowEnvironmentVariables: { AIRFLOW__SECRETS__BACKEND_KWARGS: kwargs } }).wanted).toBe(
      wanted,
    );
  });

  it('says nothing of other settings', () => {
    expect(plan({}, { wanted: 'another', state: 'notShown' }).conflicts).toEqual([]);
  });

  it('is remembered as written, then as shown or not', () => {
    const changes = plan({});
    const none = { ...changes, changes: false };
    const tripped = plan({}, { wanted, state: 'written' });

    expect(learned(changes, true, {}).settings).toEqual({ wanted, state: 'written' });
    expect(learned(none, false, {}).settings).toEqual({ wanted, state: 'shown' });
    expect(learned(tripped, false, {}).settings).toEqual({ wanted, state: 'notShown' });
    expect(learned(changes, false, {}).settings).toBeUndefined();
  });
});
