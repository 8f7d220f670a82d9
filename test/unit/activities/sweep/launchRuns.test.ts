import { describe, expect, it } from 'vitest';
import { launchRuns } from '../../../../src/activities/sweep/launchRuns.js';
import type { Launch } from '../../../../src/domain/sweep/sweep.js';
import { ActivityContext } from '../../doubles/activityContext.js';

const RUNS: readonly Launch[] = ['sw-1', 'sw-2', 'sw-3'].map((runId) => ({
  orchestration: 'runtimeRun',
  runId,
  input: { action: 'enable', of: runId },
}));

const launch = (context: ActivityContext, runs = RUNS) => launchRuns({ runs }, context.deps, context.durable);

describe('starting runs beside the one that asks', () => {
  it('starts each with its input', async () => {
    const context = new ActivityContext();

    expect(await launch(context)).toEqual({ kind: 'started', runIds: ['sw-1', 'sw-2', 'sw-3'] });
    expect(context.started.get('sw-2')).toEqual({
      orchestration: 'runtimeRun',
      input: { action: 'enable', of: 'sw-2' },
    });
  });

  it('finds what it has started when it is repeated', async () => {
    const context = new ActivityContext();
    const first = await launch(context);
    const again = RUNS.map((run) => ({ ...run, input: 'another' }));

    expect(await launch(context, again)).toEqual(first);
    expect(context.started.get('sw-1')?.input).toEqual({ action: 'enable', of: 'sw-1' });
  });

  it('goes on past one that cannot be started now', async () => {
    const context = new ActivityContext();
    context.unstartable.add('sw-1');

    expect(await launch(context)).toEqual({ kind: 'started', runIds: ['sw-2', 'sw-3'] });
  });

  it('is worth another try where none could be started, and not where none was asked for', async () => {
    const context = new ActivityContext();
    for (const { runId } of RUNS) context.unstartable.add(runId);
    await expect(launch(context)).rejects.toThrow('cannot start sw-3');

    expect(await launch(context, [])).toEqual({ kind: 'started', runIds: [] });
  });
});
