import { expect, it } from 'vitest';
import { APP, at, bearer, call, PORTAL, RUNTIME_ID } from '../cloud.js';
import { check, createWorld, DATA_FACTORY, HOST, NONCE, type World } from './world.js';

const state = async (world: World, id: string) => at(await world.ask('GET', `${world.runs}/${id}`), 'state');

it('runs a DAG: queued, running, done', async () => {
  const world = createWorld();

  const triggered = await world.trigger('one');
  await world.cloud.clock.advance(3_000);
  const before = await state(world, 'one');
  await world.cloud.clock.advance(2_000);
  const running = await state(world, 'one');
  await world.cloud.clock.advance(6_000);

  expect(at(triggered, 'state')).toBe('queued');
  expect([before, running, await state(world, 'one')]).toEqual(['queued', 'running', 'success']);
});

it('lets runs take as long as it is told', async () => {
  const world = createWorld();
  world.airflow.configure(RUNTIME_ID, { dagSeconds: 120 });

  await world.trigger('long');
  await world.cloud.clock.advance(119_000);
  const before = await state(world, 'long');
  await world.cloud.clock.advance(2_000);

  expect([before, await state(world, 'long')]).toEqual(['running', 'success']);
  expect(() => world.airflow.configure(RUNTIME_ID, { dagSeconds: 4 })).toThrow(/dagSeconds/);
});

it('goes on from a snapshot that says nothing of how long runs take', async () => {
  const world = createWorld();
  await world.trigger('one');
  const { dagSeconds: _, ...older } = world.airflow.inspect(RUNTIME_ID);

  const later = world.build();
  later.restore({ [RUNTIME_ID.toLowerCase()]: older });

  expect(later.inspect(RUNTIME_ID).dagSeconds).toBe(10);
});

it('leaves the runs of a paused DAG waiting until it is unpaused', async () => {
  const world = createWorld();
  world.airflow.configure(RUNTIME_ID, { dags: { airlock_check: { paused: true } } });
  await world.trigger('one');
  await world.cloud.clock.advance(600_000);
  expect(await state(world, 'one')).toBe('queued');

  const unpaused = await world.ask('PATCH', '/api/v1/dags/airlock_check?update_mask=is_paused', {
    is_paused: false,
  });
  await world.cloud.clock.advance(12_000);

  expect(at(unpaused, 'is_paused')).toBe(false);
  expect(await state(world, 'one')).toBe('success');
});

it('has DAGs that are missing, cannot be imported, fail, hang or lie', async () => {
  const world = createWorld();
  const { airflow, cloud } = world;
  const set = (settings: object) => airflow.configure(RUNTIME_ID, { dags: { airlock_check: settings } });
  const errors = async () =>
    at(await world.ask('GET', '/api/v1/importErrors'), 'import_errors', 0, 'stack_trace');
  const dag = async () => (await world.ask('GET', '/api/v1/dags/airlock_check')).status;

  set({ missing: true });
  expect([await dag(), await errors()]).toEqual([404, undefined]);
  set({ missing: false, importError: 'SyntaxError: invalid syntax' });
  expect([await dag(), await errors()]).toEqual([
    404,
    expect.stringContaining('\nSyntaxError: invalid syntax\n'),
  ]);

  set({ importError: null, behaviour: 'fails' });
  await world.trigger('fails');
  await cloud.clock.advance(15_000);
  expect([await state(world, 'fails'), await world.returnValue('fails')]).toEqual(['failed', undefined]);

  set({ behaviour: 'hangs' });
  await world.trigger('hangs');
  await cloud.clock.advance(3_600_000);
  expect(await state(world, 'hangs')).toBe('queued');

  set({ behaviour: 'forged' });
  expect(await check(world)).toMatchObject({ answer: '0'.repeat(64), direct: { outcome: 'found' } });
  set({ forgedAnswer: '"anything"' });
  expect(await check(world)).toBe('anything');
});

