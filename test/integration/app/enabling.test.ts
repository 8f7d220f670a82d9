import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRun } from '../../../local/demo/follow.js';
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

describe('enabling a runtime', () => {
  let cloud: TestCloud;

  beforeAll(async () => {
    cloud = await startCloud();
  });
  afterAll(async () => {
    await cloud.handle.stop();
  });

  async function bodyOf(name: string): Promise<Record<string, unknown>> {
    const token = await cloud.client.token();
    const path = `${runtimeId(name)}?api-version=2018-06-01`;
    const answer = await cloud.client.azure('management.azure.com', path, {}, token);
    return JSON.parse(answer.text) as Record<string, unknown>;
  }

  it('merges the settings in, keeps everything else, and proves access', async () => {
    const run = await enable(cloud, {
      name: 'merged',
      airflowProperties: {
        airflowRequirements: ['pandas==2.0.3', 'apache-airflow-providers-http[x]>=4; python_version > "3.7"'],
        airflowEnvironmentVariables: { TEAM: 'sales', EMPTY: '' },
        unknownSetting: { nested: [1, null, { deep: true }] },
      },
    });

    expect(run).toMatchObject({ outcome: 'enabled', status: 'completed' });
    expect(run.proof).toMatchObject({ kind: 'challenge', airflowVersion: '2.6.3' });
    const { properties } = (await bodyOf('merged')) as {
      properties: { typeProperties: { airflowProperties: Record<string, unknown> } };
    };
    const airflow = properties.typeProperties.airflowProperties;
    expect(airflow['airflowRequirements']).toEqual([
      'pandas==2.0.3',
      'apache-airflow-providers-http[x]>=4; python_version > "3.7"',
      'apache-airflow-providers-microsoft-azure==6.2.0',
    ]);
    expect(airflow['unknownSetting']).toEqual({ nested: [1, null, { deep: true }] });
    expect(airflow['airflowEnvironmentVariables']).toMatchObject({
      TEAM: 'sales',
      EMPTY: '',
      AIRFLOW__SECRETS__BACKEND: 'airflow.providers.microsoft.azure.secrets.key_vault.AzureKeyVaultBackend',
      AZURE_TENANT_ID: '7e2f4c1a-90b3-4d58-8a6e-1f0c5d9b2e31',
    });
  });

  it('takes two reads and one write besides its polls, and one look at its own event', async () => {
    await cloud.client.setLifecycle({ startSeconds: 20 }, 'counted');
    const run = await enable(cloud, { name: 'counted' });

    const { reads, writes } = await armCalls(cloud.client, 'counted');
    const polls = run.trail
      .map(({ outcome }) => Number(/after (\d+) polls?/.exec(outcome)?.[1] ?? 0))
      .reduce((sum, looks) => sum + looks, 0);
    expect(run.outcome).toBe('enabled');
    expect(writes).toBe(1);
    expect(reads - polls).toBe(3);
  });

  it('reads once and writes nothing for an event about an enabled and proven runtime', async () => {
    await enable(cloud, { name: 'proven' });
    const before = await armCalls(cloud.client, 'proven');

    await cloud.client.publish(writeEvent('proven', 'event-for-proven'));
    await cloud.client.run({ maxSeconds: 3600 });

    const after = await armCalls(cloud.client, 'proven');
    expect(after).toEqual({ reads: before.reads + 1, writes: before.writes });
    expect((await runsOn(cloud.client, 'proven')).at(-1)).toMatchObject({ outcome: 'alreadyEnabled' });
  });

  it('makes one run of the same event, also after that run has ended and in other spellings', async () => {
    await enable(cloud, { name: 'twice' });
    const event = writeEvent('twice', 'the-same-event');
    const shouted = { ...event, data: { ...event.data, resourceUri: event.data.resourceUri.toUpperCase() } };

    for (const again of [event, event, shouted]) {
      expect(await cloud.client.deliver(again, 'runtimeEvents')).toBe(202);
      await cloud.client.run({ maxSeconds: 3600 });
    }

    const started = (await runsOn(cloud.client, 'twice')).filter((run) =>
      JSON.stringify(run).includes('the-same-event'),
    );
    expect(started).toHaveLength(1);
  });

  it('looks exactly once more afterwards, however many events come during a run', async () => {
    await cloud.client.createRuntime({ name: 'noisy' });
    await cloud.client.run({ maxSeconds: 30 });
    for (let n = 0; n < 7; n++)
      await cloud.client.deliver(writeEvent('noisy', `noise-${n}`), 'runtimeEvents');
    const run = await settle(cloud.client, 'noisy');

    const looks = run.trail.filter(
      ({ step, outcome }) => step === 'read the runtime and plan' && outcome.startsWith('state'),
    );
    expect(run.outcome).toBe('enabled');
    expect(looks).toHaveLength(2);
    expect((await armCalls(cloud.client, 'noisy')).writes).toBe(1);
    const others = (await runsOn(cloud.client, 'noisy')).slice(1);
    expect(others.length).toBeGreaterThanOrEqual(7);
    expect(new Set(others.map(({ outcome }) => outcome))).toEqual(new Set(['busy']));
  });

  it('takes CloudEvents 1.0', async () => {
    await enable(cloud, { name: 'cloudy' });
    const { id, subject, data, eventTime } = writeEvent('cloudy', 'cloud-event');

    const status = await cloud.client.deliver(
      {
        id,
        source: '/subscriptions/x',
        subject,
        type: 'Microsoft.Resources.ResourceWriteSuccess',
        time: eventTime,
        specversion: '1.0',
        data,
      },
      'runtimeEvents',
      'CloudEventSchemaV1_0',
    );
    await cloud.client.run({ maxSeconds: 3600 });

    expect(status).toBe(202);
    expect((await runsOn(cloud.client, 'cloudy')).at(-1)).toMatchObject({ outcome: 'alreadyEnabled' });
  });

  it('costs at most 25 reads of polling for an update of 20 minutes', async () => {
    await cloud.client.setLifecycle({ startSeconds: 1200 }, 'slow');
    const run = await enable(cloud, { name: 'slow' });

    const polls = run.trail.map(({ outcome }) => Number(/after (\d+) polls?/.exec(outcome)?.[1] ?? 0));
    expect(run.outcome).toBe('enabled');
    expect(Math.max(...polls)).toBeGreaterThan(10);
    expect(Math.max(...polls)).toBeLessThanOrEqual(25);
  });

  it('enables anew what was deleted and made again under the same name', async () => {
    const first = await enable(cloud, { name: 'phoenix' });
    await cloud.client.deleteRuntime('phoenix');
    await cloud.client.run({ maxSeconds: 3600 });
    await cloud.client.createRuntime({ name: 'phoenix' });
    await cloud.client.run({ maxSeconds: 12 * 3600 });

    const outcomes = (await runsOn(cloud.client, 'phoenix')).map(({ outcome }) => outcome);
    expect(first.outcome).toBe('enabled');
    expect(outcomes).toContain('gone');
    expect(outcomes.filter((outcome) => outcome === 'enabled')).toHaveLength(2);
  });

  it('proves access on Airflow 3 with its own API', async () => {
    const run = await enable(cloud, { name: 'three', airflowProperties: { airflowVersion: '3.3.2' } });

    expect(run).toMatchObject({ outcome: 'enabled', proof: { airflowVersion: '3.3.2' } });
  });

  it('finds drift that somebody made by hand and fixes it', async () => {
    await enable(cloud, { name: 'drift' });
    const body = (await bodyOf('drift')) as {
      properties: {
        typeProperties: { airflowProperties: { airflowEnvironmentVariables: Record<string, string> } };
      };
    };
    const { airflowProperties } = body.properties.typeProperties;
    const variables = { ...airflowProperties.airflowEnvironmentVariables };
    delete variables['AIRFLOW__SECRETS__BACKEND'];
    variables['AZURE_CLIENT_SECRET'] = 'typed-by-hand';
    await cloud.client.createRuntime({
      name: 'drift',
      airflowProperties: { ...airflowProperties, airflowEnvironmentVariables: variables },
    });
    await cloud.client.run({ maxSeconds: 12 * 3600 });

    const ended = (await runsOn(cloud.client, 'drift')).filter(({ outcome }) => outcome === 'enabled').at(-1);
    const run = await readRun(cloud.client, ended?.id ?? '');
    const changed = run.plan?.settings.filter(({ kind }) => kind !== 'keep').map(({ setting }) => setting);
    expect(changed).toEqual(['AIRFLOW__SECRETS__BACKEND', 'AZURE_CLIENT_SECRET']);
    expect(JSON.stringify(run)).not.toContain('typed-by-hand');
  });

  it('asks again where the canary gets a new version during the check', async () => {
    await cloud.client.createRuntime({ name: 'canary' });
    const canary = 'airflow-variables-airlock-canary';
    const finished = async () =>
      (await cloud.client.ledger({ service: 'airflow', operation: 'dagRun.finished' })).length;
    const before = await finished();
    // Right after the worker has answered; the app reads the answer seconds later.
    while ((await finished()) === before) await cloud.client.run({ maxSeconds: 2 });
    await cloud.client.setSecret('airlock-airflow', canary, { value: 'another-canary' });
    const run = await settle(cloud.client, 'canary');

    expect(run).toMatchObject({ outcome: 'enabled' });
    expect(run.trail.some(({ outcome }) => outcome.includes('new version during the check'))).toBe(true);
    expect(run.proof?.dagRunId).toMatch(/__2__[0-9a-f]{8}$/);
  });

  it('makes a plan for a dry run and changes nothing', async () => {
    await cloud.client.createRuntime({
      name: 'dry',
      airflowProperties: { airflowEnvironmentVariables: { TEAM: 'quiet-value' } },
    });
    await cloud.client.run({ maxSeconds: 1 });
    const writes = (await armCalls(cloud.client, 'dry')).writes;

    const run = await requestRun(cloud.client, { action: 'enable', dryRun: true, runtime: runtimeId('dry') });

    expect(run.outcome).toBe('planned');
    expect(run.plan?.settings.length).toBeGreaterThan(5);
    expect(JSON.stringify(run)).not.toContain('quiet-value');
    expect(writes).toBe(0);
  });

  it('does the same for every runtime of a profile', async () => {
    await enable(cloud, { name: 'fleet-a' });

    const run = await requestRun(cloud.client, { action: 'enable', profile: 'default' });

    const { result } = run as unknown as { result: { total: number; outcomes: Record<string, number> } };
    const { length } = await cloud.client.runtimes();
    expect(run.status).toBe('completed');
    expect(result.total).toBe(length);
    expect(Object.values(result.outcomes).reduce((sum, count) => sum + count, 0)).toBe(length);
  });

  it('stops when it is cancelled, says what it left and lets go of the runtime', async () => {
    await cloud.client.createRuntime({ name: 'stopped' });
    await cloud.client.run({ maxSeconds: 20 });
    const [running] = await runsOn(cloud.client, 'stopped');
    const asked = await cloud.client.functions(`/api/runs/${running?.id}/cancel`, { method: 'POST' });
    const run = await settle(cloud.client, 'stopped');

    expect(asked.status).toBe(202);
    expect(run).toMatchObject({ outcome: 'cancelled', status: 'cancelled', cancelRequested: true });
    expect((await armCalls(cloud.client, 'stopped')).writes).toBe(0);
    const next = await requestRun(cloud.client, { action: 'enable', runtime: runtimeId('stopped') });
    expect(next.outcome).toBe('enabled');
  });
});
