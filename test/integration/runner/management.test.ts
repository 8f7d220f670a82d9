import { afterAll, beforeAll, expect, it } from 'vitest';
import { openRunnerBed, type RunnerBed, SYSTEM_KEY } from './bed.js';

let bed: RunnerBed;

beforeAll(async () => {
  bed = await openRunnerBed();
});
afterAll(() => bed.close());

const DAY_MS = 24 * 3600_000;

const raise = (id: string, body = '1') => bed.api(`instances/${id}/raiseEvent/go`, { method: 'POST', body });

it('tells who raises an event whether anybody hears it', async () => {
  await bed.start('race', 'hears');
  await bed.pass();
  expect((await raise('hears')).status).toBe(202);
  await bed.pass();
  expect((await raise('hears')).status).toBe(410);
  expect((await raise('nobody')).status).toBe(404);
});

it('terminates an instance, while its child goes on', async () => {
  await bed.start('leaves-a-child', 'w1');
  await bed.pass(500);
  await bed.api('instances/w1/terminate?reason=enough', { method: 'POST' });
  await bed.pass();
  expect(await bed.status('w1')).toMatchObject({ runtimeStatus: 'Terminated', output: 'enough' });
  expect(await bed.status('w1-child')).toMatchObject({ runtimeStatus: 'Running' });
  await raise('w1-child', '"went on"');
  await bed.pass();
  expect(await bed.status('w1-child')).toMatchObject({ runtimeStatus: 'Completed', output: 'went on' });
  const rewound = await bed.api('instances/w1/rewind?reason=x', { method: 'POST' });
  expect([rewound.status, await rewound.json()]).toEqual([
    412,
    'This orchestration has status Terminated, but only orchestrations in the "Failed" state can be rewound.',
  ]);
});

it('suspends and resumes, and keeps what comes meanwhile', async () => {
  await bed.start('race', 'susp');
  await bed.pass();
  await bed.api('instances/susp/suspend?reason=x', { method: 'POST' });
  await bed.pass();
  await raise('susp');
  await bed.pass();
  expect(await bed.status('susp')).toMatchObject({ runtimeStatus: 'Suspended' });
  await bed.api('instances/susp/resume?reason=x', { method: 'POST' });
  await bed.pass();
  expect(await bed.status('susp')).toMatchObject({ runtimeStatus: 'Completed', output: 1 });
});

it('lists with filters and pages', async () => {
  for (const id of ['list-1', 'list-2', 'list-3']) await bed.outcome('tells-its-id', id);
  const path = 'instances/?runtimeStatus=Completed&instanceIdPrefix=list-';
  const first = await bed.api(`${path}&top=2`);
  const token = first.headers.get('x-ms-continuation-token') ?? '';
  const more = await bed.api(`${path}&top=2`, { headers: { 'x-ms-continuation-token': token } });

  expect([((await first.json()) as unknown[]).length, ((await more.json()) as unknown[]).length]).toEqual([
    2, 1,
  ]);
  await bed.outcome('parent', 'with-child');
  expect(await bed.status('with-child-child')).toMatchObject({ parentInstanceId: 'with-child' });
});

it('purges what has ended, one by one and by age on its own clock', async () => {
  await bed.start('race', 'live');
  await bed.pass();
  const refused = await bed.api('instances/live', { method: 'DELETE' });
  expect([refused.status, await refused.json()]).toEqual([
    412,
    'Only orchestrations in a terminal state can be purged, but the orchestration with instance ID live has status Running',
  ]);
  await raise('live');
  await bed.pass();
  expect((await bed.api('instances/live', { method: 'DELETE' })).status).toBe(200);
  expect((await bed.api('instances/live')).status).toBe(404);
  expect((await bed.api('instances/live', { method: 'DELETE' })).status).toBe(404);

  await bed.outcome('tells-its-id', 'old');
  await bed.kernel.clock.advance(40 * DAY_MS);
  await bed.outcome('tells-its-id', 'young');
  const purge = (query: string) =>
    bed.api(`instances/?runtimeStatus=Completed${query}`, { method: 'DELETE' });
  const unbounded = await purge('');
  expect([unbounded.status, await unbounded.json()]).toEqual([
    400,
    "Please provide value for 'createdTimeFrom' parameter.",
  ]);
  // What the app counts from the machine's clock is an age: 30 days before now.
  const monthAgo = new Date(Date.now() - 30 * DAY_MS).toISOString();
  const purged = await purge(`&createdTimeFrom=2020-01-01T00:00:00Z&createdTimeTo=${monthAgo}`);
  expect(purged.status).toBe(200);
  expect((await bed.api('instances/old')).status).toBe(404);
  expect((await bed.api('instances/young')).status).toBe(200);
  expect(
    (await purge('&createdTimeFrom=2020-01-01T00:00:00Z&createdTimeTo=2020-02-01T00:00:00Z')).status,
  ).toBe(404);
});

it('asks for the system key on the public path of durable management', async () => {
  const path = `${bed.origin}/runtime/webhooks/durabletask/instances/`;

  expect((await fetch(path)).status).toBe(401);
  expect((await fetch(`${path}?code=${SYSTEM_KEY}`)).status).toBe(200);
});
