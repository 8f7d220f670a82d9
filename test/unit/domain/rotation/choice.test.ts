import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chosenVersion, pinnedVersion } from '../../../../src/domain/rotation/choice.js';
import { EMPTY_CREDENTIAL_RECORD } from '../../../../src/domain/rotation/credentialState.js';
import type { ActiveRotation, RotationPhase } from '../../../../src/domain/rotation/phases.js';
import { DAY, HOUR, NOW, version } from './inventories.js';

const PHASES: RotationPhase[] = ['preparing', 'moving', 'committed', 'rollingBack'];
const OLD = version('key-1', NOW + DAY);
const DEAD = version('key-1', NOW);
const ENDLESS = version('key-1');
const NEW = version('key-2', NOW + 100 * DAY);

const during = (phase: RotationPhase, more: Partial<ActiveRotation> = {}) => ({
  ...EMPTY_CREDENTIAL_RECORD,
  rotation: { runId: 'run', until: NOW + HOUR, phase, from: OLD, to: NEW, ...more },
});

describe('the version that an enablement gives while a rotation moves', () => {
  it.each([
    { label: 'the old one to a new runtime', marker: undefined, from: OLD, chosen: OLD },
    { label: 'the old one to a runtime that has it', marker: 'key-1', from: OLD, chosen: OLD },
    { label: 'the old one to a runtime with an earlier one', marker: 'key-0', from: OLD, chosen: OLD },
    { label: 'the new one to a runtime that has been moved', marker: 'key-2', from: OLD, chosen: NEW },
    { label: 'the new one to a runtime that spells it otherwise', marker: 'KEY-2', from: OLD, chosen: NEW },
    { label: 'the old one where it never expires', marker: undefined, from: ENDLESS, chosen: ENDLESS },
    {
      label: 'the old one in its last millisecond',
      marker: undefined,
      from: version('key-1', NOW + 1),
      chosen: version('key-1', NOW + 1),
    },
    { label: 'not the old one exactly at its expiry', marker: 'key-1', from: DEAD, chosen: undefined },
    {
      label: 'the new one to a moved runtime where the old one is dead',
      marker: 'key-2',
      from: DEAD,
      chosen: NEW,
    },
  ])('is $label', ({ marker, from, chosen }) => {
    for (const phase of ['preparing', 'moving'] as const) {
      expect(chosenVersion(during(phase, { from }), marker, NOW)).toEqual(chosen);
    }
  });
});

describe('the version that an enablement gives', () => {
  it.each([undefined, 'key-1', 'key-2'])('after the commit is the new one, with the marker %s', (marker) => {
    expect(chosenVersion(during('committed', { from: DEAD }), marker, NOW)).toEqual(NEW);
  });

  it.each([undefined, 'key-1', 'key-2'])('on the way back is the old one, with the marker %s', (marker) => {
    expect(chosenVersion(during('rollingBack'), marker, NOW)).toEqual(OLD);
    expect(chosenVersion(during('rollingBack', { from: DEAD }), marker, NOW)).toBeUndefined();
  });

  it.each([
    { label: 'nothing is known', record: undefined },
    { label: 'no rotation is under way', record: EMPTY_CREDENTIAL_RECORD },
    {
      label: 'nothing has been minted yet',
      record: {
        ...EMPTY_CREDENTIAL_RECORD,
        rotation: { runId: 'run', until: NOW, phase: 'preparing', from: OLD } as const,
      },
    },
    {
      label: 'nobody knows what the runtimes had',
      record: {
        ...EMPTY_CREDENTIAL_RECORD,
        rotation: { runId: 'run', until: NOW, phase: 'moving', to: NEW } as const,
      },
    },
  ])('is the current one where $label', ({ record }) => {
    expect(chosenVersion(record, 'key-2', NOW)).toBeUndefined();
  });

  it('is never a dead one, whatever the phase and the marker', () => {
    const marker = fc.constantFrom(undefined, 'key-0', 'key-1', 'key-2');
    const expiry = fc.integer({ min: -2, max: 2 }).map((step) => NOW + step);
    fc.assert(
      fc.property(fc.constantFrom(...PHASES), marker, expiry, (phase, has, expiresAt) => {
        const chosen = chosenVersion(during(phase, { from: version('key-1', expiresAt) }), has, NOW);
        expect(Date.parse(chosen?.expiresOn ?? NEW.expiresOn ?? '')).toBeGreaterThan(NOW);
      }),
    );
  });
});

describe('a pin', () => {
  const pin = (use: typeof OLD) => ({
    use,
    insteadOf: 'key-2',
    secretVersion: NEW.secretVersion,
    code: 'pilotFailed' as const,
    since: '2026-11-23T00:00:00.000Z',
    until: '2026-11-23T01:00:00.000Z',
  });
  const pinned = { ...EMPTY_CREDENTIAL_RECORD, pinned: pin(OLD) };
  it.each([
    { label: 'stands for the version that had to go back', record: pinned, current: NEW, used: OLD },
    {
      label: 'stands for it in any spelling',
      record: pinned,
      current: { ...NEW, credentialId: 'KEY-2' },
      used: OLD,
    },
    {
      label: 'does not stand for a correction of the same key',
      record: pinned,
      current: { ...NEW, secretVersion: 'corrected' },
      used: undefined,
    },
    {
      label: 'gives nobody what has expired meanwhile',
      record: { ...EMPTY_CREDENTIAL_RECORD, pinned: pin(DEAD) },
      current: NEW,
      used: undefined,
    },
    { label: 'does not stand for a newer one', record: pinned, current: version('key-3'), used: undefined },
    { label: 'is not there', record: EMPTY_CREDENTIAL_RECORD, current: NEW, used: undefined },
    { label: 'of no record is not there', record: undefined, current: NEW, used: undefined },
  ])('$label', ({ record, current, used }) => {
    expect(pinnedVersion(record, current, NOW)).toEqual(used);
  });
});
