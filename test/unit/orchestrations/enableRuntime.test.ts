import type { OrchestrationContext } from 'durable-functions';
import { describe, expect, it } from 'vitest';
import type { Profile } from '../../../src/domain/configuration/profile.js';
import { runtimeRecordKey } from '../../../src/domain/values/runtimeId.js';
import type { CheckAccessResult } from '../../../src/orchestrations/checkState.js';
import { enableRuntime } from '../../../src/orchestrations/enableRuntime.js';
import type { Pass, PassResult } from '../../../src/orchestrations/pass.js';
import { Progress } from '../../../src/orchestrations/progress.js';
import { ENABLED } from '../domain/settings/bodies.js';
import { ActivityContext, NOW } from '../doubles/activityContext.js';
import { memoryId } from '../doubles/memoryRuntimes.js';
import { answersOf } from '../doubles/orchestrationContext.js';
import { replay } from '../doubles/replay.js';

const ETL = memoryId('attic', 'etl');
const KEY = runtimeRecordKey(ETL);

/** A runtime that the app looks after, and on which the run works. */
function contextWith(profile: Partial<Profile> = {}): ActivityContext {
  const context = new ActivityContext(profile);
  const work = { runId: 'run-1', pass: 1, until: NOW + 3_600_000, pendingSignals: 0 };
  context.remember(ETL, { work, lookedAfter: true });
  return context;
}

/** One look that enables the runtime. */
function enable(context: ActivityContext, more: Partial<Pass> = {}, check?: () => CheckAccessResult) {
  const flow = (df: OrchestrationContext) =>
    enableRuntime({
      context: df,
      progress: new Progress(df),
      runtime: ETL,
      claim: { runId: 'run-1', record: { key: KEY, pass: 1 }, leased: false },
      label: 'run-1-1',
      ...more,
    });
  return replay<PassResult>(flow, answersOf(context, check), { now: NOW });
}

describe('an enablement of a runtime', () => {
  it('writes, waits until it is ready, proves access, and keeps what was there', async () => {
    const context = contextWith();
    const kept = context.runtimes.put(ETL, { settings: { environment: { TEAM: 'sales' } } });
    const { result, asked } = await enable(context);

    expect(result).toMatchObject({ outcome: 'enabled', changed: true, proof: { dagRunId: 'dag-run-1' } });
    expect(kept).toMatchObject({ state: 'open', settings: { environment: { TEAM: 'sales', ...ENABLED } } });
    const names = asked.flatMap((one) => ('name' in one ? [one.name] : []));
    expect(names).toEqual([
      'inspectRuntime',
      'runtimeRecord',
      'applySettings',
      'awaitRuntime',
      'checkAccess',
    ]);
  });

  it('writes nothing where nothing changes and access was proven', async () => {
    const context = contextWith();
    context.runtimes.put(ETL);
    const { result } = await enable(context);
    const knownProof = result.recordedProof;
    if (!knownProof) return expect.fail('nothing was proven');
    context.runtimes.calls.length = 0;
    const again = await enable(context, { knownProof });

    expect(again.result).toMatchObject({ outcome: 'alreadyEnabled', changed: false });
    expect(context.runtimes.calls).toEqual(['read attic/etl']);
  });

  it('waits for the operation of a service that takes its time', async () => {
    const context = contextWith();
    const kept = context.runtimes.put(ETL);
    context.runtimes.faults.writesTake = 4;
    const { result } = await enable(context);

    expect(result).toMatchObject({ outcome: 'enabled', changed: true });
    expect(kept.settings.environment).toMatchObject(ENABLED);
  });

  it('reads and plans again where somebody else writes, and gives up where that goes on', async () => {
    const context = contextWith();
    context.runtimes.put(ETL);
    context.runtimes.faults.othersWrite = 2;
    expect((await enable(context)).result).toMatchObject({ outcome: 'enabled' });
    context.runtimes.put(ETL);
    context.runtimes.faults.othersWrite = 100;

    expect((await enable(context)).result).toMatchObject({
      outcome: 'interrupted',
      problem: { code: 'keepsChanging' },
    });
  });

  it('asks again, callWithRetry, where the service is busy', async () => {
    const context = contextWith();
    context.runtimes.put(ETL);
    context.runtimes.faults.throttled = true;

    expect((await enable(context)).result).toMatchObject({
      outcome: 'interrupted',
      problem: { code: 'retriesExhausted' },
    });
  });

  it('says in the words of the kind what a person does', async () => {
    const context = contextWith();
    context.runtimes.put(ETL, { state: 'burnt' });
    expect((await enable(context)).result).toMatchObject({
      outcome: 'notReady',
      problem: { code: 'runtimeFailed', remedy: expect.stringContaining('the library') },
    });
    const kept = context.runtimes.put(ETL);
    delete kept.webUrl;

    expect((await enable(context)).result).toMatchObject({
      outcome: 'notReady',
      problem: {
        code: 'webServerUnknown',
        message: expect.stringContaining('the librarian gives no address'),
      },
    });
  });

  it('leaves alone what somebody else has set, and what was there before', async () => {
    const context = contextWith();
    const kept = context.runtimes.put(ETL, {
      settings: { environment: { AIRFLOW__SECRETS__BACKEND: 'somebody.Else' } },
    });
    expect((await enable(context)).result).toMatchObject({ outcome: 'conflict', changed: false });
    kept.settings = {};
    const { lookedAfter: _, ...record } = context.record(ETL) ?? { ended: [] };
    context.remember(ETL, record);

    expect((await enable(context)).result).toMatchObject({ outcome: 'reported' });
    expect(kept.settings).toEqual({});
  });

  it('tells of a check that fails, and takes back what was proven', async () => {
    const context = contextWith();
    context.runtimes.put(ETL);
    const problem = { code: 'vaultRoleMissing' as const, message: 'No role.', remedy: 'Give it one.' };
    const { result } = await enable(context, {}, () => ({ kind: 'failed', problem, asked: true, trail: [] }));

    expect(result).toMatchObject({ outcome: 'checkFailed', changed: true, problem, revokesProof: true });
  });
});
