/** Another world in the same process is as new as that of another process, whatever was done to the one before. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createClient, type LocalClient } from '../../../local/client.js';
import { type LaunchOptions, type LocalCloudHandle, launchLocalCloud } from '../../../local/launch.js';
import {
  AIRFLOW_VAULT,
  CREDENTIAL_SECRET,
  FACTORY_ID,
  OPERATOR_VAULT,
  runtimeId,
  SUBSCRIPTION_ID,
  TENANT,
} from '../../../local/sample/names.js';
import { configFile } from '../app/harness.js';
import { rotationConfig } from '../app/rotationHarness.js';

const DAY = 86_400;
const DAY_MS = DAY * 1000;
/** The same phase of all schedules in each world. */
const BEGIN = '2026-11-25T12:00:00.000Z';
const START_SECONDS = 60;
/** An overlap of a day would be most of what happens. */
const BRIEF = configFile(rotationConfig(['overlapHours: 1']));

const running: LocalCloudHandle[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const handle of running.splice(0)) await handle.kill();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function launch(more: LaunchOptions = {}): Promise<LocalCloudHandle> {
  const options: LaunchOptions = {
    port: 0,
    clock: 'virtual',
    begin: BEGIN,
    runtimeStartSeconds: START_SECONDS,
    config: BRIEF,
    ...more,
  };
  const handle = await launchLocalCloud(options);
  running.push(handle);
  return handle;
}

const request = (client: LocalClient, body: object) =>
  client.functions('/api/runs', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const portal = async (client: LocalClient, host: string, path: string, resource: string) => {
  const token = await client.token('portalUser', resource);
  return (await client.azure(host, path, {}, token)).json();
};

/** Names, ids and values that are random in each world. */
const anonymous = (text: string) =>
  text
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '(id)')
    .replace(/(?<=["_ .])[0-9a-f]{8}(?=["_./ ])|\b[0-9a-f]{12,}/gi, '(id)');

