import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestRunner, type TestRunner } from './testRunner.js';

let runner: TestRunner;

beforeAll(async () => {
  runner = await openTestRunner();
});
afterAll(() => runner.close());

it('runs activities in a row and side by side', async () => {
  expect(await runner.outcome('sequence', 's1', { count: 3 })).toMatchObject({
    runtimeStatus: 'Completed',
    output: ['effect s1/0', 'effect s1/1', 'effect s1/2'],
  });
  expect(await runner.outcome('side-by-side', 'p1')).toMatchObject({
    output: [{ n: 1 }, { n: 2 }, { n: 3 }, null],
  });
});

it('keeps the parent of a sub-orchestration that continues as new', async () => {
  expect(await runner.outcome('parent', 'c1')).toMatchObject({ output: { parent: 'c1' } });
  expect(runner.host.history('c1-child')).toHaveLength(6);
});

it.each(['buffered', 'buffered-in-all'])(
  'keeps an event that came before anybody waited for it (%s)',
  async (name) => {
    await runner.start(name, name);
    await runner.pass();
    await runner.api(`instances/${name}/raiseEvent/early`, { method: 'POST', body: '{"a":1}' });
    await runner.kernel.clock.run();
    expect(await runner.status(name)).toMatchObject({ output: { a: 1 } });
  },
);

it('has no room for what the host would understand otherwise, or not at all: strict on purpose', async () => {
  const says = async (name: string) => String((await runner.outcome(name, name)).output);

  expect(await says('leaves-a-timer')).toMatch(/live timers/);
  expect(await says('reuses-a-task')).toMatch(/disagree on the open tasks/);
});

it('does not end before what was left open has: an activity', async () => {
  runner.fault('after-activity', 'effect', { kind: 'delay', seconds: 60 });
  await runner.start('leaves-an-activity', 'open-a', { end: 'returns' });
  await runner.pass(30_000);
  expect(await runner.status('open-a')).toMatchObject({ runtimeStatus: 'Running', output: null });
  await runner.pass(60_000);
  expect(await runner.status('open-a')).toMatchObject({ runtimeStatus: 'Completed', output: 'ended' });
});

it('does not end before what was left open has: a child', async () => {
  await runner.start('leaves-a-child', 'open-c');
  await runner.pass(60_000);
  expect(await runner.status('open-c')).toMatchObject({ runtimeStatus: 'Running' });
  await runner.api('instances/open-c-child/raiseEvent/go', { method: 'POST', body: '1' });
  await runner.pass();
  expect(await runner.status('open-c')).toMatchObject({ runtimeStatus: 'Completed', output: 'ended' });
});

it.each([
  ['throws', 'Failed', "Orchestrator function 'leaves-an-activity' failed: after all"],
  ['continues', 'Completed', 'ended'],
])('does not end before what was left open has: where it %s', async (end, runtimeStatus, output) => {
  runner.fault('after-activity', 'effect', { kind: 'delay', seconds: 60 });
  await runner.start('leaves-an-activity', `open-${end}`, { end });
  await runner.pass(30_000);
  expect(await runner.status(`open-${end}`)).toMatchObject({
    runtimeStatus: 'Running',
    output: null,
    input: { end },
  });
  await runner.pass(60_000);
  expect(await runner.status(`open-${end}`)).toMatchObject({ runtimeStatus, output });
});

it.each(['callActivity', 'callSubOrchestrator'])(
  'waits for ever for a name that nobody has: %s',
  async (call) => {
    expect(await runner.outcome('asks-nobody', call, { call })).toMatchObject({
      runtimeStatus: 'Running',
      output: null,
    });
  },
);

it('gives an activity up that takes longer than a function may, and runs it again once its message shows', async () => {
  // The time-out of the host.json that lies above this app is 5 minutes, and so long is a message hidden.
  await runner.start('sleeps-once', 'slow');
  await runner.pass(9 * 60_000);
  expect(await runner.status('slow')).toMatchObject({ runtimeStatus: 'Running' });
  expect(runner.calls.get('slow')).toBe(1);
  await runner.pass(2 * 60_000);
  expect(await runner.status('slow')).toMatchObject({ runtimeStatus: 'Completed', output: 'awake slow' });
  expect(runner.calls.get('slow')).toBe(2);
});

it('tells each orchestrator what the host tells, and under its names', async () => {
  await runner.outcome('one-effect', 'payload');
  const [execution] = runner.host.history('payload') ?? [];
  const [started, begun] = execution?.history ?? [];

  expect(started).toMatchObject({
    EventType: 12,
    Timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/),
  });
  expect(Object.keys(begun ?? {})).toEqual(
    expect.arrayContaining([
      'Correlation',
      'ParentTraceContext',
      'ScheduledStartTime',
      'Generation',
      'GenerateNewTrace',
    ]),
  );
});
