import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewFault } from '../../../local/control/kernelRoutes.js';
import type { AirflowPatch } from '../../../local/services/airflow/state.js';
import {
  armCalls,
  enable,
  requestRun,
  runsOn,
  runtimeId,
  settle,
  startCloud,
  type TestCloud,
  writeEvent,
} from './harness.js';

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(async () => {
  await cloud.handle.stop();
});

/** No run may keep a runtime: a new one begins at once. */
async function expectReleased(name: string): Promise<void> {
  const next = await requestRun(cloud.client, { action: 'check', runtime: runtimeId(name) });
  expect(next.outcome).not.toBe('busy');
}

describe('runtimes that cannot be enabled', () => {
  it('one that does not exist', async () => {
    await cloud.client.deliver(writeEvent('nowhere', 'e-nowhere'), 'runtimeEvents');
    const run = await settle(cloud.client, 'nowhere');

    expect(run).toMatchObject({ outcome: 'gone', summary: 'adf-airlock/nowhere does not exist.' });
    await expectReleased('nowhere');
  });

  it('one of another type', async () => {
    const run = await enable(cloud, { name: 'hosted', properties: { type: 'SelfHosted' } });

    expect(run).toMatchObject({ outcome: 'irrelevant' });
    expect(run.summary).toContain('SelfHosted');
    expect(armCalls(await cloud.client.ledger(), 'hosted')).toEqual({ reads: 1, writes: 0 });
  });

  it('one that ends in a failed state after the write', async () => {
    await cloud.client.createRuntime({ name: 'broken' });
    await cloud.client.setLifecycle({ outcome: 'failed' }, 'broken');
    const run = await settle(cloud.client, 'broken');

    expect(run).toMatchObject({ outcome: 'notReady', problem: { code: 'runtimeFailed' } });
    await expectReleased('broken');
  });

  it('one that never becomes ready', async () => {
    await cloud.client.createRuntime({ name: 'never' });
    await cloud.client.setLifecycle({ outcome: 'never' }, 'never');
    const run = await settle(cloud.client, 'never');

    expect(run).toMatchObject({ outcome: 'notReady', problem: { code: 'runtimeNotReady' } });
    await expectReleased('never');
  });

  it('one that is deleted midway', async () => {
    await cloud.client.createRuntime({ name: 'vanishing' });
    await cloud.client.run({ maxSeconds: 20 });
    await cloud.client.deleteRuntime('vanishing');
    const run = await settle(cloud.client, 'vanishing');

    expect(run).toMatchObject({ outcome: 'gone' });
    await expectReleased('vanishing');
  });

  it('keeps working on one whose deletion an event only claims', async () => {
    await cloud.client.createRuntime({ name: 'alive' });
    await cloud.client.run({ maxSeconds: 20 });
    const forged = writeEvent('alive', 'e-forged', 'Microsoft.Resources.ResourceDeleteSuccess');
    await cloud.client.deliver(forged, 'runtimeEvents');
    const run = await settle(cloud.client, 'alive');

    expect(run).toMatchObject({ outcome: 'enabled' });
  });

  const foreign: [label: string, code: string, airflowProperties: object][] = [
    [
      'another back end',
      'otherBackend',
      { airflowEnvironmentVariables: { AIRFLOW__SECRETS__BACKEND: 'my.Backend' } },
    ],
    [
      'another vault',
      'otherVault',
      {
        airflowEnvironmentVariables: {
          AIRFLOW__SECRETS__BACKEND_KWARGS: '{"vault_url":"https://somebody-elses.vault.azure.net"}',
        },
      },
    ],
    [
      'another principal',
      'otherPrincipal',
      { airflowEnvironmentVariables: { AZURE_CLIENT_ID: '99999999-9999-9999-9999-999999999999' } },
    ],
    [
      'kwargs that choose an identity',
      'identityInKwargs',
      { airflowEnvironmentVariables: { AIRFLOW__SECRETS__BACKEND_KWARGS: '{"client_id":"x"}' } },
    ],
    [
      'the documented example pasted as it stands',
      'kwargsUnreadable',
      {
        airflowConfigurationOverrides: {
          AIRFLOW__SECRETS__BACKEND_KWARGS:
            '{"connections_prefix": "a", "vault_url": **\\<your keyvault uri\\>**}',
        },
      },
    ],
    [
      'a web server password and none in the profile',
      'passwordNeeded',
      { enableAADIntegration: false, userName: 'a', password: 'pw-of-the-web-server' },
    ],
    [
      'a git credential and none in the profile',
      'gitCredentialNeeded',
      {
        gitSyncProperties: {
          gitServiceType: 'GitHub',
          gitCredentialType: 'PAT',
          repo: 'r',
          credential: 'pat-of-git',
        },
      },
    ],
  ];
  it.each(foreign)('a conflict: %s', async (label, code, airflowProperties) => {
    const name = `conflict-${foreign.findIndex(([each]) => each === label)}`;
    const run = await enable(cloud, { name, airflowProperties });

    expect(run).toMatchObject({ outcome: 'conflict', problem: { code } });
    expect(run.problem?.remedy).not.toBe('');
    expect(armCalls(await cloud.client.ledger(), name).writes).toBe(0);
    expect(JSON.stringify(run)).not.toMatch(/pw-of-the-web-server|pat-of-git/);
  });
});

