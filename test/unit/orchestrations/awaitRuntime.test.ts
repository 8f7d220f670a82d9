import { describe, expect, it } from 'vitest';
import type { RuntimeStatus } from '../../../src/domain/activities/runtimeActivities.js';
import {
  type AwaitRuntimeInput,
  type AwaitRuntimeResult,
  awaitRuntime,
} from '../../../src/orchestrations/awaitRuntime.js';
import { ActivityContext } from '../doubles/activityContext.js';
import { memoryId } from '../doubles/memoryRuntimes.js';
import { answersOf } from '../doubles/orchestrationContext.js';
import { replay } from '../doubles/replay.js';

const ETL = memoryId('attic', 'etl');
const MINUTE = 60_000;
const NOW = Date.parse('2026-11-23T12:00:00Z');

const INPUT: AwaitRuntimeInput = {
  claim: { runId: 'run-1', leased: false },
  runtime: ETL,
  deadline: NOW + 30 * MINUTE,
  pollMs: MINUTE,
  polls: 0,
  failures: 0,
  startedAt: NOW,
};

/** Waits for a runtime that looks so, one look after the other; the last one stays. */
function waited(looks: readonly unknown[], input: Partial<AwaitRuntimeInput> = {}, renewed: unknown = null) {
  let at = 0;
  const answers = {
    activity: async () => looks[Math.min(at++, looks.length - 1)],
    // A run that nobody has told anything has no control.
    entity: async (name: string) => (name === 'run' ? null : renewed),
  };
  return replay<AwaitRuntimeResult>(awaitRuntime, answers, { input: { ...INPUT, ...input }, now: NOW });
}

const seen = (state: string, phase: string, more: object = {}) =>
  ({ kind: 'seen', state, phase, ...more }) as RuntimeStatus;

describe('the wait for a runtime', () => {
  it('ends with the poll that sees it ready, over several executions', async () => {
    const opening = Array.from({ length: 9 }, () => seen('opening', 'waiting'));
    const { result, continued, now } = await waited([...opening, seen('open', 'ready')]);

    expect(result).toMatchObject({ kind: 'ready', polls: 10 });
    expect(continued).toBe(2);
    expect(now).toBeGreaterThanOrEqual(NOW + 10 * MINUTE);
  });

  it('looks less often the longer it takes, and for the last time at its deadline', async () => {
    const { asked, now } = await waited([seen('opening', 'waiting')]);
    const polls = asked.filter((one) => one.kind === 'activity');

    expect(polls).toHaveLength(14);
    expect(now).toBeLessThan(NOW + 31 * MINUTE);
  });

  it('looks whether it may go on with a poll, and asks the record itself where that is in question', async () => {
    const record = { key: 'runtime-1', pass: 1 };
    const claim = { runId: 'run-1', leased: true, record } as const;
    const looks = [seen('opening', 'waiting'), { kind: 'claimInQuestion' }, seen('open', 'ready')];
    const held = await waited(looks, { claim }, { kind: 'renewed', held: true });
    const lost = await waited(looks, { claim }, { kind: 'renewed', held: false });

    expect(held.result).toMatchObject({ kind: 'ready', polls: 2 });
    expect(held.asked.filter((one) => one.kind === 'activity')[0]).toMatchObject({
      input: { claim: { runId: 'run-1', stoppedWith: ['run-1'], record: { ...record, leased: true } } },
    });
    expect(lost.result).toMatchObject({ kind: 'stopped', claimStatus: 'lost' });
  });

  it('ends where it has failed, and tells what that means', async () => {
    const ended = { code: 'runtimeFailed', message: 'It burnt.', remedy: 'Build another.' };
    const { result } = await waited([seen('burnt', 'failed', { ended })]);

    expect(result).toEqual({ kind: 'failed', state: 'burnt', polls: 1, ended });
  });

  it('believes a state from which nothing follows only once it lasts', async () => {
    const passing = await waited([seen('haunted', 'stalled'), seen('open', 'ready')]);
    const lasting = await waited([seen('haunted', 'stalled')]);

    expect(passing.result).toMatchObject({ kind: 'ready' });
    expect(lasting.result).toMatchObject({ kind: 'failed', state: 'haunted' });
    expect(lasting.now).toBeGreaterThanOrEqual(NOW + 5 * MINUTE);
  });

  it('has an end where nothing happens, and where every poll is refused for a while', async () => {
    const still = await waited([seen('opening', 'waiting')]);
    const busy = await waited([{ kind: 'retry', message: 'busy' }]);

    expect(still.result).toMatchObject({ kind: 'timedOut', lastState: 'opening' });
    expect(busy.result).toMatchObject({ kind: 'timedOut' });
    expect(busy.now).toBeLessThan(NOW + 40 * MINUTE);
  });

  it('polls at the moments of all, where many wait', async () => {
    const { asked } = await waited([seen('opening', 'waiting'), seen('open', 'ready')], { together: true });
    const moments = asked.flatMap((one) => (one.kind === 'activity' ? [one.input] : []));

    expect(moments).toMatchObject([
      { runtime: ETL, shared: { moment: NOW + MINUTE } },
      { runtime: ETL, shared: { moment: NOW + 2 * MINUTE } },
    ]);
  });

  it('looks when another of its fleet has become ready, and half way', async () => {
    const opening = Array.from({ length: 3 }, () => seen('opening', 'waiting'));
    const { asked } = await waited([...opening, seen('open', 'ready')], {
      together: true,
      expectedMs: 20 * MINUTE,
    });
    const moments = asked.flatMap((one) => {
      const { shared } = one.kind === 'activity' ? (one.input as { shared: { moment: number } }) : {};
      return shared ? [(shared.moment - NOW) / MINUTE] : [];
    });

    expect(moments).toEqual([10, 19.75, 20, 20.25]);
  });

  it('looks often where all the others wait for it', async () => {
    const { asked } = await waited([seen('opening', 'waiting'), seen('open', 'ready')], {
      together: 'eagerly',
    });

    expect(asked.filter((one) => one.kind === 'activity')).toMatchObject([
      { input: { shared: { moment: NOW + MINUTE / 4 } } },
      { input: { shared: { moment: NOW + MINUTE / 2 } } },
    ]);
  });

  it('waits for the operation that a write was accepted as', async () => {
    const context = new ActivityContext();
    context.runtimes.put(ETL, { opensAfter: 1 });
    context.runtimes.faults.writesTake = 3;
    const read = await context.runtimes.read(ETL);
    if (read.kind !== 'found' || read.view.kind !== 'airflow') return expect.fail(read.kind);
    const accepted = await context.runtimes.apply(ETL, read.view, { settings: {}, hiddenValues: {} });
    if (accepted.kind !== 'accepted') return expect.fail(accepted.kind);
    const { operation } = accepted;
    const input = { ...INPUT, operation };
    const { result } = await replay<AwaitRuntimeResult>(awaitRuntime, answersOf(context), {
      input,
      now: NOW,
    });

    expect(result).toMatchObject({ kind: 'ready', polls: 4 });
  });
});
