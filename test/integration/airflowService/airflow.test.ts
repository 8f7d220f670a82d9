import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAzure } from '../../../local/azure.js';
import { createKernel } from '../../../local/kernel/kernel.js';
import { openCertificateAuthority } from '../../../local/net/ca.js';
import { callThroughProxy, type WayIn } from '../../../local/net/throughProxy.js';
import {
  AIRFLOW_VAULT,
  PRINCIPALS,
  runtimeId,
  TENANT,
  vaultHost,
  vaultId,
} from '../../../local/sample/names.js';
import { seed } from '../../../local/sample/seed.js';
import { type AzureServers, startAzureServers } from '../../../local/servers.js';

const RUNTIME = runtimeId('etl');
const MINUTE = 60_000;
const CANARY = 'value of the canary';
const NONCE = '00112233445566778899aabbccddeeff';
const DATA_FACTORY = '5d13f7d7-0567-429c-9880-320e9555e5fc';

const folder = mkdtempSync(join(tmpdir(), 'airlock-airflow-'));
const kernel = createKernel({
  mode: 'virtual',
  onError: (error) => {
    throw error;
  },
});
const azure = createAzure(kernel);
const { clock } = kernel;
let servers: AzureServers;
let way: WayIn;

beforeAll(async () => {
  const ca = openCertificateAuthority(folder);
  servers = await startAzureServers({
    kernel,
    azure,
    ca,
    ports: { proxy: 0, identity: 0 },
    log: console.error,
  });
  way = { proxy: servers.proxy, ca: ca.certificate };
  seed(azure, clock);
  azure.keyVault.setSecret(vaultHost(AIRFLOW_VAULT), 'airflow-variables-airlock-canary', { value: CANARY });
});
afterAll(async () => {
  await servers.close();
  clock.stop();
  rmSync(folder, { recursive: true });
});

/** A call on a connection of its own, with the app's token for the Data Factory application. */
async function ask(path: string, options: { method?: string; body?: object; principal?: string } = {}) {
  const { principal = PRINCIPALS.app, ...call } = options;
  const token = azure.directory.issue(principal, DATA_FACTORY)?.token ?? '';
  const host = azure.resourceManager.byResourceId(RUNTIME)?.host ?? '';
  const headers = {
    authorization: `Bearer ${token}`,
    ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  return callThroughProxy(way, { url: `https://${host}${path}`, headers, ...call });
}

const member = (answer: { json(): unknown }, name: string): unknown =>
  Reflect.get(Object(answer.json()), name);

/** Writes the runtime as the portal does, its credential named by this id. */
async function write(credentialId: string, airflowVersion = '2.6.3') {
  const clientSecret = azure.directory.application(PRINCIPALS.airflow)?.passwordCredentials[0]?.value;
  const { status } = await azure.resourceManager.writeAs(PRINCIPALS.portalUser, RUNTIME, {
    type: 'Airflow',
    typeProperties: {
      computeProperties: { location: 'West Europe', computeSize: 'Small' },
      airflowProperties: {
        airflowVersion,
        enableAADIntegration: true,
        airflowRequirements: ['apache-airflow-providers-microsoft-azure'],
        airflowConfigurationOverrides: {
          AIRFLOW__SECRETS__BACKEND:
            'airflow.providers.microsoft.azure.secrets.key_vault.AzureKeyVaultBackend',
          AIRFLOW__SECRETS__BACKEND_KWARGS: JSON.stringify({
            vault_url: `https://${vaultHost(AIRFLOW_VAULT)}`,
          }),
        },
        airflowEnvironmentVariables: {
          AZURE_TENANT_ID: TENANT,
          AZURE_CLIENT_ID: PRINCIPALS.airflow,
          AZURE_CLIENT_SECRET: clientSecret,
          AIRLOCK_CREDENTIAL_ID: credentialId,
        },
      },
    },
  });
  expect(status).toBe(200);
}

/** Runs the check DAG and gives its answer. */
async function check(dagRunId: string): Promise<unknown> {
  const runs = '/api/v1/dags/airlock_check/dagRuns';
  const conf = { variable: 'airlock_canary', nonce: NONCE };
  const triggered = await ask(runs, { method: 'POST', body: { dag_run_id: dagRunId, conf } });
  expect([triggered.status, member(triggered, 'state')]).toEqual([200, 'queued']);
  await clock.run({ untilMs: clock.now() + 15_000 });
  const run = await ask(`${runs}/${dagRunId}`);
  expect(member(run, 'state')).toBe('success');
  const xcom = await ask(`${runs}/${dagRunId}/taskInstances/answer/xcomEntries/return_value`);
  return JSON.parse(String(member(xcom, 'value')));
}

it('follows a runtime from its creation to an answered challenge, through a restart and a lost role', async () => {
  await write('key-1');
  expect((await ask('/api/v1/health')).status).toBe(503);

  await clock.advance(13 * MINUTE);
  expect((await ask('/api/v1/health')).json()).toMatchObject({ scheduler: { status: 'healthy' } });
  expect(await check('first')).toMatchObject({
    answer: createHmac('sha256', CANARY).update(NONCE).digest('hex'),
    marker: 'key-1',
    variable: { outcome: 'same' },
  });

  // The old processes go on answering, and look healthy, until the restart takes them away.
  await write('key-2');
  expect((await ask('/api/v1/health')).json()).toMatchObject({ scheduler: { status: 'healthy' } });
  expect(await check('second')).toMatchObject({ marker: 'key-1' });
  await clock.advance(4 * MINUTE);
  expect((await ask('/api/v1/health')).status).toBe(503);
  await clock.advance(9 * MINUTE);
  expect(await check('third')).toMatchObject({ marker: 'key-2', direct: { outcome: 'found' } });

  azure.roles.revoke({ principal: PRINCIPALS.airflow, scope: vaultId(AIRFLOW_VAULT) });
  expect(await check('fourth')).toMatchObject({
    answer: null,
    direct: { outcome: 'error', status: 403, reason: 'ForbiddenByRbac' },
  });
});

it('knows its callers by Entra and roles', async () => {
  expect((await ask('/api/v1/dags')).status).toBe(200);
  expect((await ask('/api/v1/dags', { principal: PRINCIPALS.airflow })).status).toBe(403);
  expect((await ask('/api/v1/dags', { principal: 'nobody' })).status).toBe(401);
});

it('hangs up, redirects, or answers with something that is no JSON', async () => {
  azure.airflow.configure(RUNTIME, { api: 'nothing' });
  await expect(ask('/api/v1/health')).rejects.toThrow();
  azure.airflow.configure(RUNTIME, { api: 'redirect' });
  const redirected = await ask('/api/v1/health');
  expect([redirected.status, redirected.headers['location']]).toEqual([
    302,
    expect.stringContaining('https://login.microsoftonline.com/'),
  ]);
  azure.airflow.configure(RUNTIME, { api: 'garbage' });
  const garbage = await ask('/api/v1/health');
  expect(() => garbage.json()).toThrow(SyntaxError);
  azure.airflow.configure(RUNTIME, { api: 'ok' });
  expect((await ask('/api/v1/health')).status).toBe(200);
});

it('keeps values out of the ledger', () => {
  const text = JSON.stringify(kernel.ledger.entries());
  expect(text).toContain('worker.secretRead');
  expect(text).not.toContain(CANARY);
  expect(text).not.toContain(azure.directory.application(PRINCIPALS.airflow)?.passwordCredentials[0]?.value);
});
