import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProfileRunResult } from '../../../src/domain/runs/runs.js';
import { grantOnSecret } from '../../grantOnSecret.js';
import {
  armCalls,
  enable,
  requestRun,
  runtimeId,
  startCloud,
  type TestCloud,
  writeEvent,
} from './harness.js';
import { NO_SWEEP } from './rotationHarness.js';

const profile = (name: string, more: string): string => `
  - name: ${name}
    runtimes:
      - { subscription: 3c8d1b6e-52fa-4e07-9b14-d6a0c7e8f215, resourceGroup: rg-airlock, factory: adf-airlock, name: "${name}-*" }
    vault: https://airlock-airflow.vault.azure.net
    credential: airflow-sp
${more}`;

const login = `    access:
      login:
        kind: password
        userName: admin
        password: { vault: "https://airlock-ops.vault.azure.net", name: web-password }
    writeOnly:
      webServerPassword: { vault: "https://airlock-ops.vault.azure.net", name: web-password }`;

const CONFIG = `version: 1
credentials:
  airflow-sp:
    tenantId: 7e2f4c1a-90b3-4d58-8a6e-1f0c5d9b2e31
    clientId: e1d40f7b-6a28-49c5-b7f3-08c5a2d91e64
    secret: { vault: "https://airlock-ops.vault.azure.net", name: airflow-sp }
profiles:${profile('password', login)}${profile(
  'import',
  '    access: { importDags: { linkedService: AzureBlobStorage1, folderPath: airflow/dags } }',
)}${profile('tutorial', '    access: { proof: { kind: dag, dagId: tutorial } }')}${profile(
  'takeover',
  '    onConflict: replace',
)}${profile(
  'hidden',
  `    writeOnly:
      gitCredential: { vault: "https://airlock-ops.vault.azure.net", name: git-token }
      variables: { DB_PASSWORD: { vault: "https://airlock-ops.vault.azure.net", name: db-password } }`,
)}${profile('prefix', '    variablesPrefix: team_a\n    separator: "--"')}`;

describe('what a profile can say', () => {
  let cloud: TestCloud;

  beforeAll(async () => {
    cloud = await startCloud({ configText: CONFIG });
    await cloud.client.setSecret('airlock-ops', 'web-password', { value: 'pw-of-the-web-server' });
    await cloud.client.setSecret('airlock-ops', 'git-token', { value: 'token-of-git' });
    await cloud.client.setSecret('airlock-ops', 'db-password', { value: 'password-of-the-db' });
    for (const name of ['web-password', 'git-token', 'db-password']) {
      await grantOnSecret(cloud, 'airlock-ops', name);
    }
    await grantOnSecret(cloud, 'airlock-airflow', 'team--a--airlock-canary');
    await grantOnSecret(cloud, 'airlock-airflow', 'team--a--airlock-canary', 'setSecret');
  });
  afterAll(async () => {
    await cloud.handle.stop();
  });

  const lost = async (name: string) =>
    (await cloud.client.runtimes()).find((runtime) => runtime.name === name);

  it.each(['2.6.3', '3.3.2'])(
    'logs in with a password on Airflow %s and sends it again with the write',
    async (airflowVersion) => {
      const name = `password-${airflowVersion.startsWith('2') ? 'two' : 'three'}`;
      const run = await enable(cloud, {
        name,
        airflowProperties: {
          airflowVersion,
          enableAADIntegration: false,
          userName: 'admin',
          password: 'pw-of-the-web-server',
        },
      });

      expect(run).toMatchObject({ outcome: 'enabled' });
      expect(await lost(name)).toMatchObject({ passwordLost: false });
    },
  );

  it('imports the DAG folder where one is named', async () => {
    const run = await enable(cloud, { name: 'import-a' }, { dags: { airlock_check: { missing: true } } });

    expect(run).toMatchObject({ outcome: 'enabled' });
    const imports = await cloud.client.ledger({ service: 'arm' });
    expect(imports.some(({ operation }) => operation === 'dags.imported')).toBe(true);
  });

  it("takes the success of a user's own DAG, and says that it is the weaker proof", async () => {
    await cloud.client.setSecret('airlock-airflow', 'airflow-variables-sample-variable', { value: 'sample' });
    const run = await enable(cloud, { name: 'tutorial-a' }, { dags: { tutorial: { paused: true } } });

    expect(run).toMatchObject({ outcome: 'enabled', proof: { kind: 'dag' } });
    expect(run.proof?.weakness).toContain('metastore');
  });

  it('takes over what somebody else set, where the profile says so', async () => {
    const run = await enable(cloud, {
      name: 'takeover-a',
      airflowProperties: {
        airflowEnvironmentVariables: {
          AIRFLOW__SECRETS__BACKEND: 'somebody.Elses',
          AIRFLOW__SECRETS__BACKEND_KWARGS:
            '{"vault_url":"https://other.vault.azure.net","client_id":"x","keep":1}',
          AZURE_CLIENT_ID: '99999999-9999-9999-9999-999999999999',
        },
      },
    });

    expect(run).toMatchObject({ outcome: 'enabled' });
    const kwargs = run.plan?.settings.find(({ setting }) => setting === 'AIRFLOW__SECRETS__BACKEND_KWARGS');
    expect(kwargs?.after).toContain('"keep":"(redacted)"');
    expect(kwargs?.after).not.toContain('client_id');
  });

  it.each(['asterisks', 'null', 'omitted'] as const)(
    'works where the service gives secrets as %s',
    async (masking) => {
      const name = `hidden-${masking}`;
      await cloud.client.setLifecycle({ masking }, name);
      const run = await enable(cloud, {
        name,
        airflowProperties: {
          airflowEnvironmentVariables: {
            TEAM: 'sales',
            ...(masking === 'omitted' ? {} : { DB_PASSWORD: 'password-of-the-db' }),
          },
          gitSyncProperties: {
            gitServiceType: 'GitHub',
            gitCredentialType: 'PAT',
            repo: 'r',
            credential: 'token-of-git',
          },
        },
      });
      const writes = (await armCalls(cloud.client, name)).writes;
      await cloud.client.deliver(writeEvent(name, `again-${name}`), 'runtimeEvents');
      await cloud.client.run({ maxSeconds: 3600 });

      expect(run).toMatchObject({ outcome: 'enabled' });
      expect(writes).toBe(1);
      expect((await armCalls(cloud.client, name)).writes).toBe(1);
      expect(await lost(name)).toMatchObject({ gitCredentialLost: false });
      expect((await cloud.client.ledger()).map(({ operation }) => operation)).not.toContain(
        'runtime.maskedValueStored',
      );
    },
  );

  it('follows the prefix and separator of the profile to the canary', async () => {
    const run = await enable(cloud, { name: 'prefix-a' });

    expect(run).toMatchObject({ outcome: 'enabled' });
    expect(run.plan?.canarySecretName).toBe('team--a--airlock-canary');
  });
});

