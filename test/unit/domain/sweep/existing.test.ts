import { describe, expect, it } from 'vitest';
import {
  applyToProfileRecord,
  EMPTY_PROFILE_RECORD,
  firstSeenIn,
  MAX_REMEMBERED,
  type ProfileOperation,
} from '../../../../src/domain/records/profileRecord.js';
import { EMPTY_RECORD } from '../../../../src/domain/records/runtimeRecord.js';
import {
  existingKey,
  type Known,
  newlySeen,
  onlyReported,
  placeKey,
  turnsOf,
  wasThereFirst,
} from '../../../../src/domain/sweep/existing.js';
import { placeOf } from '../../../../src/runtimes/data-factory/pattern.js';
import { factoryIdOf, runtimeIdOf } from '../../../../src/runtimes/data-factory/resourceId.js';
import { PROFILE } from '../settings/bodies.js';

const names = { subscription: 's', resourceGroup: 'rg', factory: 'adf', name: 'etl' };
const runtime = runtimeIdOf(names);
const place = placeOf(factoryIdOf(names), '*');
const LISTED = firstSeenIn({ places: [placeKey(place)], existing: [] });
const WITH_IT = firstSeenIn({ places: [placeKey(place)], existing: [existingKey(runtime)] });
const { clientId } = PROFILE.credential;
/** Of a runtime that the app has checked, and not written: this one, or the one before it lost its storage. */
const CHECKED = {
  ...EMPTY_RECORD,
  proof: { fingerprint: 'f', credentialId: 'k', provenAt: 't', runId: 'r' },
};
const known = (more: Partial<Known>): Known => ({
  profile: PROFILE,
  runtime,
  firstSeen: LISTED,
  record: undefined,
  view: { beingMade: false },
  ...more,
});

describe('a runtime that was there first', () => {
  it.each<[string, Partial<Known>, boolean]>([
    ['the first list has shown it', { firstSeen: WITH_IT }, true],
    [
      'the first list has shown it, and it is made anew unseen',
      { firstSeen: WITH_IT, view: { beingMade: true } },
      true,
    ],
    ['the first list has not shown it', {}, false],
    ['no list is known', { firstSeen: firstSeenIn(undefined) }, true],
    [
      'no list is known, and it is being made',
      { firstSeen: firstSeenIn(undefined), view: { beingMade: true } },
      false,
    ],
    [
      'another factory was listed',
      { firstSeen: firstSeenIn({ places: [placeKey(placeOf('/other', '*'))], existing: [] }) },
      true,
    ],
    [
      'its factory was listed for other names',
      { firstSeen: firstSeenIn({ places: [placeKey(placeOf(factoryIdOf(names), 'x*'))], existing: [] }) },
      true,
    ],
    ['it has our marker', { firstSeen: WITH_IT, view: { beingMade: false, marker: 'k', clientId } }, false],
    [
      'it has our marker and hides the client id',
      { firstSeen: WITH_IT, view: { beingMade: false, marker: 'k' } },
      false,
    ],
    [
      'it has the marker of another credential',
      { firstSeen: WITH_IT, view: { beingMade: false, marker: 'k', clientId: 'x' } },
      true,
    ],
    ['it has our client id alone', { firstSeen: WITH_IT, view: { beingMade: false, clientId } }, true],
    ['the app looks after it', { firstSeen: WITH_IT, record: { ...EMPTY_RECORD, lookedAfter: true } }, false],
    ['a check has passed there, which somebody asked for', { firstSeen: WITH_IT, record: CHECKED }, true],
    [
      'it has our marker, and a check has passed there',
      { firstSeen: WITH_IT, view: { beingMade: false, marker: 'k', clientId }, record: CHECKED },
      false,
    ],
    [
      'the app has written it',
      { firstSeen: WITH_IT, record: { ...EMPTY_RECORD, settings: { wanted: 'w', state: 'written' } } },
      false,
    ],
  ])('%s', (_, more, expected) => {
    expect(wasThereFirst(known(more))).toBe(expected);
    expect(onlyReported(known(more))).toBe(expected ? 'existing' : undefined);
  });

  it('is told by ids in any case', () => {
    const noted = firstSeenIn({ places: [placeKey(place.toUpperCase())], existing: [] });
    expect(
      wasThereFirst(known({ firstSeen: noted, runtime: runtimeIdOf({ ...names, factory: 'ADF' }) })),
    ).toBe(false);
  });

  it('is of no matter where the profile only observes', () => {
    expect(onlyReported(known({ profile: { ...PROFILE, mode: 'observe' } }))).toBe('observed');
  });
});

describe('whose turn it is', () => {
  it.each([
    ['one where none was tried', [{ finding: 'existing', written: false }], 1],
    [
      'none beside one at work',
      [
        { finding: 'existing', written: false },
        { finding: 'inWork', written: false },
      ],
      0,
    ],
    ['none beside one that was written and is not proven', [{ finding: 'broken', written: true }], 0],
    ['another where one fails to which nothing was written', [{ finding: 'resting', written: false }], 1],
    [
      'all once access is proven',
      [
        { finding: 'fine', written: true },
        { finding: 'inWork', written: true },
      ],
      Number.POSITIVE_INFINITY,
    ],
    ['all where the proof is old', [{ finding: 'proofDue', written: true }], Number.POSITIVE_INFINITY],
  ] as const)('%s', (_, first, expected) => {
    expect(turnsOf(first)).toBe(expected);
  });
});

describe('the record of a profile', () => {
  const note = (places: string[], existing: string[]): ProfileOperation => ({
    kind: 'remember',
    places,
    existing,
    at: '2026-11-26T12:00:00.000Z',
  });

  it('only grows, and tells how many runtimes are new to it', () => {
    const one = applyToProfileRecord(EMPTY_PROFILE_RECORD, note(['p'], ['a', 'b']));
    expect(one).toEqual({ record: { places: ['p'], existing: ['a', 'b'] }, answer: { added: 2 } });
    const two = applyToProfileRecord(one.record, note(['q'], ['b', 'c']));
    expect(two.answer).toEqual({ added: 1 });
    expect(applyToProfileRecord(two.record, note(['p'], ['a', 'b']))).toEqual({
      record: two.record,
      answer: { added: 0 },
    });
  });

  it('notes no list that is too long: what it shows counts as there first', () => {
    const many = Array.from({ length: MAX_REMEMBERED + 1 }, (_, index) => String(index));
    const { record, answer } = applyToProfileRecord(EMPTY_PROFILE_RECORD, note(['p'], many));
    expect({ record, answer }).toEqual({ record: EMPTY_PROFILE_RECORD, answer: { added: 0 } });
    expect(wasThereFirst(known({ firstSeen: firstSeenIn(record) }))).toBe(true);
  });

  it('is told only what it does not know', () => {
    const shown = { places: [placeKey(place)], existing: [runtime] };
    expect(newlySeen(firstSeenIn(undefined), shown)).toEqual({
      places: [placeKey(place)],
      existing: [existingKey(runtime)],
    });
    expect(newlySeen(WITH_IT, shown)).toBeUndefined();
    expect(newlySeen(LISTED, shown)).toEqual({ places: [], existing: [existingKey(runtime)] });
  });
});