/** What can be seen of a world, with every time as seconds since it began. */
async function sight(client: LocalClient, begin: number): Promise<unknown> {
  const vault = (name: string) =>
    portal(client, `${name}.vault.azure.net`, '/secrets?api-version=7.4', 'https://vault.azure.net');
  const { cpuMs: _, ...stats } = await client.stats();
  const seen = {
    clock: (await client.clock()).now,
    stats,
    app: await client.app(),
    faults: await client.faults(),
    subscriptions: await client.subscriptions(),
    published: await client.published(),
    runtimes: await client.runtimes(),
    airflow: await client.airflow('etl'),
    keys: await client.passwords('airflow'),
    secrets: [await vault(OPERATOR_VAULT), await vault(AIRFLOW_VAULT)],
    runs: await (await client.functions('/api/runs?top=200')).json(),
    logs: (await client.logs()).map(({ line }) => line),
    ledger: (await client.ledger())
      // The clients of Key Vault ask once in a process where a vault takes tokens from.
      .filter(({ service, status }) => service !== 'vault' || status !== 401)
      .map(({ n: _n, ...entry }) => anonymous(JSON.stringify(entry)))
      // Calls of the same moment have no order.
      .sort(),
  };
  const relative = (moment: number) => `(${(moment - begin) / 1000} s)`;
  const text = JSON.stringify(seen)
    // What the app notes by the machine's clock, which goes its own way.
    .replace(/"createdAt":"[^"]*",/g, '')
    .replace(
      /sw-\d{4}-\d\d-\d\d/g,
      (sweep) => `sw-day ${Math.floor((Date.parse(sweep.slice(3)) - begin) / DAY_MS)}`,
    )
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, (time) => relative(Date.parse(time)))
    // Some count milliseconds, vaults seconds.
    .replace(/(?<=":)\d{13}(?=[,}\]])/g, (time) => String(Number(time) - begin))
    .replace(/(?<=":)\d{10}(?=[,}\]])/g, (time) => String(Number(time) - begin / 1000));
  return JSON.parse(anonymous(text));
}

/** A runtime comes, and two days go by, with the sweep and the purge in them. */
async function live(client: LocalClient): Promise<void> {
  await client.createRuntime({ name: 'etl' });
  await client.run({ maxSeconds: 1800 });
  await request(client, { action: 'rotate', credential: 'airflow-sp', force: true });
  await client.run({ maxSeconds: 600 });
  await client.advance(2 * DAY);
}

async function directoryUpset(client: LocalClient): Promise<void> {
  const { keyId } = await client.addPassword('airflow');
  const clientId = '0f0f0f0f-0000-4000-8000-000000000001';
  await client.addApplication({ tenantId: TENANT, clientId, displayName: 'another' });
  await client.setPropagation({ seconds: 3600, flapping: true });
  await client.setReadLag(3600);
  await client.hidePasswords([keyId], 10 * DAY);
  await client.setLifetimePolicy({ maxDays: 1, excess: 'refuse' });
  await client.setGraph({ principal: 'app', owns: 'airflow', grant: false });
  await client.setGraph({ principal: 'app', permission: 'Application.ReadWrite.All', grant: true });
}

async function resourcesUpset(client: LocalClient): Promise<void> {
  await client.setLifecycle({ startSeconds: 5000, masking: 'asterisks' });
  await client.setLifecycle({ outcome: 'never' }, 'etl');
  await client.setAirflow('etl', { api: 'nothing', dagSeconds: 999 });
  await client.createRuntime({ name: 'etl' });
  await client.createRuntime({ name: 'other', resourceGroup: 'rg-other', factory: 'adf-other' });
  await client.seedFleet({ factories: 1, runtimes: 3, startSeconds: 60 });
  await client.setSecret(OPERATOR_VAULT, 'another', { value: 'a-value-that-nobody-may-see' });
  await client.deleteSecret(OPERATOR_VAULT, CREDENTIAL_SECRET);
  await client.setSecretChangeSeconds(OPERATOR_VAULT, 3600);
  await client.setFirewall(AIRFLOW_VAULT, ['*']);
  await client.setAccessModel(OPERATOR_VAULT, false);
  await client.setRole({ principal: 'airflow', grant: false });
  await client.setPermission(
    {
      kind: 'role',
      principal: 'app',
      plane: 'control',
      action: 'Microsoft.DataFactory/factories/delete',
      scope: FACTORY_ID,
    } as never,
    true,
  );
  await client.setDenial({ kind: 'lock', scope: SUBSCRIPTION_ID, on: true });
}

async function hostUpset(client: LocalClient): Promise<void> {
  await client.addFault({ match: { service: 'arm' }, action: { kind: 'delay', seconds: 40 } });
  await client.addFault({
    match: { service: 'host', operation: 'send-entity' },
    action: { kind: 'duplicate', mode: 'afterEnd', seconds: 60 },
  });
  await client.addFault({ match: { service: 'identity' }, action: { kind: 'drop' } });
  await client.unsubscribe('airlock-credentials');
  await client.setTopic('EventGridSchema');
  await client.publish({
    id: 'by-hand',
    topic: SUBSCRIPTION_ID,
    subject: runtimeId('etl'),
    eventType: 'Microsoft.Resources.ResourceWriteSuccess',
    eventTime: BEGIN,
    data: {
      resourceUri: runtimeId('etl'),
      operationName: 'Microsoft.DataFactory/factories/integrationruntimes/write',
    },
    dataVersion: '2',
    metadataVersion: '1',
  });
}

/** Everything that a test may do to a world, and work under way in each part of it. */
async function upset(client: LocalClient): Promise<void> {
  await live(client);
  await resourcesUpset(client);
  await directoryUpset(client);
  await hostUpset(client);
  await request(client, { action: 'rotate', credential: 'airflow-sp', force: true });
  await request(client, { action: 'check', runtime: runtimeId('etl') });
  await client.run({ maxSeconds: 65 });
  await client.setApp({ zeroAfterSeconds: 60 });
  await client.setApp({ running: false });
  await client.run({ maxSeconds: 65 });
}

describe('a world that begins in a process that had another', () => {
  it('is, and goes on, as the one of a new process', async () => {
    const fresh = await launch();
    const begin = Date.parse((await fresh.client.clock()).now);
    const before = await sight(fresh.client, begin);
    await live(fresh.client);
    const after = await sight(fresh.client, begin);
    await fresh.stop();

    const used = await launch({ begin: '2026-11-24T08:00:00.000Z', runtimeStartSeconds: 600 });
    await upset(used.client);
    const client = createClient(
      await used.client.beginAnew({ begin: BEGIN, runtimeStartSeconds: START_SECONDS }),
    );
    const anew = Date.parse((await client.clock()).now);

    expect(anew).toBeGreaterThan(begin);
    expect((anew - begin) % (7 * DAY_MS)).toBe(0);
    expect(await sight(client, anew)).toEqual(before);
    await live(client);
    expect(await sight(client, anew)).toEqual(after);
  });

  it('begins later each time, on the clock and for what goes by the machine', async () => {
    const { client } = await launch();
    const moments = [Date.parse((await client.clock()).now)];
    const tokens = [await client.token()];
    let present = client;
    for (let time = 0; time < 2; time += 1) {
      await present.advance(2 * DAY);
      present = createClient(await present.beginAnew());
      moments.push(Date.parse((await present.clock()).now));
      tokens.push(await present.token());
    }
    const issued = tokens.map(
      (token) =>
        JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { iat: number },
    );

    expect(moments[1]).toBeGreaterThan((moments[0] ?? 0) + 2 * DAY_MS);
    expect(moments[2]).toBeGreaterThan((moments[1] ?? 0) + 2 * DAY_MS);
    expect(issued[1]?.iat).toBeGreaterThan((issued[0]?.iat ?? 0) + DAY);
    expect(issued[2]?.iat).toBeGreaterThan((issued[1]?.iat ?? 0) + DAY);
  });

  it('ends the way to the one before', async () => {
    const { client } = await launch();
    await client.beginAnew();

    await expect(client.functions('/api/runs')).rejects.toThrow();
  });
});

describe('a process that has no other world to give', () => {
  it('says so where its state is kept', async () => {
    const state = mkdtempSync(join(tmpdir(), 'airlock-anew-'));
    folders.push(state);
    const { client } = await launch({ state });

    await expect(client.beginAnew()).rejects.toThrow(/409 .*state folder/);
  });

  it('says so near the end of what a vault can write down', async () => {
    const { client } = await launch({ begin: '2034-12-30T00:00:00.000Z' });
    await client.advance(7 * DAY);

    await expect(client.beginAnew({ begin: '2034-12-30T00:00:00.000Z' })).rejects.toThrow(/409 .*once more/);
  });
});