it.each([
  ['no conf', {}],
  ['a name that is none', { variable: '../x', nonce: NONCE }],
  ['a nonce that is none', { variable: 'x', nonce: 'zz' }],
])('fails the check with %s', async (_what, conf) => {
  const world = createWorld();
  await world.trigger('one', conf);
  await world.cloud.clock.advance(15_000);
  expect(await state(world, 'one')).toBe('failed');
});

it.each([
  ['401', 401, 'application/problem+json'],
  ['403', 403, 'application/problem+json'],
  ['html', 200, 'text/html; charset=utf-8'],
  ['redirect', 302, undefined],
  ['garbage', 200, 'application/json'],
] as const)('answers in the mode %s', async (api, status, type) => {
  const world = createWorld();
  world.airflow.configure(RUNTIME_ID, { api });
  const answer = await world.ask('GET', '/api/v1/health');
  expect([answer.status, answer.headers['content-type']]).toEqual([status, type]);
});

it('hangs up by a fault, until it is told otherwise', () => {
  const { airflow, cloud } = createWorld();
  const url = new URL(`https://${HOST}/api/v1/health`);
  const described = airflow.describe({ method: 'GET', host: HOST, url, headers: {}, body: Buffer.alloc(0) });
  const strike = () => cloud.faults.strike({ service: 'airflow', ...described });

  airflow.configure(RUNTIME_ID.toUpperCase(), { api: 'nothing' });
  expect(strike()).toEqual({ kind: 'drop' });
  airflow.configure(RUNTIME_ID, { api: 'ok' });
  expect(strike()).toBeUndefined();
});

it('lets Entra principals with a role in, for either audience', async () => {
  const { airflow, cloud } = createWorld();
  const status = async (headers: Record<string, string>) =>
    (await call(airflow, 'GET', `https://${HOST}/api/v1/dags`, { headers })).status;

  expect(await status(bearer(cloud, APP, DATA_FACTORY))).toBe(200);
  expect(await status(bearer(cloud, APP, 'https://management.azure.com/'))).toBe(200);
  expect(await status(bearer(cloud, APP, 'https://vault.azure.net'))).toBe(401);
  expect(await status(bearer(cloud, PORTAL, DATA_FACTORY))).toBe(403);
  expect(await status({})).toBe(401);
});

it('asks for no login for health, and has Airflow 3 health under its own path', async () => {
  const older = createWorld('2.10.5');
  const newer = createWorld('3.3.2');
  const status = async ({ airflow }: World, path: string) =>
    (await call(airflow, 'GET', `https://${HOST}${path}`)).status;

  expect([await status(older, '/api/v1/health'), await status(older, '/api/v2/monitor/health')]).toEqual([
    200, 404,
  ]);
  expect([await status(newer, '/api/v1/health'), await status(newer, '/api/v2/monitor/health')]).toEqual([
    404, 200,
  ]);
});

it('is unavailable while no processes are up, and unhealthy until the scheduler beats', async () => {
  const world = createWorld();
  const health = async () => {
    const answer = await world.ask('GET', '/api/v1/health');
    return answer.status === 200 ? at(answer, 'scheduler', 'status') : answer.status;
  };

  world.processes.up = false;
  const down = await health();
  Object.assign(world.processes, { up: true, startedAt: world.cloud.clock.now() });
  const fresh = await health();
  await world.cloud.clock.advance(10_000);

  expect([down, fresh, await health()]).toEqual([503, 'unhealthy', 'healthy']);
});

it('fails the task that a restart took the processes from, and starts what was queued afterwards', async () => {
  const world = createWorld();
  await world.trigger('running');
  await world.cloud.clock.advance(5_000);
  await world.trigger('queued');
  world.processes.up = false;
  await world.cloud.clock.advance(600_000);
  Object.assign(world.processes, { up: true, startedAt: world.cloud.clock.now() });
  await world.ask('GET', '/api/v1/health');
  await world.cloud.clock.advance(15_000);

  expect([await state(world, 'running'), await state(world, 'queued')]).toEqual(['failed', 'success']);
});

