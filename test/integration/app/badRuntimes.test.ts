import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SweepResult } from '../../../src/domain/sweep/sweep.js';
import {
  armCalls,
  enable,
  expectReleased,
  impatientConfig,
  requestRun,
  runtimeId,
  settle,
  startCloud,
  type TestCloud,
  writeEvent,
} from './harness.js';

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startCloud({ configText: impatientConfig() });
});
afterAll(async () => {
  await cloud.handle.stop();
});

describe('runtimes that cannot be enabled', () => {
  it('one that does not exist', async () => {
    await cloud.client.deliver(writeEvent('nowhere', 'e-nowhere'), 'runtimeEvents');
    const run = await settle(cloud.client, 'nowhere');

    expect(run).toMatchObject({ outcome: 'gone', summary: 'adf-airlock/nowhere does not exist.' });
    await expectReleased(cloud, 'nowhere');
  });

  it('one of another type', async () => {
    const run = await enable(cloud, { name: 'hosted', properties: { type: 'SelfHosted' } });

    expect(run).toMatchObject({ outcome: 'irrelevant' });
    expect(run.summary).toContain('SelfHosted');
    expect(await armCalls(cloud.client, 'hosted')).toEqual({ reads: 1, writes: 0 });
  });

  it('one that ends in a failed state after the write', async () => {
    await cloud.client.createRuntime({ name: 'broken' });
    await cloud.client.setLifecycle({ outcome: 'failed' }, 'broken');
    const run = await settle(cloud.client, 'broken');

    expect(run).toMatchObject({ outcome: 'notReady', problem: { code: 'runtimeFailed' } });
    await expectReleased(cloud, 'broken');
  });

  it('one that never becomes ready', async () => {
    await cloud.client.createRuntime({ name: 'never' });
    await cloud.client.setLifecycle({ outcome: 'never' }, 'never');
    const run = await settle(cloud.client, 'never');

    expect(run).toMatchObject({ outcome: 'notReady', problem: { code: 'runtimeNotReady' } });
    await expectReleased(cloud, 'never');
  });

  it.each([
    ['somebody stopped', 'Stopped', 'runtimeStopped'],
    ['stays in the state of being stopped', 'Stopping', 'runtimeStopped'],
    ['is in a state that nobody knows', 'Hibernated', 'runtimeStateUnknown'],
  ])('one that %s ends with that word, long before the limit', async (label, stateMeanwhile, code) => {
    const name = `in-${stateMeanwhile.toLowerCase()}`;
    await cloud.client.createRuntime({ name });
    await cloud.client.setLifecycle({ outcome: 'never', stateMeanwhile }, name);
    const run = await settle(cloud.client, name);

    expect(run, label).toMatchObject({ outcome: 'notReady', problem: { code } });
    expect(run.problem?.message).toContain(stateMeanwhile);
    await expectReleased(cloud, name);
    // A sweep does not wait for it either: it says that somebody has to look at it.
    const { result } = (await requestRun(cloud.client, { action: 'sweep', dryRun: true })) as unknown as {
      readonly result: SweepResult;
    };
    expect(result.profiles[0]?.runtimes.find(({ runtime }) => runtime === runtimeId(name))).toMatchObject({
      finding: 'broken',
      why: `state ${stateMeanwhile}`,
      follows: 'person',
    });
  });

  it('waits for one that is restarted by way of being stopped', async () => {
    await cloud.client.createRuntime({ name: 'cycled' });
    await cloud.client.setLifecycle({ stateMeanwhile: 'Stopping', startSeconds: 240 }, 'cycled');

    expect(await settle(cloud.client, 'cycled')).toMatchObject({ outcome: 'enabled' });
  });

  it('one that is deleted midway', async () => {
    await cloud.client.createRuntime({ name: 'vanishing' });
    await cloud.client.run({ maxSeconds: 20 });
    await cloud.client.deleteRuntime('vanishing');
    const run = await settle(cloud.client, 'vanishing');

    expect(run).toMatchObject({ outcome: 'gone' });
    await expectReleased(cloud, 'vanishing');
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
    expect((await armCalls(cloud.client, name)).writes).toBe(0);
    expect(JSON.stringify(run)).not.toMatch(/pw-of-the-web-server|pat-of-git/);
  });
});
