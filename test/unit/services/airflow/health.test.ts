import { expect, it } from 'vitest';
import { schedulerHealth } from '../../../../local/services/airflow/health.js';

const SECOND = 1000;
const END = 100 * SECOND;
const START = 110 * SECOND;
const at = (now: number) => ({ now, startedAt: START, lastBeatBefore: END });

// Seen on the real ones by `npm run test:airflow`.
it('counts the heartbeat of before for 30 s on Airflow 2, and not on Airflow 3', () => {
  expect(schedulerHealth(at(START), true)).toEqual({ latest: END, healthy: true });
  expect(schedulerHealth(at(START), false)).toEqual({ latest: END, healthy: false });
});

it('is unhealthy where the heartbeat of before is too old, or there was none', () => {
  const late = { now: END + 31 * SECOND, startedAt: END + 30 * SECOND, lastBeatBefore: END };
  expect(schedulerHealth(late, true)).toEqual({ latest: END, healthy: false });
  expect(schedulerHealth({ ...late, lastBeatBefore: null }, true)).toEqual({ latest: null, healthy: false });
});

it('goes by its own heartbeats once there are any', () => {
  for (const countsOldBeats of [true, false]) {
    expect(schedulerHealth(at(START + 16 * SECOND), countsOldBeats)).toEqual({
      latest: START + 14 * SECOND,
      healthy: true,
    });
  }
});
