import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  AIRFLOW_APP,
  APP,
  airflowProperties,
  BEGIN,
  FACTORY_ID,
  GROUP_ID,
  SUBSCRIPTION,
  TENANT,
  VAULT_HOST,
  VAULT_ID,
} from '../../unit/services/cloud.js';
import { type Stack, startStack } from './stack.js';

const CLIENT = fileURLToPath(new URL('client.mjs', import.meta.url));
const TOPIC = 'airlock.westeurope-1.eventgrid.azure.net';
const CLOUD_TOPIC = 'airlock-cloud.westeurope-1.eventgrid.azure.net';

let stack: Stack;
let client: Client;
beforeAll(async () => {
  stack = await startStack();
  client = startClient(stack);
  const { roles, vault, eventGrid } = stack.cloud;
  roles.grant({ principal: APP, scope: `/subscriptions/${SUBSCRIPTION}`, role: 'Data Factory Contributor' });
  roles.grant({ principal: APP, scope: VAULT_ID, role: 'Key Vault Secrets Officer' });
  roles.grant({ principal: AIRFLOW_APP, scope: VAULT_ID, role: 'Key Vault Secrets User' });
  const topic = `${GROUP_ID}/providers/Microsoft.EventGrid/topics/airlock`;
  eventGrid.addTopic({ host: TOPIC, resourceId: topic });
  const cloudEvents = { host: CLOUD_TOPIC, resourceId: `${topic}-cloud` };
  eventGrid.addTopic({ ...cloudEvents, inputSchema: 'CloudEventSchemaV1_0' });
  roles.grant({ principal: APP, scope: cloudEvents.resourceId, role: 'EventGrid Data Sender' });
  roles.grant({ principal: APP, scope: topic, role: 'EventGrid Data Sender' });
  vault.addVault({
    name: 'airflow-kv',
    tenantId: TENANT,
    subscription: SUBSCRIPTION,
    resourceGroup: 'rg-data',
  });
});
afterAll(async () => {
  client.end();
  await stack.close();
});

/** The client's process: to load the SDKs is most of its work. */
interface Client {
  ask(scenario: string, input: unknown): Promise<unknown>;
  end(): void;
}

function startClient({ environment }: Stack): Client {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [CLIENT], {
    env: { PATH, HOME, ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(scenario, input) {
      child.stdin.write(`${JSON.stringify({ scenario, input })}\n`);
      const line = await lines.next();
      if (line.done) throw new Error(`The client ended at "${scenario}", with what it says above.`);
      return JSON.parse(line.value);
    },
    end: () => child.stdin.end(),
  };
}

const ask = (scenario: string, input: unknown) => client.ask(scenario, input);

it('serves @azure/arm-datafactory', async () => {
  const input = {
    subscription: SUBSCRIPTION,
    resourceGroup: 'rg-data',
    factory: 'adf-sales',
    properties: airflowProperties(),
  };
  expect(await ask('runtimes', input)).toMatchObject({
    created: { name: 'etl', properties: { type: 'Airflow', state: 'Initial' } },
    read: {
      id: `${FACTORY_ID}/integrationruntimes/etl`,
      properties: {
        typeProperties: {
          airflowProperties: {
            airflowEnvironmentVariables: { AIRFLOW__TEST__TEST: 'test' },
            airflowWebUrl: expect.stringContaining('.eastus.airflow.svc.datafactory.azure.com/login/'),
          },
        },
      },
    },
    listed: ['etl'],
    factories: ['adf-sales'],
    factoriesOfGroup: ['adf-sales'],
    conflict: { status: 409, code: 'Conflict' },
    stale: { status: 412, code: 'PreconditionFailed' },
    missing: { status: 404, code: 'ResourceNotFound' },
    forbidden: { status: 404 },
  });
});

it('serves @azure/keyvault-secrets with a managed identity', async () => {
  const answer = await ask('secrets', { vault: `https://${VAULT_HOST}` });
  expect(answer).toMatchObject({
    set: {
      tags: { key: 'id' },
      expiresOn: '2027-01-01T00:00:00.000Z',
      createdOn: new Date(BEGIN).toISOString(),
    },
    updated: false,
    current: 'two',
    disabled: { status: 403, code: 'Forbidden' },
    listed: ['db'],
    versions: [false, true],
    gone: { status: 404, code: 'SecretNotFound' },
    again: { status: 409, code: 'Conflict' },
    deleted: ['db'],
    recovered: 'two',
    purged: 0,
  });
});

it('lets a vault that does not exist fail to resolve', async () => {
  expect(await ask('noVault', { vault: 'https://nobody.vault.azure.net' })).toMatchObject({
    error: expect.stringMatching(/Error/),
    message: expect.not.stringContaining('SecretNotFound'),
  });
});

it('serves ClientSecretCredential, and refuses what Entra refuses', async () => {
  const { directory, vault } = stack.cloud;
  const host = 'airflow-kv.vault.azure.net';
  stack.cloud.roles.grant({
    principal: AIRFLOW_APP,
    scope: `${GROUP_ID}/providers/Microsoft.KeyVault/vaults/airflow-kv`,
    role: 'Key Vault Secrets User',
  });
  vault.setSecret(host, 'db', { value: 'from-vault' });
  directory.addPassword(AIRFLOW_APP, { value: 'right' });
  directory.addPassword(AIRFLOW_APP, { value: 'old', endDateTime: new Date(BEGIN).toISOString() });
  const base = { tenant: TENANT, clientId: AIRFLOW_APP, clientSecret: 'right', vault: `https://${host}` };
  expect(await ask('clientSecret', base)).toEqual({ value: 'from-vault' });
  const withDiscovery = { ...base, options: { disableInstanceDiscovery: true } };
  expect(await ask('clientSecret', withDiscovery)).toEqual({ value: 'from-vault' });
  expect(await ask('clientSecret', { ...base, clientSecret: 'wrong' })).toMatchObject({
    message: expect.stringMatching(/invalid_client.*AADSTS7000215/s),
  });
  expect(await ask('clientSecret', { ...base, clientSecret: 'old' })).toMatchObject({
    message: expect.stringContaining('AADSTS7000222'),
  });
  expect(await ask('clientSecret', { ...base, clientId: APP })).toMatchObject({
    message: expect.stringContaining('AADSTS700016'),
  });
  expect(await ask('token', { ...base, tenant: SUBSCRIPTION })).toMatchObject({
    message: expect.stringContaining('AADSTS90002'),
  });
});

it('takes events of @azure/eventgrid with a managed identity, not with a key', async () => {
  expect(await ask('publish', { topic: `https://${TOPIC}/api/events` })).toMatchObject({
    cloudEvent: { status: 415 },
    own: {},
  });
  expect(await ask('publish', { topic: `https://${CLOUD_TOPIC}/api/events` })).toMatchObject({
    cloudEvent: {},
    own: { status: 415 },
  });
  expect(stack.cloud.eventGrid.published().map(({ eventType }) => eventType)).toEqual([
    'airlock.run.ended',
    'airlock.run.ended',
  ]);
  expect(await ask('publish', { topic: `https://${TOPIC}/api/events`, key: 'k' })).toMatchObject({
    cloudEvent: { status: 401 },
    own: { status: 401 },
  });
});

it('leaves one line in the ledger for each call, with who called', () => {
  const calls = stack.cloud.ledger
    .entries()
    .filter(({ operation }) => operation === 'integrationRuntimes.get');
  expect(calls.map(({ status }) => status)).toEqual([200, 304, 404]);
  expect(new Set(calls.map(({ caller }) => caller))).toEqual(new Set([APP]));
});
