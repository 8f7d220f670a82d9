import { beforeEach, describe, expect, it } from 'vitest';
import { armOf } from './arm.js';
import {
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
let arm: ReturnType<typeof armOf>;
beforeEach(() => {
  cloud = createCloud();
  arm = armOf(cloud);
});

describe('conditional calls', () => {
  it('writes only where the etag matches', async () => {
    await arm.start();
    const etag = String(at(await arm.get(), 'etag'));
    expect((await arm.put({}, { 'if-match': `"${etag}"` })).status).toBe(200);
    expect(await arm.put({}, { 'if-match': etag })).toMatchObject({
      status: 412,
      body: { error: { code: 'PreconditionFailed' } },
    });
    expect((await arm.put({}, { 'if-match': '*' })).status).toBe(200);
    await arm.send('DELETE', RUNTIME_ID);
    expect((await arm.put({}, { 'if-match': '*' })).status).toBe(412);
  });

  it('answers 304 to who has the newest', async () => {
    const etag = String(at(await arm.put(), 'etag'));
    expect((await arm.get({ 'if-none-match': etag })).status).toBe(304);
    expect((await arm.get({ 'if-none-match': 'other' })).status).toBe(200);
  });
});

describe('a path', () => {
  it('may have slashes too many', async () => {
    await arm.start();
    for (const path of [`/${RUNTIME_ID}`, RUNTIME_ID.replaceAll('/', '//'), `${RUNTIME_ID}/`]) {
      expect(at(await arm.send('GET', `${ARM}${path}?api-version=2018-06-01`), 'name')).toBe('etl');
    }
  });

  it.each(['a', 'ab', 'a--b', '-ab', 'ab-', 'a_b', 'x'.repeat(64)])(
    'makes no runtime of the name %s',
    async (name) => {
      const id = RUNTIME_ID.replace(/[^/]+$/, name);
      const body = { properties: airflowProperties({}) };

      expect(await arm.send('PUT', id, { body })).toMatchObject({
        status: 400,
        body: {
          error: {
            code: 'InvalidResourceName',
            message: `'${name}' is no name of an integration runtime: 3 to 63 letters, digits and single dashes between them.`,
          },
        },
      });
      expect((await arm.send('GET', id)).status).toBe(404);
    },
  );

  it.each(['abc', 'A-b-9', '007', 'x'.repeat(63)])('makes a runtime of the name %s', async (name) => {
    const body = { properties: airflowProperties({}) };

    expect((await arm.send('PUT', RUNTIME_ID.replace(/[^/]+$/, name), { body })).status).toBe(200);
  });

  it('without its subscription has the next segment for one', async () => {
    const path = RUNTIME_ID.replace(SUBSCRIPTION, '');

    expect(await arm.send('GET', path)).toMatchObject({
      status: 400,
      body: {
        error: { code: 'InvalidSubscriptionId', message: expect.stringContaining("'resourceGroups'") },
      },
    });
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
    expect(await arm.send('GET', RUNTIME_ID, { caller: APP })).toMatchObject({
      status: 403,
      body: { error: { code: 'AuthorizationFailed' } },
    });
  });

  it('asks the roles of the scope, and only those', async () => {
    await arm.put();
    const actions = ['Microsoft.DataFactory/factories/integrationruntimes/read'];
    cloud.roles.grant({
      principal: APP,
      scope: FACTORY_ID.toUpperCase(),
      role: 'reader of runtimes',
      actions,
    });
    expect((await arm.send('GET', RUNTIME_ID, { caller: APP })).status).toBe(200);
    expect((await arm.send('DELETE', RUNTIME_ID, { caller: APP })).status).toBe(403);
    expect(
      (await arm.send('GET', `${GROUP_ID}/providers/Microsoft.DataFactory/factories`, { caller: APP }))
        .status,
    ).toBe(403);
    expect((await arm.send('GET', `${FACTORY_ID}2/integrationRuntimes/etl`, { caller: APP })).status).toBe(
      403,
    );
    expect(cloud.roles.revoke({ principal: APP })).toBe(1);
    expect((await arm.send('GET', RUNTIME_ID, { caller: APP })).status).toBe(403);
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
    expect(await arm.send(method, path, { body: { properties: {} } })).toMatchObject({
      status,
      body: { error: { code } },
    });
  });

  it('refuses to change the type of a runtime', async () => {
    await arm.send('PUT', RUNTIME_ID, { body: { properties: { type: 'SelfHosted' } } });
    expect((await arm.put()).status).toBe(400);
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
    await arm.put();
    const remaining = [await arm.get(), await arm.get()].map(
      ({ headers }) => headers['x-ms-ratelimit-remaining-subscription-reads'],
    );
    expect(remaining).toEqual(['1', '0']);
    expect(await arm.get()).toMatchObject({
      status: 429,
      headers: { 'retry-after': '4' },
      body: { error: { code: 'SubscriptionRequestsThrottled' } },
    });
    expect((await arm.send('GET', RUNTIME_ID, { caller: APP })).status).toBe(403);
    await cloud.clock.advance(4000);
    expect((await arm.get()).status).toBe(200);
  });
});

describe('lists', () => {
  it('come in pages', async () => {
    cloud.arm.configure({ pageSize: 2 });
    for (const name of ['c', 'a', 'b']) {
      await arm.send('PUT', `${FACTORY_ID}/integrationRuntimes/etl-${name}`, {
        body: { properties: { type: 'Managed' } },
      });
    }
    const first = await arm.send('GET', `${FACTORY_ID}/integrationRuntimes`);
    const second = await arm.send('GET', String(at(first, 'nextLink')));
    expect([
      at(first, 'value', 0, 'name'),
      at(first, 'value', 1, 'name'),
      at(second, 'value', 0, 'name'),
    ]).toEqual(['etl-a', 'etl-b', 'etl-c']);
    expect(at(second, 'nextLink')).toBeUndefined();
  });

  it('tell the factories of a subscription and of a group', async () => {
    for (const above of [GROUP_ID, `/subscriptions/${SUBSCRIPTION}`]) {
      const answer = await arm.send('GET', `${above}/providers/Microsoft.DataFactory/factories`);
      expect(at(answer, 'value', 0)).toMatchObject({ id: FACTORY_ID, name: 'adf-sales' });
    }
  });
});

it('imports a DAG folder after its time, also after a restart', async () => {
  await arm.put();
  const body = {
    IntegrationRuntimeName: 'ETL',
    LinkedServiceName: 'blob',
    StorageFolderPath: 'container/airflow',
    CopyFolderStructure: true,
    Overwrite: true,
    AddRequirementsFromFile: true,
  };
  expect((await arm.send('POST', `${FACTORY_ID}/airflow/sync`, { body })).status).toBe(202);
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
