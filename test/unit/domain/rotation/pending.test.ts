import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isOtherHubs,
  keyLabel,
  minterOf,
  pendingSecret,
  runOfLabel,
} from '../../../../src/domain/rotation/pending.js';
import { PROFILE } from '../settings/bodies.js';

describe('a staged value', () => {
  it('waits in a secret of its own beside the one that everybody reads', () => {
    const { vault, name } = PROFILE.credential.secret;

    expect(pendingSecret(PROFILE.credential)).toEqual({ vault, name: `${name}-pending` });
  });
});

const KEY = minterOf('0123456789abcdef', 'a1b2c3d4');
const OTHERS = minterOf('0123456789abcdef', 'ffffffff');

describe('the label of a key', () => {
  it('names its run, whatever the run is called', () => {
    fc.assert(
      fc.property(fc.string(), (runId) => {
        expect(runOfLabel(KEY, keyLabel(KEY, runId))).toBe(runId);
      }),
    );
  });

  it('names its credential: what another minted for the same application is not ours', () => {
    expect(runOfLabel(KEY, keyLabel(minterOf('fedcba9876543210', 'a1b2c3d4'), 'ev-1'))).toBeUndefined();
  });

  it.each([
    { label: 'no name', displayName: undefined },
    { label: 'an empty name', displayName: '' },
    { label: "somebody's name", displayName: 'made by hand' },
    { label: 'a name that has the word later', displayName: 'my airlock 01234567.a1b2c3d4 ev-1' },
    { label: 'a name that only begins alike', displayName: 'airlock 01234567.a1b2c3d45 ev-1' },
    { label: 'a name in another case', displayName: 'Airlock 01234567.a1b2c3d4 ev-1' },
  ])('is not $label', ({ displayName }) => {
    expect(runOfLabel(KEY, displayName)).toBeUndefined();
  });

  it.each([
    {
      label: 'another task hub, also where its runs have the same ids',
      displayName: keyLabel(OTHERS, 'ev-1'),
      others: true,
    },
    { label: 'the app, without a hub', displayName: 'airlock 01234567 ev-1', others: true },
    { label: 'this hub', displayName: keyLabel(KEY, 'ev-1'), others: false },
    {
      label: 'another credential',
      displayName: keyLabel(minterOf('fedcba98', 'ffffffff'), 'ev-1'),
      others: false,
    },
    { label: 'somebody', displayName: 'made by hand', others: false },
    { label: 'nobody', displayName: undefined, others: false },
  ])("is another hub's or not where it names $label", ({ displayName, others }) => {
    expect(isOtherHubs(KEY, displayName)).toBe(others);
    if (others) expect(runOfLabel(KEY, displayName)).toBeUndefined();
  });
});
