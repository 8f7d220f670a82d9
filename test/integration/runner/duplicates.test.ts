import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createKernel } from '../../../local/kernel/kernel.js';
import type { Duplicate } from '../../../local/kernel/types.js';
import { Engine } from '../../../local/runner/engine.js';
import { Invoker } from '../../../local/runner/invoke.js';
import type { DurableState } from '../../../local/runner/state.js';
import { openTestRunner, type TestRunner } from './testRunner.js';

let runner: TestRunner;

beforeAll(async () => {
  runner = await openTestRunner();
});
beforeEach(() => runner.kernel.faults.clear());
afterAll(() => runner.close());

const HOUR = 3600;

/** Lets what is sent at this point come twice, each time. */
const twice = (operation: string, subject: string, how: Omit<Duplicate, 'kind'> = {}) =>
  runner.kernel.faults.add({
    match: { service: 'host', operation, subject },
    action: { kind: 'duplicate', ...how },
  });
const onceTwice = (operation: string, subject: string, how: Omit<Duplicate, 'kind'> = {}) =>
  runner.fault(operation, subject, { kind: 'duplicate', ...how });
const visits = async (key: string) =>
  (await (await runner.api(`entities/visitors/${key}`)).json()) as readonly number[];
/** Starts an instance and gives it so much time, not more. */
const started = async (name: string, id: string, input: object, seconds: number) => {
  await runner.start(name, id, input);
  await runner.pass(seconds * 1000);
  return runner.status(id);
};

describe('a whole episode', () => {
  it('comes twice with all that it asks for, and nothing tells the two apart', async () => {
    twice('after-dispatch', 'doubled doubles');
    expect(await runner.outcome('doubles', 'doubled', { key: 'doubled' })).toMatchObject({
      runtimeStatus: 'Completed',
      output: 'done',
    });
    expect(await (await runner.api('entities/counter/doubled')).json()).toBe(2);
    expect(runner.calls.get('doubled/activity')).toBe(2);
    expect(runner.calls.get('doubled-child')).toBe(2);
  });

  it('continues as new twice: the second takes the place of the first', async () => {
    twice('after-dispatch', 'new doubles');
    await runner.outcome('doubles', 'new', { key: 'new', round: 0 });

    // Twice in each of two executions would be four.
    expect(Number(runner.calls.get('new/activity'))).toBeGreaterThan(4);
    expect(await runner.status('new')).toMatchObject({ runtimeStatus: 'Completed', output: 'done' });
  });

  it('is decided a moment later by the second host', async () => {
    twice('after-dispatch', 'moment asks-once');
    await runner.outcome('asks-once', 'moment', { key: 'moment' });

    const [first = 0, second = 0] = await visits('moment');
    expect(second - first).toBeGreaterThan(0);
    expect(second - first).toBeLessThan(1000);
  });

  it('comes once more after the visibility time-out', async () => {
    twice('after-dispatch', 'hidden doubles', { mode: 'later', seconds: 300 });
    await started('doubles', 'hidden', { key: 'hidden' }, 299);
    expect(await runner.status('hidden')).toMatchObject({ runtimeStatus: 'Completed' });
    expect(runner.calls.get('hidden/activity')).toBe(1);

    await runner.pass(10_000);
    expect(await (await runner.api('entities/counter/hidden')).json()).toBe(2);
    expect(runner.calls.get('hidden/activity')).toBe(2);
    expect(runner.calls.get('hidden-child')).toBe(2);
  });

  it('lets nothing come twice by itself', async () => {
    await runner.outcome('doubles', 'single', { key: 'single', round: 0 });
    expect(await (await runner.api('entities/counter/single')).json()).toBe(2);
    expect(runner.calls.get('single/activity')).toBe(2);
    expect(runner.calls.get('single/round')).toBe(2);
  });
});