describe('time', () => {
  it('purges runs that are older than retentionDays, and keeps the others', async () => {
    const day = 24 * 3600;
    const begin = new Date(Date.now() - 60 * day * 1000).toISOString();
    const cloud = await startCloud({ begin, settings: NO_SWEEP });
    try {
      const old = await enable(cloud, { name: 'old' });
      await cloud.client.advance(45 * day);
      const young = await enable(cloud, { name: 'young' });
      await cloud.client.advance(2 * day);

      expect((await cloud.client.functions(`/api/runs/${old.id}`)).status).toBe(404);
      expect((await cloud.client.functions(`/api/runs/${young.id}`)).status).toBe(200);
      const { instances } = (await cloud.client.stats()) as { instances: { instanceId: string }[] };
      expect(instances.filter(({ instanceId }) => instanceId.startsWith(old.id))).toEqual([]);
    } finally {
      await cloud.handle.stop();
    }
  });

  it('purges sooner what told all it knows: parts after a day, runs in which nothing happened after three', async () => {
    const day = 24 * 3600;
    const cloud = await startCloud({ settings: NO_SWEEP });
    const left = async () => {
      const { instances } = (await cloud.client.stats()) as { instances: { instanceId: string }[] };
      return instances.map(({ instanceId }) => instanceId).filter((id) => !id.startsWith('@'));
    };
    /** Ages are counted from what the host tells of as the newest. */
    const daysLater = async (days: number) => {
      await cloud.client.advance(days * day + 1);
      const { id } = await requestRun(cloud.client, { action: 'sweep', dryRun: true });
      await cloud.client.advance(day);
      return id;
    };
    try {
      const enabled = await enable(cloud, { name: 'etl' });
      const checked = await requestRun(cloud.client, { action: 'check', runtime: runtimeId('etl') });
      const ofProfile = await requestRun(cloud.client, { action: 'check', profile: 'default' });
      const [member] = (ofProfile as unknown as { result: ProfileRunResult }).result.runs;
      const runs = [enabled.id, checked.id, ofProfile.id];
      const parts = async () => (await left()).filter((id) => /-(?:check|ready|changeable)$/.test(id));
      expect(await parts()).toEqual(expect.arrayContaining(runs.slice(0, 2).map((id) => `${id}-1-check`)));

      runs.push(await daysLater(1));
      expect(await parts()).toEqual([]);
      expect(await left()).toEqual(expect.arrayContaining([...runs, member?.runId]));
      runs.push(await daysLater(2));
      expect(await left()).toEqual(expect.arrayContaining(runs));
      expect(await left()).not.toContain(member?.runId);
    } finally {
      await cloud.handle.stop();
    }
  });

  it('goes by the machine’s clock too, moved on by hand', async () => {
    const cloud = await startCloud({ clock: 'real' });
    try {
      await cloud.client.createRuntime({ name: 'realtime' });
      const run = await cloud.client.waitFor('an enabled runtime', async () => {
        await cloud.client.advance(15);
        const { runs } = (await (await cloud.client.functions('/api/runs')).json()) as {
          runs: { outcome?: string }[];
        };
        return runs.find(({ outcome }) => outcome === 'enabled');
      });

      expect(run.outcome).toBe('enabled');
    } finally {
      await cloud.handle.stop();
    }
  });
});
