import { expect, it } from 'vitest';
import { Restarts } from '../../faults/restarts.js';

const APP = 'app';

function restarted(times: number): Restarts {
  const restarts = new Restarts(APP);
  const entry = { n: 1, at: '2026-11-26T00:00:00.000Z', service: 'arm', operation: 'runtime.updated' };
  for (let n = 0; n < times; n++)
    restarts.take([{ ...entry, subject: 'runtimes/etl-a', detail: { by: APP } }]);
  return restarts;
}

it('lets a scenario that lasts for days have another try each day, and no more', () => {
  expect(restarted(6).beyond({}, 0.9)).toEqual([]);
  expect(restarted(7).beyond({}, 0.9)).toEqual(['the app restarted etl-a 7 times, at most 6 are due']);
  expect(restarted(12).beyond({}, 2.6)).toEqual([]);
  expect(restarted(13).beyond({}, 2.6)).toHaveLength(1);
  expect(restarted(2).beyond({ 'etl-a': 1 }, 2.6)).toHaveLength(1);
});
