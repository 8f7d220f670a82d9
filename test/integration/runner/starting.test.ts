import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestRunner, type TestRunner } from './testRunner.js';

let runner: TestRunner;

beforeAll(async () => {
  runner = await openTestRunner();
});
afterAll(() => runner.close());

it('starts an id once while it runs, and anew once it has ended', async () => {
  await runner.start('race', 'once');
  const pending = await runner.start('race', 'once');
  expect([pending.status, await pending.json()]).toEqual([
    409,
    { Message: 'An Orchestration instance with the status Pending already exists.' },
  ]);
  await runner.pass();
  expect(await (await runner.start('race', 'once')).json()).toEqual({
    Message: 'An Orchestration instance with the status Running already exists.',
  });
  await runner.api('instances/once/raiseEvent/go', { method: 'POST', body: '1' });
  await runner.kernel.clock.run();
  expect((await runner.start('race', 'once')).status).toBe(202);
  await runner.api('instances/once/raiseEvent/go', { method: 'POST', body: '1' });
  await runner.kernel.clock.run();
});

it('accepts several starts of one id at once, of which one runs', async () => {
  const answers = await Promise.all(Array.from({ length: 6 }, () => runner.start('one-effect', 'six')));
  await runner.kernel.clock.run();

  expect(answers.filter(({ status }) => status === 202).length).toBeGreaterThan(1);
  expect(await runner.status('six')).toMatchObject({ runtimeStatus: 'Completed' });
  expect(runner.calls.get('six')).toBe(1);
});

it('accepts the start of an orchestrator that nobody has; the instance fails', async () => {
  expect(await runner.outcome('nobody', 'unknown')).toMatchObject({
    runtimeStatus: 'Failed',
    output: expect.stringMatching(
      /^Orchestrator function 'nobody' failed: The function 'nobody' doesn't exist, is disabled, or is not an orchestrator function\. Additional info: The following are the known orchestrator functions: .*'tells-its-id'/,
    ),
  });
});

it.each([
  ['a%20b', 'a b'],
  ['%C3%A9', 'é'],
  ['@x', '@x'],
  ['x'.repeat(120), 'x'.repeat(120)],
  ['a.b', 'a.b'],
])('takes ids of all kinds: %s', async (path, id) => {
  const answer = await runner.start('tells-its-id', path);

  expect([answer.status, await answer.json()]).toEqual([202, { id }]);
});

it.each(['a/b', 'a%2Fb', 'a%5Cb'])('takes an id with a slash for another path: %s', async (path) => {
  expect((await runner.start('tells-its-id', path)).status).toBe(404);
});

it('lets a child take the place of a live instance', async () => {
  await runner.start('race', 'occupied');
  await runner.pass();
  const parent = await runner.outcome('asks-for-a-child', 'takes', { name: 'tells-its-id', id: 'occupied' });
  const child = { id: 'occupied', parent: 'takes', version: '1.0' };

  expect(parent.output).toEqual({ child });
  expect(await runner.status('occupied')).toMatchObject({ runtimeStatus: 'Completed', output: child });
});

it('names a child that is given no id by the execution of its parent, and in decimals', async () => {
  const { output } = await runner.outcome('asks-for-a-child', 'names', { name: 'tells-its-id' });

  expect((output as { child: { id: string } }).child.id).toMatch(
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:0$/,
  );
});
