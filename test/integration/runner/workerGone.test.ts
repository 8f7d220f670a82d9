import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { openTestRunner, type TestRunner } from './testRunner.js';

let runner: TestRunner;

beforeAll(async () => {
  runner = await openTestRunner();
});
afterEach(() => runner.kernel.faults.clear());
afterAll(() => runner.close());

const workerGone = (operation: string, subject: string) =>
  runner.fault(operation, subject, { kind: 'workerGone' });

it.each([
  ['before-activity', 0],
  ['after-activity', 1],
] as const)('takes an activity for failed at once, and delivers it no more: %s', async (point, effects) => {
  workerGone(point, 'effect');
  const { runtimeStatus, output } = await runner.outcome('one-effect', point, {});

  expect(runtimeStatus).toBe('Completed');
  expect(String((output as { caught: string }).caught)).toMatch(
    /^Activity function 'effect' failed: Did not find any initialized language workers \n \{"\$type":"System\.InvalidOperationException/,
  );
  expect(runner.calls.get(point) ?? 0).toBe(effects);
});

it.each([
  ['before-orchestrator', 0],
  ['after-orchestrator', 0],
] as const)('takes an orchestration for failed for good: %s', async (point, effects) => {
  workerGone(point, 'one-effect');
  const failed = await runner.outcome('one-effect', point, {});

  expect(failed).toMatchObject({
    runtimeStatus: 'Failed',
    output:
      "Orchestrator function 'one-effect' failed: One or more errors occurred. (Did not find any initialized language workers)",
    customStatus: null,
  });
  expect(runner.calls.get(point) ?? 0).toBe(effects);
});

it('complains of what the history has where the worker died in a later episode, and of nothing else', async () => {
  runner.kernel.faults.add({
    match: { service: 'host', operation: 'before-orchestrator', subject: 'one-effect' },
    action: { kind: 'workerGone' },
    skip: 1,
    times: 1,
  });
  expect(await runner.outcome('one-effect', 'later')).toMatchObject({
    runtimeStatus: 'Failed',
    output: expect.stringMatching(
      /^Non-Deterministic workflow detected: A previous execution of this orchestration scheduled an activity task with sequence ID 0 and name 'effect'/,
    ),
  });
  expect(runner.calls.get('later')).toBe(1);
});

it('terminates an instance at the beginning of an episode where a fault says so', async () => {
  runner.fault('before-orchestrator', 'one-effect', { kind: 'terminate' });

  expect(await runner.outcome('one-effect', 'terminated')).toMatchObject({ runtimeStatus: 'Terminated' });
  expect(runner.calls.get('terminated') ?? 0).toBe(0);
});

it('lets a parent hear that its child failed', async () => {
  workerGone('before-orchestrator', 'listening');
  expect(await runner.outcome('waiting-for-ever', 'parent')).toMatchObject({
    runtimeStatus: 'Failed',
    output: expect.stringMatching(
      /One or more errors occurred\. \(Did not find any initialized language workers\) \n \{"\$type":"System\.AggregateException/,
    ),
  });
});

it.each(['before-entity', 'after-entity'])('runs the batch of an entity again: %s', async (point) => {
  workerGone(point, '@counter@');
  expect(await runner.outcome('counting', point, { key: point })).toMatchObject({ output: 5 });
});
