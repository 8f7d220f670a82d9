import { expect, it } from 'vitest';
import { schedulerHealth } from '../../../../local/services/airflow/health.js';

const SECOND = 1000;
const END = 100 * SECOND;
const START = 110 * SECOND;
const at = (now: number) => ({ now, startedAt: START, lastBeatBefore: END });

// Seen on the real 2.6.3, 2.10.5 and 3.3.2 by `npm run test:airflow`.
it('counts the heartbeat of before for 30 s', () => {
  expect(schedulerHealth(at(START))).toEqual({ latest: END, healthy: true });
});

it('is unhealthy where the heartbeat of before is too old, or there was none', () => {
  const late = { now: END + 31 * SECOND, startedAt: END + 30 * SECOND, lastBeatBefore: END };
  expect(schedulerHealth(late)).toEqual({ latest: END, healthy: false });
  expect(schedulerHealth({ ...late, lastBeatBefore: null })).toEqual({ latest: null, healthy: false });
});

it('goes by its own heartbeats once there are any', () => {
  const latest = START + 14 * SECOND;
  expect(schedulerHealth(at(START + 16 * SECOND))).toEqual({ latest, healthy: true });
});
