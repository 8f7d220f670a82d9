/** Settings as they reach Airflow: the provider's release, the names in the vault, values that are typed amiss. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AIRFLOW_VAULT, CREDENTIAL_SECRET, OPERATOR_VAULT, vaultHost } from '../../../local/sample/names.js';
import type { PreflightReport } from '../../../src/domain/preflight/report.js';
import { BACKEND_CLASS } from '../../../src/domain/settings/backendSettings.js';
import { grantOnSecret } from '../../grantOnSecret.js';
import { armCalls, enable, requestRun, runtimeId, startCloud, type TestCloud } from './harness.js';
import { rotationConfig } from './rotationHarness.js';

const PROVIDER = 'apache-airflow-providers-microsoft-azure';
const VAULT = `https://${AIRFLOW_VAULT}.vault.azure.net`;
const NO_SWEEP = { AIRLOCK_SWEEP_SCHEDULE: '0 0 0 30 2 *' };

let cloud: TestCloud;

async function requirementOf(name: string): Promise<unknown> {
  const run = await requestRun(cloud.client, { action: 'enable', dryRun: true, runtime: runtimeId(name) });
  return run.plan?.settings.find(({ setting }) => setting === 'requirement')?.before;
}

describe('under the sample environment’s profile', () => {
  beforeAll(async () => {
    cloud = await startCloud({ settings: NO_SWEEP });
  });
  afterAll(async () => {
    await cloud.handle.stop();
  });

  it.each([
    ['measured', '2.6.3', '6.2.0', '6.2.0 was measured with Airflow 2.6.3'],
    ['guessed', '2.4.3', '7.0.0', 'not measured'],
  ])('a runtime gets the release that fits its Airflow (%s)', async (name, airflowVersion, release, why) => {
    const run = await enable(cloud, { name, airflowProperties: { airflowVersion } });

    expect(run.outcome).toBe('enabled');
    expect(run.plan?.settings.find(({ setting }) => setting === 'requirement')).toMatchObject({
      kind: 'add',
      after: `${PROVIDER}==${release}`,
      why: expect.stringContaining(why),
    });
    expect(await requirementOf(name)).toBe(`${PROVIDER}==${release}`);
  });

  it.each([
    ['old-pin', { airflowRequirements: [`${PROVIDER}==3.3.0`] }, 'providerTooOld'],
    ['old-airflow', { airflowVersion: '2.3.4' }, 'airflowTooOld'],
    [
      'in-quotes',
      { airflowEnvironmentVariables: { AIRFLOW__SECRETS__BACKEND: `"${BACKEND_CLASS}"` } },
      'valueWrapped',
    ],
  ])(
    'what Airflow would not start with is a conflict before any write (%s)',
    async (name, airflowProperties, code) => {
      const run = await enable(cloud, { name, airflowProperties });

      expect(run).toMatchObject({ outcome: 'conflict', problem: { code } });
      expect((await armCalls(cloud.client, name)).writes).toBe(0);
    },
  );

  it.each([
    ['left-out', { vault_url: `${VAULT}/` }],
    [
      'spelled-out',
      {
        connections_prefix: 'airflow-connections',
        variables_prefix: 'airflow-variables',
        config_prefix: 'airflow-config',
        sep: '-',
        vault_url: VAULT,
      },
    ],
  ])('the provider’s defaults are what they are: nothing is written for them (%s)', async (name, kwargs) => {
    await enable(cloud, { name });
    const airflow = await airflowOf(name);
    await cloud.client.createRuntime({
      name,
      airflowProperties: {
        ...airflow,
        airflowEnvironmentVariables: {
          ...airflow.airflowEnvironmentVariables,
          AIRFLOW__SECRETS__BACKEND_KWARGS: JSON.stringify(kwargs),
        },
      },
    });
    await cloud.client.run({ maxSeconds: 12 * 3600 });
    const { writes } = await armCalls(cloud.client, name);
    const run = await requestRun(cloud.client, { action: 'enable', runtime: runtimeId(name) });

    expect(run.problem).toBeUndefined();
    expect(run.plan).toMatchObject({ changes: false, conflicts: [] });
    expect((await armCalls(cloud.client, name)).writes).toBe(writes);
  });
});

describe('under a profile of its own', () => {
  afterEach(async () => {
    await cloud.handle.stop();
  });

  it.each([
    ['6.2.0', 'airlock-canary'],
    ['4.3.0', '-airlock-canary'],
  ])('names without a prefix are those of the provider’s release (%s)', async (release, canary) => {
    const configText = `${rotationConfig()}    variablesPrefix: ""\n    connectionsPrefix: null\n`;
    cloud = await startCloud({ configText, settings: NO_SWEEP });
    await grantOnSecret(cloud, AIRFLOW_VAULT, canary);
    await grantOnSecret(cloud, AIRFLOW_VAULT, canary, 'setSecret');
    const run = await enable(cloud, {
      name: 'bare',
      airflowProperties: { airflowRequirements: [`${PROVIDER}==${release}`] },
    });

    expect(run).toMatchObject({ outcome: 'enabled', plan: { canarySecretName: canary } });
  });

  it('a client secret with a line end is called so, and nothing is written', async () => {
    cloud = await startCloud({ configText: rotationConfig(), settings: NO_SWEEP });
    const token = await cloud.client.token('portalUser', 'https://vault.azure.net');
    const path = `/secrets/${CREDENTIAL_SECRET}?api-version=7.5`;
    const answer = await cloud.client.azure(vaultHost(OPERATOR_VAULT), path, {}, token);
    const { value, tags } = JSON.parse(answer.text) as { value: string; tags: Record<string, string> };
    await cloud.client.setSecret(OPERATOR_VAULT, CREDENTIAL_SECRET, { value: `${value}\n`, tags });
    const run = await enable(cloud, { name: 'refused' });

    expect(run.problem?.message).toMatch(/its value in the vault ends with a line end/);
    expect(JSON.stringify(run)).not.toContain(value);
    expect((await armCalls(cloud.client, 'refused')).writes).toBe(0);
  });

  it.each([
    ['https://datafactory.azure.com/.default', 'does not accept a token for'],
    ['api://nobody/.default', 'does not accept a token for'],
  ])('the preflight names the scope that is accepted where %s is not', async (scope, words) => {
    const access = `    access: { login: { kind: entra, scope: "${scope}" } }\n`;
    cloud = await startCloud({ configText: `${rotationConfig()}${access}`, settings: NO_SWEEP });
    const run = await enable(cloud, { name: 'asked' });
    expect(run.outcome).not.toBe('enabled');
    // The run has ended before all of Airflow was up.
    await cloud.client.advance(300);

    expect(await dagRow()).toMatchObject({
      status: 'missing',
      note: expect.stringContaining(words),
      remedy: expect.stringContaining('access.login.scope: 5d13f7d7-0567-429c-9880-320e9555e5fc/.default'),
    });
  });

  it('the preflight says which scope is accepted where it is the profile’s', async () => {
    cloud = await startCloud({ configText: rotationConfig(), settings: NO_SWEEP });
    await enable(cloud, { name: 'asked' });

    expect(await dagRow()).toMatchObject({
      status: 'ok',
      note: expect.stringContaining('accepted scope is 5d13f7d7'),
    });
  });
});

async function dagRow() {
  const run = await requestRun(cloud.client, { action: 'preflight' });
  const { rows } = (run as unknown as { result: PreflightReport }).result;
  return rows.find(({ what }) => what === 'DAG airlock_check');
}

async function airflowOf(name: string): Promise<{ airflowEnvironmentVariables: object }> {
  const token = await cloud.client.token('portalUser', 'https://management.azure.com');
  const path = `${runtimeId(name)}?api-version=2018-06-01`;
  const answer = await cloud.client.azure('management.azure.com', path, {}, token);
  const body = JSON.parse(answer.text) as {
    properties: { typeProperties: { airflowProperties: { airflowEnvironmentVariables: object } } };
  };
  return body.properties.typeProperties.airflowProperties;
}
