import { describe, expect, it } from 'vitest';
import { runSchedules } from './schedules.js';

/** The same stories each time: `npm run faults -- --random` draws new ones. */
const SEED = 20261124;

describe('random schedules', () => {
  it('break no rule', { timeout: 1_200_000 }, async () => {
    const lines: string[] = [];
    const good = await runSchedules({
      count: 200,
      workers: 2,
      seed: SEED,
      out: (line) => lines.push(line),
    });

    expect(good, lines.join('\n')).toBe(true);
  });
});
