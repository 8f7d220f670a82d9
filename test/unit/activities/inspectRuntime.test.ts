import { describe, expect, it } from 'vitest';
import { inspectRuntime } from '../../../src/activities/inspectRuntime.js';
import { ActivityContext, NOW } from '../doubles/activityContext.js';
import { MEMORY_WORDS, memoryId, memoryPattern } from '../doubles/memoryRuntimes.js';

const ETL = memoryId('attic', 'etl');
const inspect = (context: ActivityContext, runtime = ETL) =>
  inspectRuntime({ runtime, action: 'enable', now: NOW }, context.deps, context.durable);

describe('the read of a runtime', () => {
  it('plans what its profile wants, in the words of its kind', async () => {
    const context = new ActivityContext();
    context.runtimes.put(ETL);
    const inspected = await inspect(context);
    if (inspected.kind !== 'inspected') return expect.fail(inspected.kind);

    expect(inspected.runtime).toMatchObject({ profile: 'attic', phase: 'ready', state: 'open' });
    expect(inspected.runtime.words.portal).toBe('the library');
    expect(inspected.plan.changes).toBe(true);
    expect(new Set(inspected.plan.settings.map(({ where }) => where))).toEqual(
      new Set([MEMORY_WORDS.settings.requirements, MEMORY_WORDS.settings.environment]),
    );
  });

  it('lets no value leave', async () => {
    const context = new ActivityContext();
    context.runtimes.put(ETL, { settings: { environment: { DB: 'SEEN-NOWHERE' } } });

    const text = JSON.stringify(await inspect(context));
    expect(text).not.toContain('SEEN-NOWHERE');
    expect(text).not.toContain('held-secret');
  });

  it('says why there is nothing to do', async () => {
    const context = new ActivityContext();
    const map = memoryId('attic', 'map');
    context.runtimes.put(map, { isOther: true });

    expect(await inspect(context)).toEqual({ kind: 'missing' });
    expect(await inspect(context, map)).toMatchObject({
      kind: 'irrelevant',
      why: 'attic/map is a shelf of maps, not Airflow.',
    });
    expect(await inspect(context, memoryId('cellar', 'etl'))).toMatchObject({ kind: 'irrelevant' });
    context.profiles = [...context.profiles, { ...context.profiles[0], name: 'both' } as never];
    expect(await inspect(context)).toEqual({ kind: 'ambiguous', profiles: ['attic', 'both'] });
  });

  it('tells what a state means from which nothing follows', async () => {
    const context = new ActivityContext();
    context.runtimes.put(ETL, { state: 'burnt' });

    expect(await inspect(context)).toMatchObject({
      runtime: {
        phase: 'failed',
        ended: { code: 'runtimeFailed', remedy: expect.stringContaining('library') },
      },
    });
  });

  it('takes one that was there before for what it is', async () => {
    const context = new ActivityContext();
    context.runtimes.put(ETL);

    expect(await inspect(context)).toMatchObject({ runtime: { onlyReported: 'existing' } });
    context.remember(ETL, { lookedAfter: true });
    const inspected = await inspect(context);
    expect(inspected.kind === 'inspected' && inspected.runtime).not.toHaveProperty('onlyReported');
  });

  it('asks again where the service is busy', async () => {
    const context = new ActivityContext({ runtimes: [memoryPattern('attic')] });
    context.runtimes.put(ETL);
    context.runtimes.faults.throttled = true;

    expect(await inspect(context)).toMatchObject({ kind: 'retry' });
  });
});
