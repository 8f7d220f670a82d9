import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestRunner, type TestRunner } from './testRunner.js';

let runner: TestRunner;

beforeAll(async () => {
  runner = await openTestRunner();
});
afterAll(() => runner.close());

it('gives an activity what .NET makes of its input', async () => {
  expect((await runner.outcome('describes', 'inputs')).output).toEqual({
    null: { type: 'undefined', text: '' },
    undefined: { type: 'undefined', text: '' },
    true: { type: 'string', text: '"True"' },
    false: { type: 'string', text: '"False"' },
    text: { type: 'string', text: '"abc"' },
    number: { type: 'number', text: '1.5' },
    list: { type: 'object', text: '[1]' },
    json: { type: 'string', text: '"{\\"a\\":1}"' },
  });
});

it.each([
  ['nothing', { value: null }],
  ['large', { value: 9007199254740994 }],
  ['list', { value: [1, 'a', null] }],
  [
    'nan',
    {
      caught: expect.stringMatching(
        /^Activity function 'give' failed: Can not convert Null to Double\. \n \{"\$type":"System\.ArgumentException/,
      ),
    },
  ],
])('takes what an activity returns as .NET does: %s', async (what, output) => {
  expect(await runner.outcome('gives', `gives-${what}`, { what })).toMatchObject({ output });
});

it('lets 8,703 UTF-16 units of custom status pass, and fails the instance at one more', async () => {
  const fits = await runner.outcome('status-of', 'fits', { letters: 8703 });
  expect(fits).toMatchObject({ runtimeStatus: 'Completed', output: 'fine' });
  expect(String(fits.customStatus).length).toBe(8701);
  expect(await runner.outcome('status-of', 'too-large', { letters: 8704 })).toMatchObject({
    runtimeStatus: 'Failed',
    customStatus: null,
    output: expect.stringMatching(
      /^Non-Deterministic workflow detected: A previous execution of this orchestration scheduled an activity task with sequence ID 0 and name 'echo' \(version ''\), but the current replay execution hasn't \(yet\?\) scheduled this task\. Was a change made/,
    ),
  });
  expect(await runner.outcome('status-of', 'at-once', { letters: 8704, first: true })).toMatchObject({
    runtimeStatus: 'Failed',
    output:
      "Orchestrator function 'status-of' failed: The UTF-16 size of the JSON-serialized payload must not exceed 16 KB. The current payload size is 17 KB.",
  });
});

it('carries the custom status over to the first episode of a new execution, and no further', async () => {
  await runner.start('status-then-new', 'new', { round: 0 });
  await runner.pass(30_000);
  const before = await runner.status('new');
  expect(before).toMatchObject({ customStatus: { round: 0 } });
  await runner.pass(60_000);
  const after = await runner.status('new');
  expect(after).toMatchObject({ customStatus: { round: 0 }, input: { round: 1 } });
  expect(Date.parse(after.createdTime) - Date.parse(before.createdTime)).toBeGreaterThan(50_000);
  expect(after.createdTime).toMatch(/:\d\dZ$/);
  await runner.api('instances/new/raiseEvent/other', { method: 'POST', body: '1' });
  await runner.pass();
  expect(await runner.status('new')).toMatchObject({ customStatus: null, createdTime: after.createdTime });
});
