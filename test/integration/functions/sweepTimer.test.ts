import type { Timer } from '@azure/functions';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRunId } from '../../../src/domain/runs/instanceIds.js';
import { startSweep } from '../../../src/functions/timers/sweep.js';
import { depsOf } from './deps.js';
import { type DurableHost, startDurableHost } from './durableHost.js';

let host: DurableHost;
beforeEach(async () => {
  host = await startDurableHost();
});
afterEach(() => host.close());

/** What the host gives while the function runs: `last` is the occurrence before, `next` the one that it runs for. */
const timer = (last: string, next: string): Timer => ({
  isPastDue: false,
  schedule: { adjustForDST: true },
  scheduleStatus: { last, next, lastUpdated: last },
});
const [EIGHT, TEN, TWELVE] = ['08', '10', '12'].map((hour) => `2026-11-23T${hour}:00:00+00:00`) as [
  string,
  string,
  string,
];
const at = (time: string) => depsOf({ now: () => new Date(time) });

describe('startSweep', () => {
  it('starts one sweep for an occurrence of the schedule, however often it is called for it', async () => {
    await startSweep(timer(EIGHT, TEN), host.context(), at('2026-11-23T09:59:59.310Z'));
    await startSweep(timer(EIGHT, TEN), host.context(), at('2026-11-23T10:00:07.100Z'));

    expect([...host.instances.keys()]).toEqual(['sw-2026-11-23-10-00-00-000']);
    expect([...host.instances.keys()].every(isRunId)).toBe(true);
    expect([...host.instances.values()]).toMatchObject([
      {
        name: 'sweep',
        input: {
          action: 'sweep',
          startedBy: { kind: 'schedule', at: '2026-11-23T10:00:00.000Z' },
          createdAt: '2026-11-23T09:59:59.310Z',
        },
      },
    ]);
    expect(host.log.at(-1)).toContain('was started before');
  });

  it('starts another for the next occurrence', async () => {
    await startSweep(timer(EIGHT, TEN), host.context(), at('2026-11-23T10:00:00Z'));
    await startSweep(timer(TEN, TWELVE), host.context(), at('2026-11-23T12:00:00Z'));

    expect(host.instances.size).toBe(2);
  });

  it('takes its own time where the host keeps no status of the schedule', async () => {
    const { scheduleStatus: _, ...bare } = timer(EIGHT, TEN);
    await startSweep(bare as Timer, host.context(), at('2026-11-23T10:00:00.500Z'));

    expect([...host.instances.values()]).toMatchObject([
      { input: { startedBy: { kind: 'schedule', at: '2026-11-23T10:00:00.500Z' } } },
    ]);
  });
});