it('forgets runs and variables with the runtime, and keeps what was set for it', async () => {
  const world = createWorld();
  world.airflow.configure(RUNTIME_ID, {
    variables: { a: 'b' },
    dags: { airlock_check: { behaviour: 'fails' } },
  });
  await check(world);

  world.processes.host = `new.${HOST}`;
  await call(world.airflow, 'GET', `https://new.${HOST}/api/v1/health`);

  expect(world.airflow.inspect(RUNTIME_ID)).toMatchObject({
    runs: [],
    variables: {},
    dags: { airlock_check: { behaviour: 'fails' } },
  });
});

it('goes on from a snapshot', async () => {
  const world = createWorld();
  await world.trigger('one');
  await world.cloud.clock.advance(5_000);
  const saved: unknown = JSON.parse(JSON.stringify(world.airflow.snapshot()));

  const later = world.build();
  later.restore(saved);
  await world.cloud.clock.advance(10_000);

  expect(at(await world.ask('GET', `${world.runs}/one`, undefined, later), 'state')).toBe('success');
});

it('has the sample DAG of the documented procedure', async () => {
  const world = createWorld();
  const { airflow, cloud } = world;
  airflow.configure(RUNTIME_ID, { dags: { tutorial: { paused: false } } });
  const run = async (id: string) => {
    await world.ask('POST', '/api/v1/dags/tutorial/dagRuns', { dag_run_id: id });
    await cloud.clock.advance(15_000);
    const first = at(await world.ask('GET', `/api/v1/dags/tutorial/dagRuns/${id}`), 'state');
    await cloud.clock.advance(310_000);
    return [first, at(await world.ask('GET', `/api/v1/dags/tutorial/dagRuns/${id}`), 'state')];
  };

  expect(await run('without')).toEqual(['running', 'failed']);
  airflow.configure(RUNTIME_ID, { variables: { 'sample-variable': 'x' } });
  expect(await run('with')).toEqual(['success', 'success']);

  const newer = createWorld('3.3.2');
  newer.airflow.configure(RUNTIME_ID, { dags: { tutorial: {} } });
  expect((await newer.ask('GET', '/api/v2/dags/tutorial')).status).toBe(404);
  const errors = await newer.ask('GET', '/api/v2/importErrors');
  expect(at(errors, 'import_errors', 0, 'stack_trace')).toContain(
    "No module named 'airflow.operators.python_operator'",
  );
});

it('starts a run of a DAG with a schedule when it is unpaused', async () => {
  const world = createWorld();
  world.airflow.configure(RUNTIME_ID, { dags: { tutorial: {} } });
  await world.ask('PATCH', '/api/v1/dags/tutorial', { is_paused: false });
  expect(at(await world.ask('GET', '/api/v1/dags/tutorial/dagRuns'), 'dag_runs', 0, 'run_type')).toBe(
    'scheduled',
  );
});

it('has the check DAG once its folder arrived', async () => {
  const world = createWorld();
  world.airflow.configure(RUNTIME_ID, { dags: { airlock_check: null } });
  expect((await world.ask('GET', '/api/v1/dags/airlock_check')).status).toBe(404);
  world.airflow.dagsArrived(RUNTIME_ID);
  expect((await world.ask('GET', '/api/v1/dags/airlock_check')).status).toBe(200);
});

it('refuses settings that it does not know', () => {
  const { airflow } = createWorld();
  const settings: object = { behaviour: 'odd' };
  expect(() => airflow.configure(RUNTIME_ID, { dags: { x: settings } })).toThrow(/behaviour/);
});

it.each(['constructor', '__proto__'])('takes %s for a name as any other', async (name) => {
  const world = createWorld();
  const get = () => world.ask('GET', `/api/v1/variables/${name}`);

  expect((await get()).status).toBe(404);
  await world.ask('POST', '/api/v1/variables', { key: name, value: 'x' });
  expect(at(await get(), 'value')).toBe('x');
  expect((await world.ask('GET', `/api/v1/dags/${name}/dagRuns/one`)).status).toBe(404);
});
