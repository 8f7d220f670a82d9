import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestRunner, type TestRunner } from './testRunner.js';

let runner: TestRunner;

beforeAll(async () => {
  runner = await openTestRunner();
});
afterAll(() => runner.close());

it('keeps entities', async () => {
  expect(await runner.outcome('counting', 'e1', { key: 'k' })).toMatchObject({ output: 5 });
  expect(await (await runner.api('entities/counter/k')).json()).toBe(5);
  expect((await runner.api('entities/counter/unknown')).status).toBe(404);
  await runner.api('entities/counter/k?op=add', { method: 'POST', body: '4' });
  await runner.pass();
  expect(await (await runner.api('entities/counter/k')).json()).toBe(9);
});

it('shows entities among the instances, and forgets one that is purged', async () => {
  await runner.outcome('counting', 'e2', { key: 'shown' });
  const list = async (query = '') =>
    (await (await runner.api(`instances/?top=1000${query}`)).json()) as object[];

  expect(await list()).toContainEqual(
    expect.objectContaining({
      instanceId: '@counter@shown',
      name: '@counter@shown',
      runtimeStatus: 'Running',
      customStatus: { entityExists: true },
    }),
  );
  expect(await list('&instanceIdPrefix=e2')).toHaveLength(1);
  expect((await runner.api('instances/@counter@shown', { method: 'DELETE' })).status).toBe(200);
  expect((await runner.api('entities/counter/shown')).status).toBe(404);
});

it('lets the next have a lock that was released', async () => {
  expect(await runner.outcome('locks', 'l1', { key: 'free' })).toMatchObject({ output: 'had it' });
  expect(await runner.outcome('locks', 'l2', { key: 'free' })).toMatchObject({ output: 'had it' });
});

it('keeps the lock of a holder that failed', async () => {
  expect(await runner.outcome('locks', 'l3', { key: 'held', fails: true })).toMatchObject({
    runtimeStatus: 'Failed',
  });
  expect(await runner.outcome('locks', 'l4', { key: 'held' })).toMatchObject({ runtimeStatus: 'Running' });
});
