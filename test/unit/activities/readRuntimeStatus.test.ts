import { describe, expect, it } from 'vitest';
import { readRuntimeStatus } from '../../../src/activities/readRuntimeStatus.js';
import { ActivityContext } from '../doubles/activityContext.js';
import { memoryId } from '../doubles/memoryRuntimes.js';

const ETL = memoryId('attic', 'etl');
const CLAIM = { runId: 'run-1', stoppedWith: [], now: 0 };

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

    expect(
      await readRuntimeStatus({ runtime: ETL, claim: CLAIM }, context.deps, context.durable),
    ).toMatchObject({
      kind: 'seen',
      state,
      ...seen,
    });
  });

  it('finds none, and what has become something else', async () => {
    const context = new ActivityContext();
    expect(await readRuntimeStatus({ runtime: ETL, claim: CLAIM }, context.deps, context.durable)).toEqual({
      kind: 'missing',
    });
    context.runtimes.put(ETL, { isOther: true });

    expect(await readRuntimeStatus({ runtime: ETL, claim: CLAIM }, context.deps, context.durable)).toEqual({
      kind: 'missing',
    });
  });

  it('asks the service nothing where the run may not go on', async () => {
    const context = new ActivityContext();
    context.runtimes.put(ETL);
    const claim = { runId: 'run-1', stoppedWith: [], record: { key: 'a', pass: 1, leased: false }, now: 0 };

    expect(await readRuntimeStatus({ runtime: ETL, claim }, context.deps, context.durable)).toEqual({
      kind: 'claimInQuestion',
    });
    expect(context.runtimes.calls).toEqual([]);
  });

  it('asks again where the service is busy', async () => {
    const context = new ActivityContext();
    context.runtimes.faults.throttled = true;

    expect(
      await readRuntimeStatus(
        { runtime: ETL, shared: { moment: 0 }, claim: CLAIM },
        context.deps,
        context.durable,
      ),
    ).toMatchObject({
      kind: 'retry',
    });
  });
});
