import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyLabel, pendingSecret, runOfLabel } from '../../../../src/domain/rotation/pending.js';
import { PROFILE } from '../bodies.js';

describe('a staged value', () => {
  it('waits in a secret of its own beside the one that everybody reads', () => {
    const { vault, name } = PROFILE.credential.secret;

    expect(pendingSecret(PROFILE.credential)).toEqual({ vault, name: `${name}-pending` });
  });
});

const KEY = '0123456789abcdef';

describe('the label of a key', () => {
  it('names its run, whatever the run is called', () => {
    fc.assert(
      fc.property(fc.string(), (runId) => {
        expect(runOfLabel(KEY, keyLabel(KEY, runId))).toBe(runId);
      }),
    );
  });

  it('names its credential: what another minted for the same application is not ours', () => {
    expect(runOfLabel(KEY, keyLabel('fedcba9876543210', 'ev-1'))).toBeUndefined();
  });

  it.each([
    { label: 'no name', displayName: undefined },
    { label: 'an empty name', displayName: '' },
    { label: "somebody's name", displayName: 'made by hand' },
    { label: 'a name that has the word later', displayName: 'my airlock 01234567 ev-1' },
    { label: 'a name that only begins alike', displayName: 'airlock 012345678 ev-1' },
    { label: 'a name in another case', displayName: 'Airlock 01234567 ev-1' },
  ])('is not $label', ({ displayName }) => {
    expect(runOfLabel(KEY, displayName)).toBeUndefined();
  });
});