describe('Airflows that do not prove access', () => {
  const cases: [label: string, outcome: string, code: string | undefined, patch: AirflowPatch][] = [
    [
      'the check DAG fails',
      'checkFailed',
      'dagRunFailed',
      { dags: { airlock_check: { behaviour: 'fails' } } },
    ],
    [
      'the check DAG hangs',
      'checkFailed',
      'checkRunStuck',
      { dags: { airlock_check: { behaviour: 'hangs' } } },
    ],
    ['the check DAG is missing', 'checkFailed', 'dagMissing', { dags: { airlock_check: { missing: true } } }],
    [
      'the check DAG has an import error',
      'checkFailed',
      'dagImportError',
      { dags: { airlock_check: { importError: "No module named 'nothing'" } } },
    ],
    [
      'the answer is forged',
      'checkFailed',
      'wrongAnswer',
      { dags: { airlock_check: { behaviour: 'forged' } } },
    ],
    [
      'the answer is not one',
      'checkFailed',
      'answerMalformed',
      { dags: { airlock_check: { behaviour: 'forged', forgedAnswer: '{"version":1,"x":"<script>"}' } } },
    ],
    ['the web server answers 401', 'checkFailed', 'airflowUnauthorized', { api: '401' }],
    ['the web server answers 403', 'checkFailed', 'airflowForbidden', { api: '403' }],
    ['the web server answers HTML', 'checkFailed', 'webServerNotHealthy', { api: 'html' }],
    ['the web server redirects', 'checkFailed', 'airflowRedirected', { api: 'redirect' }],
    ['the web server answers nothing', 'checkFailed', 'webServerNotHealthy', { api: 'nothing' }],
    ['the web server answers garbage', 'checkFailed', 'webServerNotHealthy', { api: 'garbage' }],
    [
      'a value of the same name waits in the metastore',
      'enabled',
      undefined,
      { variables: { 'airlock-canary': 'stale' } },
    ],
    ['the check DAG is paused', 'enabled', undefined, { dags: { airlock_check: { paused: true } } }],
  ];
  it.each(cases)('%s', async (label, outcome, code, patch) => {
    const name = `airflow-${cases.findIndex(([each]) => each === label)}`;
    const run = await enable(cloud, { name }, patch);

    expect([run.outcome, run.problem?.code]).toEqual([outcome, code]);
    expect(armCalls(await cloud.client.ledger(), name).writes).toBe(1);
    await expectReleased(name);
  });
});

describe('calls that fail', () => {
  const write = {
    service: 'arm',
    operation: 'integrationRuntimes.createOrUpdate',
    caller: 'b5a7e9d2-0c46-4f83-a1d8-2e6b94c07f1a',
  };
  const read = { ...write, operation: 'integrationRuntimes.get' };
  const status = (code: number, headers: Record<string, string> = {}): NewFault['action'] => ({
    kind: 'status',
    status: code,
    headers,
    body: { error: { code: 'Injected', message: 'injected' } },
  });
  const cases: [label: string, outcome: string, code: string | undefined, fault: NewFault][] = [
    ['a write refused by 412', 'enabled', undefined, { match: write, action: status(412), times: 1 }],
    ['a write refused by 409', 'enabled', undefined, { match: write, action: status(409), times: 2 }],
    [
      'a write refused by 429',
      'enabled',
      undefined,
      { match: write, action: status(429, { 'retry-after': '40' }), times: 2 },
    ],
    ['a write refused by 500', 'enabled', undefined, { match: write, action: status(500), times: 2 }],
    [
      'a lost answer to a write that took effect',
      'enabled',
      undefined,
      { match: write, action: { kind: 'lostResponse' }, times: 1 },
    ],
    [
      'a connection cut before a write',
      'enabled',
      undefined,
      { match: write, action: { kind: 'drop' }, times: 1 },
    ],
    ['a write that always meets 412', 'interrupted', 'keepsChanging', { match: write, action: status(412) }],
    [
      'a write that always meets 503',
      'interrupted',
      'retriesExhausted',
      { match: write, action: status(503) },
    ],
    [
      'a write that is forbidden',
      'refused',
      'resourceManagerForbidden',
      { match: write, action: status(403) },
    ],
    [
      'a read that is forbidden',
      'refused',
      'resourceManagerForbidden',
      { match: read, action: status(403), times: 1 },
    ],
    [
      'a read throttled',
      'enabled',
      undefined,
      { match: read, action: status(429, { 'retry-after': '7' }), times: 3 },
    ],
    ['polls that fail', 'enabled', undefined, { match: read, action: status(502), skip: 3, times: 4 }],
    [
      'the vault busy',
      'enabled',
      undefined,
      { match: { service: 'vault', operation: 'secrets.get' }, action: status(429), times: 3 },
    ],
    [
      'Entra refusing the credential',
      'credentialRefused',
      'clientSecretRefused',
      {
        match: { service: 'entra', operation: 'token' },
        action: {
          kind: 'status',
          status: 401,
          body: {
            error: 'invalid_client',
            error_description: 'AADSTS7000215: Invalid client secret provided.',
            error_codes: [7000215],
          },
        },
      },
    ],
  ];
  it.each(cases)('%s', async (label, outcome, code, fault) => {
    const name = `call-${cases.findIndex(([each]) => each === label)}`;
    const match = fault.match.service === 'arm' ? { ...fault.match, subject: name } : fault.match;
    await cloud.client.addFault({ ...fault, match });
    const run = await enable(cloud, { name });
    await cloud.client.clearFaults();

    expect([run.outcome, run.problem?.code]).toEqual([outcome, code]);
    await expectReleased(name);
    const [first] = await runsOn(cloud.client, name);
    expect(first?.id).toBe(run.id);
  });
});