describe('an operation of an entity', () => {
  it.each([
    ['first', 1],
    ['second', 2],
  ] as const)('comes twice in one batch, and the %s answer counts', async (take, answer) => {
    twice('send-entity', `visitors visit direct-${take}`, { take });
    expect(await runner.outcome('asks-once', `asks-${take}`, { key: `direct-${take}` })).toMatchObject({
      output: answer,
    });
    const [one = 0, two = 0] = await visits(`direct-${take}`);
    // What is heard is what the episode itself asked, the other is the second host's.
    expect(Math.sign(two - one)).toBe(take === 'first' ? 1 : -1);
  });

  it('comes again some seconds later', async () => {
    twice('send-entity', 'visitors visit later', { mode: 'later', seconds: 30 });
    expect(await started('asks-once', 'asks-later', { key: 'later' }, 29)).toMatchObject({ output: 1 });
    expect(await visits('later')).toHaveLength(1);
    await runner.pass(5000);
    expect(await visits('later')).toHaveLength(2);
  });

  it('is answered late, where the first answer went to a host that is gone', async () => {
    twice('send-entity', 'visitors visit heard', { mode: 'later', seconds: 300, take: 'second' });
    expect(await started('asks-once', 'asks-heard', { key: 'heard' }, 299)).toMatchObject({
      runtimeStatus: 'Running',
    });
    expect(await visits('heard')).toHaveLength(1);
    await runner.pass(5000);
    expect(await runner.status('asks-heard')).toMatchObject({ runtimeStatus: 'Completed', output: 2 });
  });

  it('comes again hours after the run has ended that asked', async () => {
    twice('send-entity', 'visitors visit ended', { mode: 'afterEnd', seconds: 2 * HOUR });
    await started('asks-once', 'asks-ended', { key: 'ended' }, 2 * HOUR - 10);
    expect(await visits('ended')).toHaveLength(1);
    await runner.pass(30_000);
    expect(await visits('ended')).toHaveLength(2);
  });

  it('also where it is a signal', async () => {
    onceTwice('send-entity', 'counter add signalled');
    await runner.outcome('counting', 'signals', { key: 'signalled' });
    expect(await (await runner.api('entities/counter/signalled')).json()).toBe(7);
  });
});

describe('an activity', () => {
  it.each([
    ['first', 2],
    ['second', 1],
  ] as const)('runs twice at the same time, and the %s result counts', async (take, result) => {
    twice('send-activity', `together both-${take}`, { take });
    expect(await runner.outcome('works-together', `both-${take}`, { key: `both-${take}` })).toMatchObject({
      output: result,
    });
    expect(runner.calls.get(`both-${take}`)).toBe(2);
    // The first to end saw that the other had begun.
    expect(runner.calls.get(`both-${take}/most`)).toBe(2);
  });

  it('runs once more when its message shows again, and nobody hears of it', async () => {
    twice('send-activity', 'numbered shown', { mode: 'later', seconds: 300 });
    await started('works-once', 'shown', { key: 'shown', hours: 1 }, 299);
    expect(runner.calls.get('shown')).toBe(1);
    await runner.pass(10_000);
    expect(runner.calls.get('shown')).toBe(2);
    await runner.pass(HOUR * 1000);
    expect(await runner.status('shown')).toMatchObject({ runtimeStatus: 'Completed', output: 1 });
  });

  it('runs again before anybody hears of it, where the first result is lost', async () => {
    twice('send-activity', 'numbered unheard', { mode: 'later', seconds: 300, take: 'second' });
    expect(await runner.outcome('works-once', 'unheard', { key: 'unheard' })).toMatchObject({ output: 2 });
  });

  it('runs once more hours after the end', async () => {
    twice('send-activity', 'numbered over', { mode: 'afterEnd', seconds: HOUR });
    await started('works-once', 'over', { key: 'over', hours: 3 }, 4 * HOUR - 10);
    expect(runner.calls.get('over')).toBe(1);
    await runner.pass(60_000);
    expect(runner.calls.get('over')).toBe(2);
    expect(await runner.status('over')).toMatchObject({ runtimeStatus: 'Completed', output: 1 });
  });
});

/** How often an instance has started, and how often the host is known to have repeated that. */
function startsOf(id: string): { readonly started: number; readonly repeated: number } {
  const count = (operation: string) =>
    runner.kernel.ledger.entries({ operation }).filter(({ subject }) => subject === id).length;
  return { started: count('orchestration.started'), repeated: count('orchestration.repeated') };
}

