import { describe, expect, it } from 'vitest';
import { readRuntimeStatus } from '../../../src/activities/readRuntimeStatus.js';
import { ActivityContext } from '../doubles/activityContext.js';
import { memoryId } from '../doubles/memoryRuntimes.js';

const ETL = memoryId('attic', 'etl');

describe('a poll of a runtime that is waited for', () => {
  it.each([
    ['open', { phase: 'ready' }],
    ['opening', { phase: 'waiting' }],
    ['burnt', { phase: 'failed', ended: { code: 'runtimeFailed' } }],
    ['haunted', { phase: 'stalled', ended: { code: 'runtimeStateUnknown' } }],
    ['closing', { phase: 'deleting' }],
  ])('sees %s', async (state, seen) => {
    const context = new ActivityContext();
    context.runtimes.put(ETL, { state });

    expect(await readRuntimeStatus({ runtime: ETL }, context.deps)).toMatchObject({
      kind: 'seen',
      state,
      ...seen,
    });
  });

  it('finds none, and what has become something else', async () => {
    const context = new ActivityContext();
    expect(await readRuntimeStatus({ runtime: ETL }, context.deps)).toEqual({ kind: 'missing' });
    context.runtimes.put(ETL, { isOther: true });

    expect(await readRuntimeStatus({ runtime: ETL }, context.deps)).toEqual({ kind: 'missing' });
  });

  it('asks again where the service is busy', async () => {
    const context = new ActivityContext();
    context.runtimes.faults.throttled = true;

    expect(await readRuntimeStatus({ runtime: ETL, shared: { moment: 0 } }, context.deps)).toMatchObject({
      kind: 'retry',
    });
  });
});
