/** A replay for a test is stricter than the durable extension: it looks at what a decision asks for, and at the end. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RecordedExecution } from '../../../local/runner/functionsHost.js';
import { openTestRunner, type TestRunner } from './testRunner.js';

let runner: TestRunner;

beforeAll(async () => {
  runner = await openTestRunner();
});
afterAll(() => runner.close());

const END = { output: 'ended' };

/** An execution of `swaps`, from its beginning to its end. */
async function recorded(id: string, kind: string): Promise<RecordedExecution> {
  await runner.start('swaps', id, { kind });
  await runner.pass();
  await runner.api(`instances/${id}/raiseEvent/go`, { method: 'POST', body: '1' });
  await runner.pass();
  const [execution] = runner.host.history(id) ?? [];
  if (!execution) throw new Error(`${id} has no history.`);
  return execution;
}

const swap = (id: string) =>
  (globalThis as unknown as { runnerTestSwapped: Set<string> }).runnerTestSwapped.add(id);

it.each([
  ['input', 'the input of event 0 (echo) was {"on":false}, now {"on":true}'],
  ['entityOperation', 'the operation of event 0 (op) to @counter@swap was add, now get'],
  ['child', 'the id of event 0 (tells-its-id) was replayed-child-a, now replayed-child-b'],
])('notices another %s', async (kind, why) => {
  const id = `replayed-${kind}`;
  const execution = { ...(await recorded(id, kind)), end: END };
  expect(await runner.host.replay(execution)).toEqual({ fits: true, end: END });
  swap(id);

  expect(await runner.host.replay(execution)).toEqual({ fits: false, why });
});

it('notices another end', async () => {
  const execution = await recorded('replayed-end', 'input');

  expect(await runner.host.replay({ ...execution, end: { output: 'ended otherwise' } })).toEqual({
    fits: false,
    why: 'its end was {"output":"ended otherwise"}, now {"output":"ended"}',
  });
});

it('says how an execution ended that goes on as new', async () => {
  await runner.start('countdown', 'replayed-again', { left: 1 });
  await runner.pass();
  const [first, last] = runner.host.history('replayed-again') ?? [];
  if (!first || !last) throw new Error('It has not gone on as new.');

  expect(await runner.host.replay(first)).toEqual({ fits: true, end: { continuedWith: { left: 0 } } });
  expect(await runner.host.replay({ ...last, end: { output: 'something else' } })).toMatchObject({
    fits: false,
  });
});

it('takes no notice of words for people', async () => {
  const execution = await recorded('replayed-words', 'input');
  const end = { output: { outcome: 'ended', summary: 'It has ended.', trail: [1] } };
  const replayed = await runner.host.replay({
    ...execution,
    end: { output: { ...end.output, summary: 'Over.' } },
  });

  expect(replayed).toEqual({
    fits: false,
    why: 'its end was {"output":{"outcome":"ended"}}, now {"output":"ended"}',
  });
});
