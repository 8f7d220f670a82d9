import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { AIRFLOW_APP, RUNTIME_ID, TENANT, VAULT_HOST, VAULT_ID } from '../cloud.js';
import { CANARY_VALUE, CREDENTIAL_ID, check, createWorld, NONCE, type World } from './world.js';

const KWARGS = 'AIRFLOW__SECRETS__BACKEND_KWARGS';
const CLASS = 'airflow.providers.microsoft.azure.secrets.key_vault.AzureKeyVaultBackend';

const NO_CODES = { errorType: null, status: null, aadsts: null, reason: null };
const RIGHT = createHmac('sha256', CANARY_VALUE).update(NONCE).digest('hex');

function setEnvironment(world: World, changes: Record<string, string | undefined>) {
  const merged = Object.entries({ ...world.processes.environment, ...changes });
  world.processes.environment = Object.fromEntries(
    merged.filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** The answer of a check in a world with these changes to its environment. */
function checkWith(version: string, changes: Record<string, string | undefined>): Promise<unknown> {
  const world = createWorld(version);
  setEnvironment(world, changes);
  return check(world);
}

const kwargs = (changes: Record<string, unknown>) => ({
  [KWARGS]: JSON.stringify({ vault_url: `https://${VAULT_HOST}/`, ...changes }),
});

it.each(['2.6.3', '2.10.5', '3.3.2'])('answers the challenge where all is right, on %s', async (version) => {
  expect(await check(createWorld(version))).toEqual({
    version: 1,
    answer: RIGHT,
    marker: CREDENTIAL_ID,
    backend: CLASS,
    vaultUrl: `https://${VAULT_HOST}/`,
    direct: { outcome: 'found', ...NO_CODES },
    variable: { outcome: 'same', errorType: null },
    airflow: version,
  });
});

it.each([
  ['2.10.5', 'KeyError'],
  ['3.3.2', 'AirflowRuntimeError'],
])('names a refused client secret, on %s', async (version, errorType) => {
  expect(await checkWith(version, { AZURE_CLIENT_SECRET: 'wrong' })).toMatchObject({
    answer: null,
    direct: {
      ...NO_CODES,
      outcome: 'error',
      errorType: 'ClientAuthenticationError',
      aadsts: 'AADSTS7000215',
    },
    variable: { outcome: 'missing', errorType },
  });
});

it('is given the value of the metastore where the back end fails', async () => {
  const world = createWorld();
  setEnvironment(world, { AZURE_CLIENT_SECRET: 'wrong' });
  world.airflow.configure(RUNTIME_ID, { variables: { airlock_canary: 'stale' } });

  expect(await check(world)).toMatchObject({
    direct: { outcome: 'error' },
    variable: { outcome: 'other', errorType: null },
  });
});

it('is given an environment variable before the metastore', async () => {
  const world = createWorld();
  setEnvironment(world, {
    AIRFLOW__SECRETS__BACKEND: undefined,
    AIRFLOW_VAR_AIRLOCK_CANARY: 'of the environment',
  });

  expect(await check(world)).toMatchObject({
    backend: null,
    vaultUrl: null,
    direct: { outcome: 'notConfigured' },
    variable: { outcome: 'other' },
  });
});

it('names a missing role, a firewall and a disabled secret', async () => {
  const world = createWorld('2.10.5');
  const refused = (reason: string) => ({
    direct: { ...NO_CODES, outcome: 'error', errorType: 'HttpResponseError', status: 403, reason },
  });

  world.cloud.vault.setFirewall(VAULT_HOST, [AIRFLOW_APP]);
  expect(await check(world)).toMatchObject(refused('ForbiddenByFirewall'));

  world.cloud.vault.setFirewall(VAULT_HOST, []);
  world.cloud.vault.setSecret(VAULT_HOST, 'airflow-variables-airlock-canary', { value: 'x', enabled: false });
  expect(await check(world)).toMatchObject(refused('SecretDisabled'));

  world.cloud.roles.revoke({ principal: AIRFLOW_APP, scope: VAULT_ID });
  expect(await check(world)).toMatchObject(refused('ForbiddenByRbac'));
});

it('says where there is no such secret', async () => {
  expect(await check(createWorld(), { variable: 'no_such', nonce: NONCE })).toMatchObject({
    answer: null,
    direct: { outcome: 'missing', ...NO_CODES },
    variable: { outcome: 'missing' },
  });
});

it.each([
  ['malformed kwargs', { [KWARGS]: '{"vault_url": **https://x**}' }, '', 'ValueError'],
  ['kwargs that are a list', { [KWARGS]: '["https://x"]' }, '', 'ValueError'],
  ['plain http', kwargs({ vault_url: 'http://x' }), 'http://x', 'ServiceRequestError'],
  ['no scheme', kwargs({ vault_url: VAULT_HOST }), VAULT_HOST, 'ServiceRequestError'],
  [
    'no such vault',
    kwargs({ vault_url: 'https://no.vault.azure.net' }),
    'https://no.vault.azure.net',
    'ServiceRequestError',
  ],
])('does with %s what the provider does', async (_what, changes, vaultUrl, errorType) => {
  expect(await checkWith('2.10.5', changes)).toMatchObject({
    vaultUrl,
    direct: { outcome: 'error', errorType, status: null, aadsts: null },
  });
});

it('has no login without a complete principal', async () => {
  expect(await checkWith('2.10.5', { AZURE_CLIENT_SECRET: undefined })).toMatchObject({
    direct: { ...NO_CODES, outcome: 'error', errorType: 'ClientAuthenticationError' },
  });
});

it.each([
  ['a prefix that ends with the separator', { variables_prefix: 'airflow-variables-' }, 'found'],
  ['an empty prefix', { variables_prefix: '' }, 'missing'],
  ['a null prefix', { variables_prefix: null }, 'missing'],
  ['another separator', { variables_prefix: 'airflow-variables', sep: '--' }, 'missing'],
])('builds the name of a secret with %s', async (_what, changes, outcome) => {
  expect(await checkWith('2.10.5', kwargs(changes))).toMatchObject({ direct: { outcome } });
});

it.each([
  ['2.6.3', 'found'],
  ['2.10.5', 'error'],
])('looks at an identity in the kwargs as the provider of %s does', async (version, outcome) => {
  const identity = kwargs({ tenant_id: TENANT, client_id: AIRFLOW_APP, client_secret: 'wrong' });
  expect(await checkWith(version, identity)).toMatchObject({ direct: { outcome } });
});

it('follows the settings for workers alone on Airflow 3 only', async () => {
  const changes = {
    AIRFLOW__WORKERS__SECRETS_BACKEND: CLASS,
    AIRFLOW__WORKERS__SECRETS_BACKEND_KWARGS: '{"vault_url":"https://other.vault.azure.net/"}',
  };

  const older = await checkWith('2.10.5', changes);
  const newer = await checkWith('3.3.2', changes);

  expect(older).toMatchObject({ direct: { outcome: 'found' }, vaultUrl: `https://${VAULT_HOST}/` });
  // The api-server reads the right vault on the worker's behalf.
  expect(newer).toMatchObject({
    vaultUrl: 'https://other.vault.azure.net/',
    direct: { outcome: 'error' },
    variable: { outcome: 'other' },
  });
});

it('follows single kwargs before the JSON since Airflow 3.2', async () => {
  const changes = { AIRFLOW__SECRETS__BACKEND_KWARG__VAULT_URL: 'https://third.vault.azure.net/' };

  expect(await checkWith('2.10.5', changes)).toMatchObject({ vaultUrl: `https://${VAULT_HOST}/` });
  expect(await checkWith('3.1.6', changes)).toMatchObject({ vaultUrl: `https://${VAULT_HOST}/` });
  expect(await checkWith('3.2.0', changes)).toMatchObject({ vaultUrl: 'https://third.vault.azure.net/' });
});

it.each([
  ['a class that is not there', { AIRFLOW__SECRETS__BACKEND: `${CLASS}s` }],
  ['a prefix that is no text', kwargs({ connections_prefix: 5 })],
])('does not start with %s', async (_what, changes) => {
  const world = createWorld();
  setEnvironment(world, changes);
  expect(await world.ask('GET', '/api/v1/health')).toMatchObject({ status: 503 });
});

it('does not start without the provider', async () => {
  const world = createWorld();
  world.processes.requirements = ['pandas', 'apache-airflow-providers-microsoft-azure-extras'];
  expect(await world.ask('GET', '/api/v1/health')).toMatchObject({ status: 503 });

  world.processes.requirements = ['Apache_Airflow.Providers-Microsoft-Azure[kv]>=6'];
  expect(await world.ask('GET', '/api/v1/health')).toMatchObject({ status: 200 });
});

it('notes in the ledger what the worker did, and no value', async () => {
  const world = createWorld();
  setEnvironment(world, { AIRLOCK_CREDENTIAL_ID: undefined });
  await check(world);

  const entries = world.cloud.ledger.entries().filter(({ service }) => service === 'airflow');
  // Asked directly and by Variable.get, each with a login of its own.
  expect(entries.map(({ operation, status }) => `${operation} ${status ?? ''}`.trim())).toEqual([
    'worker.token 200',
    'worker.secretRead 200',
    'worker.token 200',
    'worker.secretRead 200',
    'dagRun.finished',
  ]);
  expect(entries.at(-1)?.detail).toEqual({
    state: 'success',
    credential: expect.stringMatching(/^sha256:[0-9a-f]{8}$/),
  });
  const text = JSON.stringify(entries);
  expect(text).not.toContain(CANARY_VALUE);
  expect(text).not.toContain(world.clientSecret);
});
