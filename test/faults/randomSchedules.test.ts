import { describe, expect, it } from 'vitest';
import { launchShared } from '../integration/app/cloudPool.js';
import { runSchedules } from './schedules.js';

/**
 * The same scenarios each time, among them each variant of the test cloud and each kind of fault: `npm run faults -- --random`
 * draws new ones, and so does .ci/run, of each commit its own.
 */
const SEED = 20261126;
/** A rotation of the test cloud takes a second of the processor's time: these are as many as one waits for. */
const COUNT = 10;

describe('random schedules', () => {
  it('break no rule', { timeout: 600_000 }, async () => {
    const lines: string[] = [];
    const good = await runSchedules({
      count: COUNT,
      // A second one would open the same clouds once more.
      workers: 1,
      seed: SEED,
      out: (line) => lines.push(line),
      launch: launchShared,
    });

    expect(good, lines.join('\n')).toBe(true);
  });
});
