import { describe, expect, it } from 'vitest';
import type { Profile } from '../../../../src/domain/configuration/profile.js';
import {
  isMadeAnew,
  learned,
  notShownIn,
  rememberedOf,
  seenAfter,
  seenIn,
  showsWrite,
} from '../../../../src/domain/settings/shownSettings.js';
import type { Json, JsonObject } from '../../../../src/domain/values/json.js';
import { bodyOf, CREDENTIAL, ENABLED, PROFILE, planBody } from './bodies.js';

const SEEN = { environment: 2, requirements: 1 };

describe('a container that shows nothing', () => {
  it.each([
    ['null', null],
    ['empty', {}],
    ['left out', undefined],
  ] as [string, Json | undefined][])(
    'is empty as %s where none was ever seen, and in doubt where there was',
    (_, value) => {
      const settings = value === undefined ? {} : { environment: value };

      expect(notShownIn(settings, undefined, undefined)).toEqual([]);
      expect(notShownIn(settings, { environment: 2 }, undefined)).toEqual(['environment']);
    },
  );

  it('is what the profile says, either way', () => {
    expect(notShownIn({}, SEEN, true)).toEqual([]);
    expect(notShownIn({}, undefined, false)).toHaveLength(3);
  });

  it('is remembered as it was', () => {
    const before = seenIn({ settings: { environment: { A: '1', B: '2' }, requirements: ['x'] } });

    expect(before).toEqual(SEEN);
    expect(seenAfter(before, seenIn({ settings: { requirements: ['x', 'y'] } }))).toEqual({
      environment: 2,
      requirements: 2,
    });
  });

  it('is that of another runtime where its web server is another', () => {
    const at = (host: string) => ({ settings: {}, webUrl: `https://${host}/login/` });
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
    expect(rememberedOf({ seen: before, settings }, { settings: {} })).toEqual({
      seen: before,
      last: settings,
    });
    expect(isMadeAnew(SEEN, { webHost: 'two.example' })).toBe(false);
  });

  it('is a conflict only where something would be written', () => {
    const plan = (airflow: JsonObject, profile: Profile = PROFILE) =>
      planBody({
        profile,
        credential: CREDENTIAL,
        body: bodyOf(airflow),
        secretComparison: 'same',
        seen: { ...SEEN, overrides: 1 },
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
    planBody({
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
    const { conflicts } = planBody({
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

    expect(learned(changes, { changed: true }, {}).settings).toEqual({ wanted, state: 'written' });
    expect(learned(changes, { changed: true, shown: true }, {}).settings).toEqual({ wanted, state: 'shown' });
    expect(learned(none, { changed: false }, {}).settings).toEqual({ wanted, state: 'shown' });
    expect(learned(tripped, { changed: false }, {}).settings).toEqual({ wanted, state: 'notShown' });
    expect(learned(changes, { changed: false }, {}).settings).toBeUndefined();
  });

  it.each([
    { read: 'the marker and all entries', marker: 'KEY-1', environment: 7, shown: true },
    { read: 'entries of somebody else, too', marker: 'key-1', environment: 8, shown: true },
    { read: 'fewer entries', marker: 'key-1', environment: 6, shown: false },
    { read: 'another marker', marker: 'key-2', environment: 7, shown: false },
    { read: 'no marker', marker: undefined, environment: 7, shown: false },
    { read: 'no entry at all', marker: 'key-1', environment: undefined, shown: false },
  ])('is shown by a read, or not: $read', ({ marker, environment, shown }) => {
    const read = {
      ...(marker === undefined ? {} : { marker }),
      shows: { requirements: 1, ...(environment === undefined ? {} : { environment }) },
    };
    const wrote = { environment: 7, requirements: 1 };

    expect(showsWrite(read, { credentialId: 'key-1', wrote })).toBe(shown);
  });
});