describe('a sub-orchestration', () => {
  it('takes the place of the one that lives, whose own children go on unheard', async () => {
    twice('send-subOrchestration', 'daughter live-daughter', { mode: 'later', seconds: 30 });
    expect(await runner.outcome('mother', 'live', { key: 'live' })).toMatchObject({
      runtimeStatus: 'Completed',
      // The second daughter's: she began again, and asked for the granddaughter again.
      output: { before: 2, grandchild: 2, last: 1 },
    });
    const starts = runner.kernel.ledger
      .entries({ operation: 'orchestration.started' })
      .filter(({ subject }) => subject === 'live-daughter');
    expect(starts).toHaveLength(2);
    expect(runner.kernel.ledger.entries({ operation: 'orchestration.repeated' })).toContainEqual(
      expect.objectContaining({ subject: 'live-daughter' }),
    );
  });

  it('is known to come once more, also where another has asked for it meanwhile', async () => {
    twice('send-subOrchestration', 'daughter known-daughter', { mode: 'later', seconds: 5 });
    // The first daughter's, after the second one's.
    onceTwice('send-subOrchestration', 'granddaughter known-grand', { mode: 'later', seconds: 30 });
    await runner.outcome('mother', 'known', { key: 'known' });
    await runner.pass(60_000);
    expect(startsOf('known-grand')).toEqual({ started: 3, repeated: 1 });
  });

  it('is known to come once more where it has continued as new twice meanwhile', async () => {
    twice('send-subOrchestration', 'renewing renewed-child', { mode: 'later', seconds: 30 });
    onceTwice('send-continueAsNew', 'renewing renewed-child', { mode: 'later', seconds: 1 });
    await started('waits-for-renewing', 'renewed', { key: 'renewed' }, 60);

    expect(startsOf('renewed-child')).toEqual({ started: 3, repeated: 2 });
  });

  it('is known to come once more where it was purged meanwhile', async () => {
    twice('send-subOrchestration', 'renewing purged-child', { mode: 'later', seconds: HOUR });
    await started('waits-for-renewing', 'purged', { key: 'purged' }, 60);
    expect((await runner.api('instances/purged-child', { method: 'DELETE' })).status).toBe(200);
    await runner.pass(HOUR * 1000);

    expect(startsOf('purged-child')).toEqual({ started: 2, repeated: 1 });
  });

  it('leaves the children of the one that was replaced to themselves', async () => {
    twice('send-subOrchestration', 'daughter orphan-daughter', { mode: 'later', seconds: 5 });
    await runner.outcome('mother', 'orphan', { key: 'orphan' });
    // The granddaughter was replaced, too, before her first had worked.
    expect(runner.calls.get('orphan/grand')).toBe(1);
    expect(runner.calls.get('orphan/before')).toBe(2);
    expect(runner.calls.get('orphan/last')).toBe(1);
  });

  it('runs again where it has ended, and its parent does not take the second end', async () => {
    twice('send-subOrchestration', 'daughter again-daughter', { mode: 'later', seconds: 300 });
    expect(await runner.outcome('mother', 'again', { key: 'again', hours: 1 })).toMatchObject({
      runtimeStatus: 'Completed',
      output: { before: 1, grandchild: 1, last: 1 },
    });
    expect(await runner.status('again-daughter')).toMatchObject({
      output: { before: 2, grandchild: 2, last: 2 },
    });
  });

  it('runs again after its parent has ended', async () => {
    twice('send-subOrchestration', 'daughter after-daughter', { mode: 'afterEnd', seconds: 5 * HOUR });
    await runner.outcome('mother', 'after', { key: 'after' });
    expect(runner.calls.get('after/last')).toBe(2);
  });

  it('begins again at once', async () => {
    twice('send-subOrchestration', 'daughter quick-daughter');
    expect(await runner.outcome('mother', 'quick', { key: 'quick' })).toMatchObject({
      output: { before: 2, grandchild: 1, last: 1 },
    });
  });
});

it('begins a new execution once more, when the instance has ended', async () => {
  onceTwice('send-continueAsNew', 'renewed', { mode: 'later', seconds: 60 });
  await runner.outcome('doubles', 'renewed', { key: 'renewed', round: 0 });
  // Once in the first execution, once in each of the two that followed it.
  expect(runner.calls.get('renewed/activity')).toBe(3);
});

it('keeps over a restart what is still to come', async () => {
  twice('send-entity', 'visitors visit kept', { mode: 'afterEnd', seconds: HOUR });
  twice('send-activity', 'numbered works-kept', { mode: 'later', seconds: HOUR });
  await started('asks-once', 'asks-kept', { key: 'kept' }, 60);
  await started('works-once', 'works-kept', { key: 'kept' }, 60);
  const state = runner.host.snapshot() as DurableState;
  expect(Object.keys(state.pending)).toHaveLength(2);

  const kernel = createKernel({ mode: 'virtual', onError: (error) => expect(error).toBeUndefined() });
  const invoker = new Invoker(
    runner.host.registrations,
    () => ({}),
    () => undefined,
  );
  const other = new Engine({ kernel, invoker, onError: (error) => expect(error).toBeUndefined() });
  other.restore(JSON.parse(JSON.stringify(state)) as DurableState);
  await kernel.clock.run();
  expect(JSON.parse(other.state.entities['@visitors@kept']?.state ?? '[]')).toHaveLength(2);
  expect(runner.calls.get('kept')).toBe(2);
  expect(other.state.pending).toEqual({});
});
