import { describe, expect, it } from 'vitest';
import type { TrailEntry } from '../../../../src/domain/runs/runs.js';
import { appendToTrail, clipped } from '../../../../src/domain/runs/trail.js';

const entry = (n: number, outcome = `outcome ${n}`): TrailEntry => ({
  at: new Date(n * 1000).toISOString(),
  step: `step ${n}`,
  outcome,
});

describe('the audit trail', () => {
  it('appends', () => {
    expect(appendToTrail([entry(1)], entry(2))).toEqual([entry(1), entry(2)]);
  });

  it('keeps start and end when it grows long, and says how much is left out', () => {
    let trail: TrailEntry[] = [];
    for (let n = 0; n < 200; n++) trail = appendToTrail(trail, entry(n));

    expect(trail.length).toBeLessThanOrEqual(40);
    expect(trail[0]).toEqual(entry(0));
    expect(trail.at(-1)).toEqual(entry(199));
    expect(trail[10]?.outcome).toBe('161 entries left out');
  });

  it('shortens a long outcome', () => {
    const [only] = appendToTrail([], entry(1, 'x'.repeat(5000)));

    expect(only?.outcome).toHaveLength(300);
  });

  it('cuts no letter in half', () => {
    expect(clipped('🔑🔑🔑', 4)).toBe('🔑…');
    expect(clipped('🔑🔑', 4)).toBe('🔑🔑');
    expect(clipped('🔑🔑🔑', 1)).toBe('');
  });
});
