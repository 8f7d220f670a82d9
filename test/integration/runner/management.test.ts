import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestRunner, SYSTEM_KEY, type TestRunner } from './testRunner.js';

let runner: TestRunner;

beforeAll(async () => {
  runner = await openTestRunner();
});
afterAll(() => runner.close());

const DAY_MS = 24 * 3600_000;

const raise = (id: string, body = '1') =>
  runner.api(`instances/${id}/raiseEvent/go`, { method: 'POST', body });

it('tells who raises an event whether anybody hears it', async () => {
  await runner.start('race', 'hears');
  await runner.pass();
  expect((await raise('hears')).status).toBe(202);
  await runner.pass();
  expect((await raise('hears')).status).toBe(410);
  expect((await raise('nobody')).status).toBe(404);
});

it('terminates an instance, while its child goes on', async () => {
  await runner.start('leaves-a-child', 'w1');
  await runner.pass(500);
  await runner.api('instances/w1/terminate?reason=enough', { method: 'POST' });
  await runner.pass();
  expect(await runner.status('w1')).toMatchObject({ runtimeStatus: 'Terminated', output: 'enough' });
  expect(await runner.status('w1-child')).toMatchObject({ runtimeStatus: 'Running' });
  await raise('w1-child', '"went on"');
  await runner.pass();
  expect(await runner.status('w1-child')).toMatchObject({ runtimeStatus: 'Completed', output: 'went on' });
  const rewound = await runner.api('instances/w1/rewind?reason=x', { method: 'POST' });
  expect([rewound.status, await rewound.json()]).toEqual([
    412,
    'This orchestration has status Terminated, but only orchestrations in the "Failed" state can be rewound.',
  ]);
});

it('suspends and resumes, and keeps what comes meanwhile', async () => {
  await runner.start('race', 'susp');
  await runner.pass();
  await runner.api('instances/susp/suspend?reason=x', { method: 'POST' });
  await runner.pass();
  await raise('susp');
  await runner.pass();
  expect(await runner.status('susp')).toMatchObject({ runtimeStatus: 'Suspended' });
  await runner.api('instances/susp/resume?reason=x', { method: 'POST' });
  await runner.pass();
  expect(await runner.status('susp')).toMatchObject({ runtimeStatus: 'Completed', output: 1 });
});

it('lists with filters and pages', async () => {
  for (const id of ['list-1', 'list-2', 'list-3']) await runner.outcome('tells-its-id', id);
  const path = 'instances/?runtimeStatus=Completed&instanceIdPrefix=list-';
  const first = await runner.api(`${path}&top=2`);
  const token = first.headers.get('x-ms-continuation-token') ?? '';
  const more = await runner.api(`${path}&top=2`, { headers: { 'x-ms-continuation-token': token } });

  expect([((await first.json()) as unknown[]).length, ((await more.json()) as unknown[]).length]).toEqual([
    2, 1,
  ]);
  await runner.outcome('parent', 'with-child');
  expect(await runner.status('with-child-child')).toMatchObject({ parentInstanceId: 'with-child' });
});

it('purges what has ended, one by one and by age on its own clock', async () => {
  await runner.start('race', 'live');
  await runner.pass();
  const refused = await runner.api('instances/live', { method: 'DELETE' });
  expect([refused.status, await refused.json()]).toEqual([
    412,
    'Only orchestrations in a terminal state can be purged, but the orchestration with instance ID live has status Running',
  ]);
  await raise('live');
  await runner.pass();
  expect((await runner.api('instances/live', { method: 'DELETE' })).status).toBe(200);
  expect((await runner.api('instances/live')).status).toBe(404);
  expect((await runner.api('instances/live', { method: 'DELETE' })).status).toBe(404);

  await runner.outcome('tells-its-id', 'old');
  await runner.kernel.clock.advance(40 * DAY_MS);
  await runner.outcome('tells-its-id', 'young');
  const purge = (query: string) =>
    runner.api(`instances/?runtimeStatus=Completed${query}`, { method: 'DELETE' });
  const unbounded = await purge('');
  expect([unbounded.status, await unbounded.json()]).toEqual([
    400,
    "Please provide value for 'createdTimeFrom' parameter.",
  ]);
  // What the app counts from the machine's clock is an age: 30 days before now.
  const monthAgo = new Date(Date.now() - 30 * DAY_MS).toISOString();
  const purged = await purge(`&createdTimeFrom=2020-01-01T00:00:00Z&createdTimeTo=${monthAgo}`);
  expect(purged.status).toBe(200);
  expect((await runner.api('instances/old')).status).toBe(404);
  expect((await runner.api('instances/young')).status).toBe(200);
  expect(
    (await purge('&createdTimeFrom=2020-01-01T00:00:00Z&createdTimeTo=2020-02-01T00:00:00Z')).status,
  ).toBe(404);
});

it('asks for the system key on the public path of durable management', async () => {
  const path = `${runner.origin}/runtime/webhooks/durabletask/instances/`;

  expect((await fetch(path)).status).toBe(401);
  expect((await fetch(`${path}?code=${SYSTEM_KEY}`)).status).toBe(200);
});
