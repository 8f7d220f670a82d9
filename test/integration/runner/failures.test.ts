import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestRunner, type TestRunner } from './testRunner.js';

let runner: TestRunner;

beforeAll(async () => {
  runner = await openTestRunner();
});
afterAll(() => runner.close());

const caught = async (id: string, input: object) =>
  String(((await runner.outcome('catches', id, input)).output as { caught: string }).caught);

it('tells of an activity that threw, with its stack', async () => {
  const says = await caught('boom', { activity: 'boom' });

  expect(says).toMatch(
    /^Activity function 'boom' failed: {2}out of order \n \{"\$type":"System\.Exception, System\.Private\.CoreLib","ClassName":"System\.Exception","Message":" out of order"/,
  );
  expect(says).toMatch(/Stack: Error: out of order\\n\s+at .*activities\.mjs/);
});

it('tells of a thrown object what little .NET is told', async () => {
  expect(await caught('boom-object', { activity: 'boom-object' })).toMatch(
    /^Activity function 'boom-object' failed: {2}\[object Object\] \n .*\\nStack: "/,
  );
});

it('tells a parent of a child that threw', async () => {
  expect(await caught('child', { child: 'throws' })).toMatch(
    /^Orchestrator function 'throws' failed: on purpose \n Message: on purpose, StackTrace: {4}at /,
  );
});
