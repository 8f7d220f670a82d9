import { beforeEach, describe, expect, it } from 'vitest';
import {
  type Answer,
  APP,
  airflowProperties,
  at,
  bearer,
  type Cloud,
  call,
  createCloud,
  FACTORY_ID,
  GROUP_ID,
  PORTAL,
  RUNTIME_ID,
  SUBSCRIPTION,
} from './cloud.js';

const ARM = 'https://management.azure.com';
let cloud: Cloud;
beforeEach(() => {
  cloud = createCloud();
});

function send(
  method: string,
  path: string,
  options: { caller?: string; headers?: Record<string, string>; body?: unknown } = {},
): Promise<Answer> {
  const url = path.startsWith('https:') ? path : `${ARM}${path}?api-version=2018-06-01`;
  const headers = { ...bearer(cloud, options.caller ?? PORTAL, ARM), ...options.headers };
  return call(cloud.arm, method, url, { headers, body: options.body });
}

const get = (headers: Record<string, string> = {}) => send('GET', RUNTIME_ID, { headers });
const put = (airflow: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  send('PUT', RUNTIME_ID, { headers, body: { properties: airflowProperties(airflow) } });
const environmentOf = (answer: Answer) =>
  at(answer, 'properties', 'typeProperties', 'airflowProperties', 'airflowEnvironmentVariables');

async function started(airflow: Record<string, unknown> = {}): Promise<void> {
  await put(airflow);
  await cloud.clock.advance(12 * 60_000);
}

describe('a runtime of type Airflow', () => {
  it('is answered as the documentation shows it', async () => {
    const answer = await put();
    expect(answer).toMatchObject({
      status: 200,
      body: {
        id: `${FACTORY_ID}/integrationruntimes/etl`,
        name: 'etl',
        type: 'Microsoft.DataFactory/factories/integrationruntimes',
        properties: {
          type: 'Airflow',
          state: 'Initial',
          typeProperties: {
            airflowProperties: {
              airflowVersion: '2.6.3',
              pythonVersion: '3.8',
              airflowEnvironmentVariables: { AIRFLOW__TEST__TEST: 'test' },
              airflowWebUrl: expect.stringMatching(
                /^https:\/\/[0-9a-f]{14}\.eastus\.airflow\.svc\.datafactory\.azure\.com\/login\/$/,
              ),
              packageProviderPath: 'plugins',
              enableTriggerers: false,
            },
          },
        },
        etag: expect.stringMatching(/^[0-9a-f]{8}-0000-0100-0000-[0-9a-f]{8}$/),
      },
    });
    expect(answer.headers['x-ms-ratelimit-remaining-subscription-writes']).toBe('199');
  });

  it('starts after its time, and answers under its host from then on', async () => {
    const host = new URL(
      String(at(await put(), 'properties', 'typeProperties', 'airflowProperties', 'airflowWebUrl')),
    ).hostname;
    await cloud.clock.advance(12 * 60_000 - 1);
    expect(at(await get(), 'properties', 'state')).toBe('Initial');
    expect(cloud.arm.byHost(host)).toMatchObject({ up: false, environment: {} });
    await cloud.clock.advance(1);
    expect(at(await get(), 'properties', 'state')).toBe('Started');
    expect(cloud.arm.byHost(host)).toMatchObject({
      up: true,
      startedAt: cloud.clock.now(),
      environment: { AIRFLOW__TEST__TEST: 'test' },
      requirements: ['pandas'],
    });
    expect(cloud.operations()).toContain('runtime.started');
  });

  it('keeps its old processes for the first part of a restart, then none, then new ones', async () => {
    await started();
    const before = cloud.arm.byResourceId(RUNTIME_ID)?.startedAt;
    expect(at(await put({ airflowEnvironmentVariables: { A: 'new' } }), 'properties', 'state')).toBe(
      'Starting',
    );
    await cloud.clock.advance(2 * 60_000);
    expect(cloud.arm.byResourceId(RUNTIME_ID)).toMatchObject({
      up: true,
      startedAt: before,
      environment: { AIRFLOW__TEST__TEST: 'test' },
    });
    await cloud.clock.advance(2 * 60_000);
    expect(cloud.arm.byResourceId(RUNTIME_ID)).toMatchObject({ up: false });
    await cloud.clock.advance(8 * 60_000);
    expect(cloud.arm.byResourceId(RUNTIME_ID)).toMatchObject({ up: true, environment: { A: 'new' } });
  });

  it('restarts only for changed settings, unless it is told otherwise', async () => {
    await started();
    const first = at(await get(), 'etag');
    const same = await put();
    expect(at(same, 'properties', 'state')).toBe('Started');
    expect(at(same, 'etag')).not.toBe(first);
    cloud.arm.setLifecycle({ restart: 'always' }, RUNTIME_ID.toLowerCase());
    expect(at(await put(), 'properties', 'state')).toBe('Starting');
  });

  it('refuses a write while it is being created or updated, or takes it where told to', async () => {
    await put();
    expect(await put({ airflowRequirements: [] })).toMatchObject({
      status: 409,
      body: { error: { code: 'Conflict' } },
    });
    cloud.arm.setLifecycle({ whileChanging: 'accept' });
    expect((await put({ airflowRequirements: [] })).status).toBe(200);
    await cloud.clock.advance(12 * 60_000);
    expect(cloud.arm.byResourceId(RUNTIME_ID)?.requirements).toEqual([]);
  });

  it('fails, or never becomes ready, where told to', async () => {
    cloud.arm.setLifecycle({ outcome: 'failed', startSeconds: 60 });
    await put();
    await cloud.clock.run();
    expect(at(await get(), 'properties', 'state')).toBe('Failed');
    expect(cloud.arm.byResourceId(RUNTIME_ID)?.up).toBe(false);
    cloud.arm.setLifecycle({ outcome: 'never' });
    await put({ airflowRequirements: [] });
    await cloud.clock.advance(48 * 3600_000);
    expect(at(await get(), 'properties', 'state')).toBe('Starting');
  });

  it('shows the old state for a while, and Started before its web server answers, where told to', async () => {
    await started();
    cloud.arm.setLifecycle({ stateLagSeconds: 5, airflowLagSeconds: 40, startSeconds: 60 });
    expect(at(await put({ airflowRequirements: [] }), 'properties', 'state')).toBe('Started');
    await cloud.clock.advance(5000);
    expect(at(await get(), 'properties', 'state')).toBe('Starting');
    await cloud.clock.advance(55_000);
    expect(at(await get(), 'properties', 'state')).toBe('Started');
    expect(cloud.arm.byResourceId(RUNTIME_ID)?.up).toBe(false);
    await cloud.clock.advance(40_000);
    expect(cloud.arm.byResourceId(RUNTIME_ID)?.up).toBe(true);
  });

  it('never shows write-only values, and loses those that a write leaves out', async () => {
    const git = { gitServiceType: 'GitHub', gitCredentialType: 'PAT', credential: 'git-value' };
    const login = { enableAADIntegration: false, userName: 'admin', password: 'web-value' };
    await started({ ...login, gitSyncProperties: git });
    const shown = await get();
    expect(JSON.stringify(shown.body)).not.toMatch(/git-value|web-value/);
    expect(at(shown, 'properties', 'typeProperties', 'airflowProperties')).toMatchObject({
      userName: 'admin',
      gitSyncProperties: { gitCredentialType: 'PAT' },
    });
    expect(cloud.arm.byResourceId(RUNTIME_ID)).toMatchObject({ userName: 'admin', password: 'web-value' });
    await send('PUT', RUNTIME_ID, { body: shown.body });
    expect(cloud.operations()).toEqual(
      expect.arrayContaining(['runtime.passwordLost', 'runtime.gitCredentialLost']),
    );
    await cloud.clock.run();
    expect(cloud.arm.byResourceId(RUNTIME_ID)).not.toHaveProperty('password');
    expect(JSON.stringify(cloud.ledger.entries())).not.toMatch(/git-value|web-value/);
  });

  it.each([
    ['clear', { CLIENT_SECRET: 'v', PLAIN: 'p' }],
    ['null', { CLIENT_SECRET: null, PLAIN: 'p' }],
    ['asterisks', { CLIENT_SECRET: '******', PLAIN: 'p' }],
    ['empty', { CLIENT_SECRET: '', PLAIN: 'p' }],
    ['omitted', { PLAIN: 'p' }],
  ] as const)('shows variables with secret-looking names %s', async (masking, variables) => {
    cloud.arm.setLifecycle({ masking });
    await put({ airflowEnvironmentVariables: { CLIENT_SECRET: 'v', PLAIN: 'p' } });
    expect(environmentOf(await get())).toEqual(variables);
  });

  it('keeps unknown properties, and takes the values that are its own from nobody', async () => {
    const body = {
      properties: {
        ...airflowProperties({ airflowWebUrl: 'https://x.example/', secrets: [1] }),
        description: 'd',
      },
    };
    const answer = await send('PUT', RUNTIME_ID, { body });
    expect(answer).toMatchObject({
      body: { properties: { description: 'd', typeProperties: { airflowProperties: { secrets: [1] } } } },
    });
    expect(JSON.stringify(answer.body)).not.toContain('x.example');
  });

  it('reads requirements from a text with commas', async () => {
    await started({ airflowRequirements: 'a[x,y]>=1,<2, b==1 , c' });
    expect(cloud.arm.byResourceId(RUNTIME_ID)?.requirements).toEqual(['a[x,y]>=1,<2', 'b==1', 'c']);
  });

  it('has another host and etag after it was deleted and made anew', async () => {
    const first = await put();
    expect((await send('DELETE', RUNTIME_ID)).status).toBe(200);
    expect((await send('DELETE', RUNTIME_ID)).status).toBe(204);
    expect((await get()).body).toMatchObject({ error: { code: 'ResourceNotFound' } });
    const second = await put();
    expect(at(second, 'etag')).not.toBe(at(first, 'etag'));
    const url = ['properties', 'typeProperties', 'airflowProperties', 'airflowWebUrl'];
    expect(at(second, ...url)).not.toBe(at(first, ...url));
  });
});

describe('conditional calls', () => {
  it('writes only where the etag matches', async () => {
    await started();
    const etag = String(at(await get(), 'etag'));
    expect((await put({}, { 'if-match': `"${etag}"` })).status).toBe(200);
    expect(await put({}, { 'if-match': etag })).toMatchObject({
      status: 412,
      body: { error: { code: 'PreconditionFailed' } },
    });
    expect((await put({}, { 'if-match': '*' })).status).toBe(200);
    await send('DELETE', RUNTIME_ID);
    expect((await put({}, { 'if-match': '*' })).status).toBe(412);
  });

  it('answers 304 to who has the newest', async () => {
    const etag = String(at(await put(), 'etag'));
    expect((await get({ 'if-none-match': etag })).status).toBe(304);
    expect((await get({ 'if-none-match': 'other' })).status).toBe(200);
  });
});

describe('who may call', () => {
  it('refuses without a token, with one for another audience, and without a role', async () => {
    const url = `${ARM}${RUNTIME_ID}?api-version=2018-06-01`;
    expect(await call(cloud.arm, 'GET', url)).toMatchObject({
      status: 401,
      body: { error: { code: 'AuthenticationFailed' } },
    });
    const headers = bearer(cloud, PORTAL, 'https://vault.azure.net');
    expect(await call(cloud.arm, 'GET', url, { headers })).toMatchObject({
      status: 401,
      body: { error: { code: 'InvalidAuthenticationToken' } },
    });
    expect(await send('GET', RUNTIME_ID, { caller: APP })).toMatchObject({
      status: 403,
      body: { error: { code: 'AuthorizationFailed' } },
    });
  });

  it('asks the roles of the scope, and only those', async () => {
    await put();
    const actions = ['Microsoft.DataFactory/factories/integrationruntimes/read'];
    cloud.roles.grant({
      principal: APP,
      scope: FACTORY_ID.toUpperCase(),
      role: 'reader of runtimes',
      actions,
    });
    expect((await send('GET', RUNTIME_ID, { caller: APP })).status).toBe(200);
    expect((await send('DELETE', RUNTIME_ID, { caller: APP })).status).toBe(403);
    expect(
      (await send('GET', `${GROUP_ID}/providers/Microsoft.DataFactory/factories`, { caller: APP })).status,
    ).toBe(403);
    expect((await send('GET', `${FACTORY_ID}2/integrationRuntimes/etl`, { caller: APP })).status).toBe(403);
    expect(cloud.roles.revoke({ principal: APP })).toBe(1);
    expect((await send('GET', RUNTIME_ID, { caller: APP })).status).toBe(403);
  });
});

describe('bad calls', () => {
  it.each([
    [
      'another api version',
      'GET',
      `${ARM}${RUNTIME_ID}?api-version=2020-01-01`,
      400,
      'InvalidApiVersionParameter',
    ],
    ['no api version', 'GET', `${ARM}${RUNTIME_ID}`, 400, 'MissingApiVersionParameter'],
    ['an unknown runtime', 'GET', RUNTIME_ID, 404, 'ResourceNotFound'],
    ['an unknown factory', 'GET', RUNTIME_ID.replace('adf-sales', 'adf-none'), 404, 'ResourceNotFound'],
    ['an unknown group', 'GET', RUNTIME_ID.replace('rg-data', 'rg-none'), 404, 'ResourceGroupNotFound'],
    ['an unknown subscription', 'GET', RUNTIME_ID.replace(SUBSCRIPTION, PORTAL), 404, 'SubscriptionNotFound'],
    ['an unknown type', 'GET', `${FACTORY_ID}/pipelines/p`, 404, 'InvalidResourceType'],
    ['a body without type', 'PUT', RUNTIME_ID, 400, 'InvalidRequestContent'],
  ])('%s', async (_what, method, path, status, code) => {
    expect(await send(method, path, { body: { properties: {} } })).toMatchObject({
      status,
      body: { error: { code } },
    });
  });

  it('refuses to change the type of a runtime', async () => {
    await send('PUT', RUNTIME_ID, { body: { properties: { type: 'SelfHosted' } } });
    expect((await put()).status).toBe(400);
  });
});

describe('throttling', () => {
  it("answers 429 when a bucket is empty, and refills it on the local cloud's clock", async () => {
    cloud.arm.configure({
      limits: {
        reads: { size: 2, perSecond: 0.25 },
        writes: { size: 1, perSecond: 1 },
        deletes: { size: 1, perSecond: 1 },
      },
    });
    await put();
    const remaining = [await get(), await get()].map(
      ({ headers }) => headers['x-ms-ratelimit-remaining-subscription-reads'],
    );
    expect(remaining).toEqual(['1', '0']);
    expect(await get()).toMatchObject({
      status: 429,
      headers: { 'retry-after': '4' },
      body: { error: { code: 'SubscriptionRequestsThrottled' } },
    });
    expect((await send('GET', RUNTIME_ID, { caller: APP })).status).toBe(403);
    await cloud.clock.advance(4000);
    expect((await get()).status).toBe(200);
  });
});

describe('lists', () => {
  it('come in pages', async () => {
    cloud.arm.configure({ pageSize: 2 });
    for (const name of ['c', 'a', 'b']) {
      await send('PUT', `${FACTORY_ID}/integrationRuntimes/${name}x`, {
        body: { properties: { type: 'Managed' } },
      });
    }
    const first = await send('GET', `${FACTORY_ID}/integrationRuntimes`);
    const second = await send('GET', String(at(first, 'nextLink')));
    expect([
      at(first, 'value', 0, 'name'),
      at(first, 'value', 1, 'name'),
      at(second, 'value', 0, 'name'),
    ]).toEqual(['ax', 'bx', 'cx']);
    expect(at(second, 'nextLink')).toBeUndefined();
  });

  it('tell the factories of a subscription and of a group', async () => {
    for (const above of [GROUP_ID, `/subscriptions/${SUBSCRIPTION}`]) {
      const answer = await send('GET', `${above}/providers/Microsoft.DataFactory/factories`);
      expect(at(answer, 'value', 0)).toMatchObject({ id: FACTORY_ID, name: 'adf-sales' });
    }
  });
});

it('imports a DAG folder after its time, also after a restart', async () => {
  await put();
  const body = {
    IntegrationRuntimeName: 'ETL',
    LinkedServiceName: 'blob',
    StorageFolderPath: 'container/airflow',
    CopyFolderStructure: true,
    Overwrite: true,
    AddRequirementsFromFile: true,
  };
  expect((await send('POST', `${FACTORY_ID}/airflow/sync`, { body })).status).toBe(202);
  const other = createCloud();
  const heard: string[] = [];
  other.arm.onDagsImported((id, { folderPath }) => heard.push(`${id} ${folderPath}`));
  other.arm.restore(JSON.parse(JSON.stringify(cloud.arm.snapshot())));
  await other.clock.advance(89_000);
  expect(heard).toEqual([]);
  await other.clock.advance(1000);
  expect(heard).toEqual([`${FACTORY_ID}/integrationruntimes/etl container/airflow`]);
  await other.clock.run();
  expect(other.arm.byResourceId(RUNTIME_ID)?.up).toBe(true);
});

it('writes on behalf of a principal, with its permissions', async () => {
  expect((await cloud.arm.writeAs(PORTAL, RUNTIME_ID, airflowProperties())).status).toBe(200);
  expect((await cloud.arm.deleteAs(APP, RUNTIME_ID)).status).toBe(403);
  expect(cloud.arm.runtimes().map(({ name }) => name)).toEqual(['etl']);
  expect(cloud.arm.show(RUNTIME_ID)).toMatchObject({ name: 'etl' });
});
