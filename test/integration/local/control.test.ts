import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LocalClient } from '../../../local/client.js';
import { airflowRuntime } from '../../../local/sample/airflowRuntime.js';
import {
  AIRFLOW_VAULT,
  CANARY_SECRET,
  EVENT_FUNCTION,
  PRINCIPALS,
  runtimeId,
} from '../../../local/sample/names.js';
import { LEAST_PRIVILEGE, nameOf } from '../../../local/sample/permissions.js';
import { buildStub, stubClouds } from './stub.js';

let main: string;
let client: LocalClient;
const clouds = stubClouds(() => main);

beforeAll(async () => {
  main = await buildStub('control');
  ({ client } = await clouds.launch({ clock: 'virtual' }));
});
afterAll(() => clouds.cleanUp());
afterEach(() => client.clearFaults());

const vaultToken = (principal: string) => client.token(principal, 'https://vault.azure.net');
const readSecret = async (name: string, token: string) =>
  client.azure(`${AIRFLOW_VAULT}.vault.azure.net`, `/secrets/${name}?api-version=7.5`, {}, token);

describe('clock', () => {
  it('advances by exactly so many seconds', async () => {
    await client.run();
    const before = Date.parse((await client.clock()).now);
    const after = await client.advance(90);
    expect(after.mode).toBe('virtual');
    expect(Date.parse(after.now) - before).toBe(90_000);
  });

  it('runs until nothing is left, or to the limit', async () => {
    await client.createRuntime({ name: 'clock-run' });
    const limited = await client.run({ maxSeconds: 60 });
    expect(limited.idle).toBe(false);
    const [runtime] = (await client.runtimes()).filter(({ name }) => name === 'clock-run');
    expect(runtime?.state).not.toBe('Started');
    expect((await client.run()).idle).toBe(true);
    expect(await client.runtimes()).toContainEqual(
      expect.objectContaining({ name: 'clock-run', state: 'Started', up: true }),
    );
  });

  it('is not run on real time', async () => {
    const real = await clouds.launch();
    await expect(real.client.run()).rejects.toMatchObject({ status: 409 });
    const before = Date.parse((await real.client.clock()).now);
    const after = Date.parse((await real.client.advance(3600)).now);
    expect(after - before).toBeGreaterThanOrEqual(3_600_000);
    await real.stop();
  });
});

describe('ledger and faults', () => {
  it('shows what was called by whom, from a number on', async () => {
    const since = (await client.ledger()).at(-1)?.n ?? 0;
    await readSecret('no-such', await vaultToken('airflow'));
    expect(await client.ledger({ since, service: 'vault' })).toMatchObject([
      { service: 'vault', operation: 'secrets.get', caller: PRINCIPALS.airflow, status: 404 },
    ]);
  });

  it('switches faults on and off', async () => {
    const token = await vaultToken('airflow');
    const id = await client.addFault({
      match: { service: 'vault' },
      action: { kind: 'status', status: 503, headers: { 'retry-after': '3' } },
      times: 2,
    });
    expect(await client.faults()).toMatchObject([{ id, times: 2 }]);
    expect((await readSecret('x', token)).status).toBe(503);
    await client.removeFault(id);
    expect((await readSecret('x', token)).status).toBe(404);
  });
});

