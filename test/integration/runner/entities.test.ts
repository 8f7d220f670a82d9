import { afterAll, beforeAll, expect, it } from 'vitest';
import { openRunnerBed, type RunnerBed } from './bed.js';

let bed: RunnerBed;

beforeAll(async () => {
  bed = await openRunnerBed();
});
afterAll(() => bed.close());

it('keeps entities', async () => {
  expect(await bed.outcome('counting', 'e1', { key: 'k' })).toMatchObject({ output: 5 });
  expect(await (await bed.api('entities/counter/k')).json()).toBe(5);
  expect((await bed.api('entities/counter/unknown')).status).toBe(404);
  await bed.api('entities/counter/k?op=add', { method: 'POST', body: '4' });
  await bed.pass();
  expect(await (await bed.api('entities/counter/k')).json()).toBe(9);
});

it('shows entities among the instances, and forgets one that is purged', async () => {
  await bed.outcome('counting', 'e2', { key: 'shown' });
  const list = async (query = '') =>
    (await (await bed.api(`instances/?top=1000${query}`)).json()) as object[];

  expect(await list()).toContainEqual(
    expect.objectContaining({
      instanceId: '@counter@shown',
      name: '@counter@shown',
      runtimeStatus: 'Running',
      customStatus: { entityExists: true },
    }),
  );
  expect(await list('&instanceIdPrefix=e2')).toHaveLength(1);
  expect((await bed.api('instances/@counter@shown', { method: 'DELETE' })).status).toBe(200);
  expect((await bed.api('entities/counter/shown')).status).toBe(404);
});

it('lets the next have a lock that was released', async () => {
  expect(await bed.outcome('locks', 'l1', { key: 'free' })).toMatchObject({ output: 'had it' });
  expect(await bed.outcome('locks', 'l2', { key: 'free' })).toMatchObject({ output: 'had it' });
});

it('keeps the lock of a holder that failed', async () => {
  expect(await bed.outcome('locks', 'l3', { key: 'held', fails: true })).toMatchObject({
    runtimeStatus: 'Failed',
  });
  expect(await bed.outcome('locks', 'l4', { key: 'held' })).toMatchObject({ runtimeStatus: 'Running' });
});
