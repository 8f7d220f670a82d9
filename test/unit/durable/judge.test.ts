import { describe, expect, it } from 'vitest';
import { judge } from '../../durable/runScenario.js';

const right = { outcome: 'enabled', defects: [] };
const wrong = { outcome: 'interrupted', defects: [] };

describe('the verdict on a scenario', () => {
  it('is failed where the outcome is another or a rule is broken', () => {
    expect(judge({ expected: 'enabled' }, right).verdict).toBe('passed');
    expect(judge({ expected: 'enabled' }, wrong).verdict).toBe('failed');
    expect(judge({ expected: 'enabled' }, { ...right, defects: ['2 writes, not 1'] }).verdict).toBe('failed');
  });

  it('is known where it fails as an issue says, and failed where it is fixed', () => {
    const known = { issue: 'No dead credential, no silent end' };

    expect(judge({ expected: 'enabled', known }, wrong).verdict).toBe('known');
    const fixed = judge({ expected: 'enabled', known }, right);
    expect(fixed.verdict).toBe('failed');
    expect(fixed.remarks.join()).toContain(known.issue);
  });
});