describe('the sample environment', () => {
  it('lets the app keep the canary and read the credential, and Airflow read its vault, and no more', async () => {
    await client.setSecret(AIRFLOW_VAULT, 'airflow-variables-x', { value: '1' });
    const app = await vaultToken('app');
    const airflow = await vaultToken('airflow');
    const ops = (name: string, token: string) =>
      client.azure('airlock-ops.vault.azure.net', `/secrets/${name}?api-version=7.5`, {}, token);
    const put = (token: string, name = CANARY_SECRET) =>
      client.azure(
        `${AIRFLOW_VAULT}.vault.azure.net`,
        `/secrets/${name}?api-version=7.5`,
        { method: 'PUT', body: { value: 'c' } },
        token,
      );
    expect((await readSecret('airflow-variables-x', airflow)).status).toBe(200);
    expect((await put(airflow)).status).toBe(403);
    expect((await ops('airflow-sp', airflow)).status).toBe(403);
    expect((await put(app)).status).toBe(200);
    expect((await put(app, 'another')).status).toBe(403);
    expect((await ops('another', app)).status).toBe(403);
    const credential = await ops('airflow-sp', app);
    const [password] = await client.passwords('airflow');
    expect(credential.json()).toMatchObject({ tags: { keyId: password?.keyId } });
    expect(Date.parse(password?.endDateTime ?? '')).toBeGreaterThan(Date.now());
  });

  it('delivers what the portal does to the app', async () => {
    const { events } = await client.stats();
    const created = await client.createRuntime({
      name: 'portal',
      airflowProperties: { airflowVersion: '2.4.3' },
    });
    expect(created).toMatchObject({
      status: 200,
      body: {
        properties: { type: 'Airflow', typeProperties: { airflowProperties: { airflowVersion: '2.4.3' } } },
      },
    });
    await client.run();
    const deleted = await client.deleteRuntime('portal');
    expect(deleted.status).toBe(200);
    await client.run();
    expect(await client.stats()).toEqual({ events: Number(events) + 2 });
    expect((await client.runtimes()).map(({ name }) => name)).not.toContain('portal');
  });

  it('makes a runtime in another resource group, its type spelled in another way', async () => {
    const place = ['elsewhere', 'adf-moebel', 'rg-möbel'] as const;
    const [name, factory, resourceGroup] = place;
    const properties = { ...airflowRuntime({}), type: 'airflow' };
    expect(await client.createRuntime({ name, factory, resourceGroup, properties })).toMatchObject({
      status: 200,
      body: { properties: { type: 'airflow' } },
    });
    await client.run();
    expect(await client.runtimes()).toContainEqual(
      expect.objectContaining({ name, type: 'Airflow', state: 'Started', up: true }),
    );
    expect(await client.deleteRuntime(...place)).toMatchObject({ status: 200 });
    expect((await client.runtimes()).map((one) => one.name)).not.toContain(name);
  });

  it('has one subscription for runtimes', async () => {
    expect(await client.subscriptions()).toMatchObject([
      { name: 'airlock-runtimes', functionName: EVENT_FUNCTION, schema: 'EventGridSchema' },
      { name: 'airlock-credentials', functionName: 'credentialEvents', schema: 'EventGridSchema' },
    ]);
  });
});

