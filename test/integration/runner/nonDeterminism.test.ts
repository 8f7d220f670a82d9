import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestRunner, type TestRunner } from './testRunner.js';

let runner: TestRunner;

beforeAll(async () => {
  runner = await openTestRunner();
});
afterAll(() => runner.close());

async function swap(kind: string) {
  await runner.start('swaps', kind, { kind });
  await runner.pass();
  (globalThis as unknown as { runnerTestSwapped: Set<string> }).runnerTestSwapped.add(kind);
  await runner.api(`instances/${kind}/raiseEvent/go`, { method: 'POST', body: '1' });
  await runner.pass();
  return runner.status(kind);
}

const WAS_A_CHANGE_MADE =
  'Was a change made to the orchestrator code after this instance had already started running?';
const SCHEDULED =
  "Non-Deterministic workflow detected: A previous execution of this orchestration scheduled an activity task with sequence number 0 named 'echo', but the current orchestration replay instead";

it.each([
  [
    'name',
    `${SCHEDULED} scheduled an activity task named 'describe' with this sequence number.  ${WAS_A_CHANGE_MADE}`,
  ],
  [
    'timer',
    `${SCHEDULED} produced a CreateTimerOrchestratorAction action with this sequence number. ${WAS_A_CHANGE_MADE}`,
  ],
  [
    'fewer',
    `Non-Deterministic workflow detected: A previous execution of this orchestration scheduled an activity task with sequence ID 0 and name 'echo' (version ''), but the current replay execution hasn't (yet?) scheduled this task. ${WAS_A_CHANGE_MADE}`,
  ],
])('notices another %s', async (kind, output) => {
  expect(await swap(kind)).toMatchObject({ runtimeStatus: 'Failed', output });
});

it.each(['input', 'entityOperation', 'child'])('does not notice another %s', async (kind) => {
  expect(await swap(kind)).toMatchObject({ runtimeStatus: 'Completed', output: 'ended' });
});

it('lets code end sooner than it did', async () => {
  expect(await swap('tail')).toMatchObject({ runtimeStatus: 'Completed', output: 'ended at once' });
});

it('notices another entity: strict on purpose', async () => {
  expect(await swap('entity')).toMatchObject({
    runtimeStatus: 'Failed',
    output: expect.stringContaining('the replay sends it to @counter@other'),
  });
});
