import { describe, expect, it } from 'vitest';
import { noPilot } from '../../../../src/domain/rotation/problems.js';

describe('that no runtime could go first', () => {
  it('names those that were broken before, and those that broke on the way, each with its reason', () => {
    const broken = { names: ['etl-a'], code: 'dagMissing' as const };
    const spoilt = { names: ['etl-b', 'etl-c'], code: 'runtimeNotReady' as const };

    expect(noPilot(broken, spoilt).message).toBe(
      'No runtime could go first: in etl-a access does not work as it is (dagMissing); etl-b, etl-c could not be proven after the change (runtimeNotReady). That proves nothing of the new credential.',
    );
    expect(noPilot({ names: [] }, spoilt).message).not.toContain('as it is');
    expect(noPilot(broken, { names: [] }).message).not.toContain('after the change');
  });
});