describe('roles, credentials and secrets', () => {
  it('takes a role away and gives it back', async () => {
    const token = await vaultToken('airflow');
    await client.setSecret(AIRFLOW_VAULT, 'role-test', { value: 'v' });
    await client.setRole({ principal: 'airflow', grant: false });
    const without = await readSecret('role-test', token);
    await client.setRole({ principal: PRINCIPALS.airflow, vault: AIRFLOW_VAULT, grant: true });
    expect(without.status).toBe(403);
    expect((await readSecret('role-test', token)).status).toBe(200);
  });

  it.each(LEAST_PRIVILEGE.map((row) => [nameOf(row), row] as const))(
    'takes one permission away and gives it back: %s',
    async (_name, row) => {
      await client.setPermission(row, false);
      if (row.kind === 'role') {
        await expect(client.setPermission(row, false)).rejects.toMatchObject({
          status: 404,
          answer: { field: 'action' },
        });
      }
      await client.setPermission(row, true);
    },
  );

  it('adds and removes a client secret', async () => {
    const tokenFor = (secret: string) =>
      client.azure('login.microsoftonline.com', `/${client.ready.tenant}/oauth2/v2.0/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: PRINCIPALS.airflow,
          client_secret: secret,
          scope: 'https://vault.azure.net/.default',
        }).toString(),
      });
    const { keyId, value } = await client.addPassword('airflow', { displayName: 'second' });
    expect((await tokenFor(value)).status).toBe(200);
    await client.removePassword('airflow', keyId);
    expect((await tokenFor(value)).text).toContain('AADSTS7000215');
    await expect(client.removePassword('airflow', keyId)).rejects.toMatchObject({ status: 404 });
  });

  it('hides a client secret from reads of Microsoft Graph for a while, and nowhere else', async () => {
    const graph = await client.token('app', 'https://graph.microsoft.com');
    const listed = async () => {
      const path = `/v1.0/applications(appId='${PRINCIPALS.airflow}')?$select=passwordCredentials`;
      const answer = await client.azure('graph.microsoft.com', path, {}, graph);
      return (
        JSON.parse(answer.text) as { passwordCredentials: { keyId: string }[] }
      ).passwordCredentials.map((one) => one.keyId);
    };
    const { keyId } = await client.addPassword('airflow');
    await client.hidePasswords([keyId], 60);
    expect(await listed()).not.toContain(keyId);
    expect((await client.passwords('airflow')).map((one) => one.keyId)).toContain(keyId);
    await client.advance(60);
    expect(await listed()).toContain(keyId);
    await client.removePassword('airflow', keyId);
  });

  it('closes a vault to somebody', async () => {
    const token = await vaultToken('airflow');
    await client.setFirewall(AIRFLOW_VAULT, ['airflow']);
    const closed = await readSecret('role-test', token);
    await client.setFirewall(AIRFLOW_VAULT, []);
    expect(closed.status).toBe(403);
    expect(closed.text).toContain('Firewall');
  });
});

describe('the Airflow of a runtime', () => {
  const health = async (webHost: string) => client.azure(webHost, '/api/v1/health');

  it('answers under its own host name, and as it is told to', async () => {
    await client.createRuntime({ name: 'airflow-api' });
    await client.run();
    const { webHost = '' } = (await client.runtimes()).find(({ name }) => name === 'airflow-api') ?? {};
    expect((await health(webHost)).status).toBe(200);
    await client.setAirflow('airflow-api', { api: 'html' });
    expect((await health(webHost)).headers['content-type']).toContain('text/html');
    expect((await client.airflow('airflow-api')).api).toBe('html');
    await client.deleteRuntime('airflow-api');
    await expect(health(webHost)).rejects.toThrow('refused');
  });
});

describe('events by hand', () => {
  const event = {
    id: 'e-1',
    topic: `/subscriptions/${'3c8d1b6e-52fa-4e07-9b14-d6a0c7e8f215'}/resourceGroups/rg-airlock`,
    subject: runtimeId('by-hand'),
    eventType: 'Microsoft.Resources.ResourceWriteSuccess',
    eventTime: '2026-01-05T18:38:04.6117357Z',
    dataVersion: '2',
    data: { operationName: 'Microsoft.DataFactory/factories/integrationRuntimes/write' },
  };

  it('go to whoever subscribes', async () => {
    await client.run();
    const { events } = await client.stats();
    expect(await client.publish([event, { ...event, eventType: 'Other' }])).toEqual(['airlock-runtimes']);
    await client.run();
    expect(await client.stats()).toEqual({ events: Number(events) + 1 });
  });

  it('go to a function exactly as they are, malformed ones too', async () => {
    expect(await client.deliver({ no: 'event' }, EVENT_FUNCTION)).toBe(200);
    expect(await client.deliver('{ not json', EVENT_FUNCTION, 'CloudEventSchemaV1_0')).toBe(200);
    const received = await client.history('known');
    expect(received.slice(-2)).toEqual([
      { query: { functionName: EVENT_FUNCTION, code: client.ready.systemKey }, body: '{"no":"event"}' },
      { query: { functionName: EVENT_FUNCTION, code: client.ready.systemKey }, body: '{ not json' },
    ]);
  });
});

describe('bad input', () => {
  const send = async (method: string, path: string, body?: string) => {
    const response = await fetch(client.ready.control + path, {
      method,
      ...(body === undefined ? {} : { body }),
    });
    return [response.status, await response.json()];
  };

  it.each([
    ['/clock/advance', '{"seconds":-1}', 'seconds'],
    ['/clock/advance', '{}', 'seconds'],
    ['/clock/run', '{"maxSecond":1}', 'maxSecond'],
    ['/faults', '{"match":{},"action":{"kind":"explode"}}', 'action.kind'],
    ['/faults', '{"match":{"svc":"x"},"action":{"kind":"drop"}}', 'match.svc'],
    ['/faults', '{"match":{},"action":{"kind":"duplicate","mode":"often"}}', 'action.mode'],
    ['/faults', '{"match":{},"action":{"kind":"duplicate","mode":"later"}}', 'action.seconds'],
    ['/faults', '{"match":{},"action":{"kind":"duplicate","seconds":5}}', 'action.seconds'],
    [
      '/faults',
      '{"match":{},"action":{"kind":"duplicate","mode":"afterEnd","take":"second"}}',
      'action.take',
    ],
    ['/events', '{}', 'event'],
    ['/events', '{"event":{"id":1}}', 'event.id'],
    ['/portal/runtimes', '{"name":""}', 'name'],
    ['/roles', '{"principal":"app","grant":true,"role":"King"}', 'role'],
    ['/tokens', '{"principal":"nobody"}', 'principal'],
    ['/roles', '{', ''],
    ['/roles', '{"principal":"app"}', 'grant'],
  ])('POST %s %s is refused and the field named', async (path, body, field) => {
    expect(await send('POST', path, body)).toEqual([400, { error: expect.any(String), field }]);
  });

  it('is refused in queries and paths', async () => {
    expect(await send('GET', '/ledger?since=x')).toMatchObject([400, { field: 'since' }]);
    expect(await send('DELETE', '/faults/none')).toMatchObject([404, { field: 'id' }]);
    expect(await send('PUT', '/vaults/none/secrets/a', '{"value":"x"}')).toMatchObject([
      404,
      { field: 'vault' },
    ]);
    expect(await send('GET', '/instances/unknown/history')).toMatchObject([404, { field: 'id' }]);
    expect(await send('GET', '/instances/%zz/history')).toMatchObject([400, {}]);
    expect(await send('PATCH', '/airflow/x', '{"api":"down"}')).toMatchObject([400, { field: 'api' }]);
    expect(await send('PATCH', '/lifecycle', '{"startSecond":1}')).toMatchObject([
      400,
      { field: 'startSecond' },
    ]);
    expect(await send('GET', '/nothing')).toMatchObject([404, {}]);
    expect(await send('POST', '/clock')).toMatchObject([405, { error: '/clock takes GET.' }]);
  });
});
