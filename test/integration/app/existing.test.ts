/** The app comes to a factory that has runtimes already: nothing is written to them until somebody says so. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ShownRun } from '../../../local/demo/follow.js';
import {
  AIRFLOW_VAULT,
  CREDENTIAL_SECRET,
  OPERATOR_VAULT,
  PRINCIPALS,
  TENANT,
} from '../../../local/sample/names.js';
import type { ProfileRunResult } from '../../../src/domain/runs/runs.js';
import type { SweepResult } from '../../../src/domain/sweep/sweep.js';
import { emptyHub } from '../../emptyHub.js';
import {
  armCalls,
  enable,
  request,
  requestRun,
  runtimeId,
  settle,
  startCloud,
  type TestCloud,
  writeEvent,
} from './harness.js';
import { expectNoViolation, keys, markerOf, NO_SWEEP, rotate, rotationConfig } from './rotationHarness.js';

const TEN = Array.from({ length: 10 }, (_, index) => `old-${index}`);
const HOUR = 3600;

let cloud: TestCloud;
let state: string | undefined;
afterEach(async () => {
  await cloud.handle.stop();
  if (state !== undefined) rmSync(state, { recursive: true, force: true });
  state = undefined;
});

const withLines = (...lines: readonly string[]): string =>
  `${rotationConfig()}${lines.map((line) => `    ${line}\n`).join('')}`;

/** A factory with these runtimes, which have been running for an hour. The app has heard of none. */
async function oldFactory(
  names: readonly string[],
  configText = rotationConfig(),
  kept: { readonly state?: string } = {},
): Promise<void> {
  cloud = await startCloud({ configText, settings: NO_SWEEP, ...kept });
  await cloud.client.unsubscribe('airlock-runtimes');
  for (const name of names) {
    await cloud.client.createRuntime({
      name,
      airflowProperties: { airflowEnvironmentVariables: { TEAM: name } },
    });
  }
  await cloud.client.run({ maxSeconds: HOUR });
}

/** Somebody writes a runtime, and the app hears of it. */
async function written(name: string, airflowProperties?: object): Promise<ShownRun> {
  await cloud.client.createRuntime({ name, ...(airflowProperties ? { airflowProperties } : {}) });
  expect(await cloud.client.deliver(writeEvent(name, `event-${name}`), 'runtimeEvents')).toBe(202);
  return settle(cloud.client, name);
}

async function sweep(more: object = {}): Promise<SweepResult> {
  const run = await requestRun(cloud.client, { action: 'sweep', ...more });
  return (run as unknown as { readonly result: SweepResult }).result;
}

/** Everything that the app has written to runtimes, in order. */
async function writes(): Promise<string[]> {
  const entries = await cloud.client.ledger({
    service: 'arm',
    operation: 'integrationRuntimes.createOrUpdate',
  });
  return entries
    .filter(({ caller, status }) => caller === PRINCIPALS.app && status !== undefined)
    .map(({ subject }) => subject?.split('/').at(-1) ?? '');
}

async function enableAll(): Promise<ShownRun & { readonly result: ProfileRunResult }> {
  const run = await requestRun(cloud.client, { action: 'enable', profile: 'default' });
  return run as unknown as ShownRun & { readonly result: ProfileRunResult };
}

describe('ten runtimes that were there before the app', () => {
  it('are only reported by sweeps, then enabled by a person: one, and once it is proven the others', async () => {
    await oldFactory(TEN);
    for (let turn = 1; turn <= 3; turn++) {
      const { profiles } = await sweep();
      expect(profiles[0]).toMatchObject({
        findings: { existing: 10 },
        enablements: 0,
        checks: 0,
        waiting: 0,
      });
      expect(profiles[0]?.runtimes[0]).toMatchObject({
        runtime: runtimeId('old-0'),
        finding: 'existing',
        follows: 'person',
        why: expect.stringContaining('AIRFLOW__SECRETS__BACKEND'),
      });
      await cloud.client.run({ maxSeconds: 6 * HOUR });
    }
    expect(await writes()).toEqual([]);

    // The events of what others do to them change nothing of that.
    const touched = await written('old-3', { airflowEnvironmentVariables: { TEAM: 'old-3', MORE: '1' } });
    expect(touched).toMatchObject({ outcome: 'reported', problem: { code: 'existingRuntime' } });
    expect(await writes()).toEqual([]);

    // One that comes new, without any settings, is enabled by its event alone.
    const fresh = await written('new');
    expect(fresh).toMatchObject({ outcome: 'enabled', startedBy: { kind: 'event' } });
    expect(await writes()).toEqual(['new']);

    const { outcome, result } = await enableAll();
    expect(outcome).toBe('enabled');
    expect(result.outcomes).toEqual({ enabled: 10, alreadyEnabled: 1 });
    const order = await writes();
    expect(order).toHaveLength(11);
    expect(new Set(order)).toEqual(new Set(['new', ...TEN]));
    const of = await cloud.client.ledger({});
    const second = of.filter(
      ({ operation, caller }) =>
        operation === 'integrationRuntimes.createOrUpdate' && caller === PRINCIPALS.app,
    )[2];
    const proven = of.find(
      ({ operation, subject }) => operation === 'dagRuns.trigger' && subject?.includes(order[1] ?? ''),
    );
    expect(proven?.n).toBeLessThan(second?.n ?? 0);
    expect((await sweep()).profiles[0]).toMatchObject({ findings: { fine: 11 } });
    await expectNoViolation(cloud);
  }, 300_000);

  it('are left alone where the first one does not come through, and another goes first where nothing was written', async () => {
    await oldFactory(['a-theirs', 'b-breaks', 'etl-c', 'etl-d']);
    await cloud.client.createRuntime({
      name: 'a-theirs',
      airflowProperties: { airflowEnvironmentVariables: { AIRFLOW__SECRETS__BACKEND: 'their.own.Backend' } },
    });
    await cloud.client.setAirflow('b-breaks', { dags: { airlock_check: { behaviour: 'fails' } } });
    await cloud.client.run({ maxSeconds: HOUR });
    await sweep();

    const { outcome, problem, result } = await enableAll();
    expect(outcome).toBe('incomplete');
    expect(problem).toMatchObject({ code: 'firstUnproven', message: expect.stringContaining('b-breaks') });
    expect(result.outcomes).toEqual({ conflict: 1, checkFailed: 1 });
    expect(await writes()).toEqual(['b-breaks']);
    await expectNoViolation(cloud);
  });

  it('are enabled by a person one by one, also while another run works there', async () => {
    await oldFactory(['etl-a', 'etl-b']);
    await sweep();
    const one = await requestRun(cloud.client, { action: 'enable', runtime: runtimeId('etl-a') });
    expect(one.outcome).toBe('enabled');

    await cloud.client.setAirflow('etl-b', { dags: { airlock_check: { behaviour: 'hangs' } } });
    await request(cloud.client, { action: 'check', runtime: runtimeId('etl-b') });
    await cloud.client.run({ maxSeconds: 60 });
    const { id } = (await (
      await request(cloud.client, { action: 'enable', runtime: runtimeId('etl-b') })
    ).json()) as { id: string };
    await cloud.client.run({ maxSeconds: 60 });
    expect(await (await cloud.client.functions(`/api/runs/${id}`)).json()).toMatchObject({ outcome: 'busy' });
    await cloud.client.setAirflow('etl-b', { dags: { airlock_check: { behaviour: 'normal' } } });
    await cloud.client.run({ maxSeconds: 2 * HOUR });
    expect(await writes()).toEqual(['etl-a', 'etl-b']);
    await expectNoViolation(cloud);
  });
});

describe('a profile that says existing: enable', () => {
  it('has one of them enabled, and the others once access is proven there', async () => {
    await oldFactory(['etl-a', 'etl-b', 'etl-c'], withLines('existing: enable'));
    const first = await sweep();
    expect(first.profiles[0]).toMatchObject({
      findings: { existing: 3 },
      enablements: 1,
      runtimes: [
        { runtime: runtimeId('etl-b'), follows: 'nextSweep' },
        { runtime: runtimeId('etl-c'), follows: 'nextSweep' },
        { runtime: runtimeId('etl-a'), follows: 'enable' },
      ],
    });
    await cloud.client.run({ maxSeconds: 2 * HOUR });
    expect(await writes()).toEqual(['etl-a']);
    expect((await sweep()).profiles[0]).toMatchObject({ findings: { fine: 1, existing: 2 }, enablements: 2 });
    await cloud.client.run({ maxSeconds: 2 * HOUR });
    expect((await writes()).sort()).toEqual(['etl-a', 'etl-b', 'etl-c']);
    await expectNoViolation(cloud);
  });

  it('has no other enabled beside one that was written and is not proven', async () => {
    await oldFactory(['etl-a', 'etl-b'], withLines('existing: enable'));
    await cloud.client.setAirflow('etl-a', { dags: { airlock_check: { behaviour: 'fails' } } });
    await sweep();
    await cloud.client.run({ maxSeconds: 2 * HOUR });
    await sweep();
    await cloud.client.run({ maxSeconds: 2 * HOUR });
    expect(await writes()).toEqual(['etl-a']);
    expect(await markerOf(cloud, 'etl-b')).toBeUndefined();
  });
});

/** What the documented procedure sets, by hand: the principal that the profile names, and no marker. */
async function setUpByHand(...names: readonly string[]): Promise<void> {
  await cloud.client.unsubscribe('airlock-credentials');
  const end = Date.parse((await cloud.client.clock()).now) + 180 * 24 * HOUR * 1000;
  const { value, keyId } = await cloud.client.addPassword('airflow', {
    endDateTime: new Date(end).toISOString(),
  });
  await cloud.client.setSecret(OPERATOR_VAULT, CREDENTIAL_SECRET, {
    value,
    tags: { keyId },
    exp: Math.floor(end / 1000),
  });
  for (const name of names) await cloud.client.createRuntime(byHand(name, value));
  await cloud.client.run({ maxSeconds: HOUR });
}

function byHand(name: string, secret: string): Parameters<TestCloud['client']['createRuntime']>[0] {
  return {
    name,
    airflowProperties: {
      airflowRequirements: ['apache-airflow-providers-microsoft-azure==6.2.0'],
      airflowEnvironmentVariables: {
        AIRFLOW__SECRETS__BACKEND: 'airflow.providers.microsoft.azure.secrets.key_vault.AzureKeyVaultBackend',
        AIRFLOW__SECRETS__BACKEND_KWARGS: JSON.stringify({
          vault_url: `https://${AIRFLOW_VAULT}.vault.azure.net/`,
        }),
        AZURE_CLIENT_ID: PRINCIPALS.airflow,
        AZURE_TENANT_ID: TENANT,
        AZURE_CLIENT_SECRET: secret,
      },
    },
  };
}

describe('runtimes that somebody has set up by hand, with the principal of the profile', () => {
  it.each(['graph', 'external'])('are only reported, and no rotation moves them (%s)', async (strategy) => {
    await oldFactory([], rotationConfig([`strategy: ${strategy}`]));
    await setUpByHand('etl-a', 'etl-b');
    for (let times = 0; times < 3; times++) {
      expect((await sweep()).profiles[0]).toMatchObject({ findings: { existing: 2 }, enablements: 0 });
      await cloud.client.run({ maxSeconds: 6 * HOUR });
    }
    expect(await writes()).toEqual([]);
  });

  it('keep their key from being removed until they are enabled', async () => {
    await oldFactory(['etl-a']);
    await setUpByHand('etl-b');
    await sweep();
    await requestRun(cloud.client, { action: 'enable', runtime: runtimeId('etl-a') });
    const [strangers = '', byHand = ''] = await keys(cloud);

    const rotation = await rotate(cloud, { force: true });
    expect(rotation.outcome).toBe('rotatedPartly');
    expect(new Set(await writes())).toEqual(new Set(['etl-a']));
    expect(await keys(cloud)).toEqual(expect.arrayContaining([strangers, byHand]));
    expect(JSON.stringify(rotation)).toContain(runtimeId('etl-b').toLowerCase());

    await requestRun(cloud.client, { action: 'enable', runtime: runtimeId('etl-b') });
    await cloud.client.advance(2 * HOUR);
    await sweep();
    await cloud.client.run({ maxSeconds: 6 * HOUR });
    expect(await keys(cloud)).toEqual([strangers, await markerOf(cloud, 'etl-b')]);
    await expectNoViolation(cloud);
  });
});

describe('a profile that only observes', () => {
  it('writes nothing, runs no DAG and rotates nothing, and says what would be done', async () => {
    await oldFactory(
      ['etl-a'],
      withLines('mode: observe').replace('rotation:\n', 'rotation:\n      rotateBeforeDays: 60\n'),
    );
    expect((await written('etl-b')).outcome).toBe('reported');
    await cloud.client.advance(150 * 86_400);
    const dry = await sweep({ dryRun: true });
    expect(dry.credentials).toMatchObject([{ outcome: 'planned' }]);
    const { profiles, credentials } = await sweep();
    expect(profiles[0]).toMatchObject({
      observed: true,
      findings: { existing: 2 },
      enablements: 0,
      checks: 0,
    });
    expect(credentials).toMatchObject([{ outcome: 'planned' }]);
    expect(credentials[0]?.runId).toBeUndefined();
    for (const body of [
      { action: 'enable', runtime: runtimeId('etl-a') },
      { action: 'check', profile: 'default' },
      { action: 'rotate', credential: 'airflow-sp', force: true },
    ]) {
      expect((await request(cloud.client, body)).status, JSON.stringify(body)).toBe(422);
    }
    const planned = await requestRun(cloud.client, {
      action: 'enable',
      runtime: runtimeId('etl-a'),
      dryRun: true,
    });
    expect(planned).toMatchObject({ outcome: 'planned', plan: { changes: true } });
    const own = await cloud.client.ledger({ caller: PRINCIPALS.app });
    expect(
      own.filter(({ operation }) => /create|set|add|remove|trigger|update/i.test(operation ?? '')),
    ).toEqual([]);
  });
});

describe('an app that is deployed anew over runtimes that it has enabled', () => {
  it('goes on with them, rotates them, and reports what nobody has enabled', async () => {
    state = mkdtempSync(join(tmpdir(), 'airlock-hub-'));
    const start = (configText: string) => startCloud({ state: state ?? '', configText, settings: NO_SWEEP });
    cloud = await start(rotationConfig());
    for (const name of ['etl-a', 'etl-b']) await enable(cloud, { name });
    await cloud.client.unsubscribe('airlock-runtimes');
    await cloud.client.createRuntime({ name: 'theirs' });
    // Somebody takes the back end out of one of them: its marker says whose it is.
    await cloud.client.createRuntime({
      name: 'etl-b',
      airflowProperties: {
        airflowEnvironmentVariables: {
          AIRLOCK_CREDENTIAL_ID: await markerOf(cloud, 'etl-a'),
          AZURE_CLIENT_ID: PRINCIPALS.airflow,
        },
      },
    });
    await cloud.client.run({ maxSeconds: HOUR });
    await cloud.handle.stop();
    emptyHub(state);
    // It has another name for the profile, too.
    cloud = await start(rotationConfig().replace('name: default', 'name: renamed'));

    const { profiles } = await sweep();
    expect(profiles[0]).toMatchObject({
      findings: { unproven: 1, drifted: 1, existing: 1 },
      enablements: 2,
    });
    await cloud.client.run({ maxSeconds: 2 * HOUR });
    const before = await markerOf(cloud, 'etl-a');
    expect((await rotate(cloud)).outcome).toMatch(/^rotated/);
    for (const name of ['etl-a', 'etl-b']) expect(await markerOf(cloud, name)).not.toBe(before);
    expect(await markerOf(cloud, 'theirs')).toBeUndefined();
    expect((await armCalls(cloud.client, 'theirs')).writes).toBe(0);
  });
});

describe('what the first complete list has shown', () => {
  it('is known after the app has started anew, before it lists again', async () => {
    state = mkdtempSync(join(tmpdir(), 'airlock-hub-'));
    await oldFactory(['old-1', 'old-2'], rotationConfig(), { state });
    expect((await sweep()).profiles[0]).toMatchObject({ findings: { existing: 2 } });
    await cloud.client.createRuntime({ name: 'late' });
    await cloud.client.run({ maxSeconds: HOUR });
    await cloud.handle.stop();
    cloud = await startCloud({ state, configText: rotationConfig(), settings: NO_SWEEP });
    const since = (await cloud.client.ledger()).at(-1)?.n ?? 0;

    // Neither is being made at this moment: only the list from before tells them apart.
    const again = { airflowEnvironmentVariables: { TEAM: 'theirs' } };
    expect(await written('old-1', again)).toMatchObject({
      outcome: 'reported',
      problem: { code: 'existingRuntime' },
    });
    expect(await written('late', again)).toMatchObject({ outcome: 'enabled' });
    expect(await writes()).toEqual(['late']);
    const lists = await cloud.client.ledger({ service: 'arm', operation: 'integrationRuntimes.list', since });
    expect(lists).toEqual([]);
  });
});

describe('a list that fails', () => {
  it('makes nothing new: what it would have shown is only reported when the next one shows it', async () => {
    await oldFactory(['etl-a', 'etl-b']);
    const fault = await cloud.client.addFault({
      match: { service: 'arm', operation: 'integrationRuntimes.list' },
      action: { kind: 'status', status: 403 },
    });
    expect((await sweep()).profiles[0]?.problem).toBeDefined();
    await cloud.client.removeFault(fault);
    await cloud.client.createRuntime({
      name: 'etl-a',
      airflowProperties: { airflowEnvironmentVariables: { N: '1' } },
    });
    await cloud.client.run({ maxSeconds: HOUR });
    expect((await sweep()).profiles[0]).toMatchObject({ findings: { existing: 2 }, enablements: 0 });
    expect(await writes()).toEqual([]);
  });
});

describe('a profile whose patterns grow', () => {
  it('reports what the new pattern shows first', async () => {
    state = mkdtempSync(join(tmpdir(), 'airlock-hub-'));
    const start = (name: string) =>
      startCloud({
        state: state ?? '',
        configText: rotationConfig().replace('name: "*"', `name: "${name}"`),
        settings: NO_SWEEP,
      });
    cloud = await start('new-*');
    await cloud.client.unsubscribe('airlock-runtimes');
    await cloud.client.createRuntime({ name: 'old-1' });
    await cloud.client.run({ maxSeconds: HOUR });
    expect((await sweep()).profiles[0]).toMatchObject({ findings: {} });
    await cloud.handle.stop();
    cloud = await start('*');
    expect((await sweep()).profiles[0]).toMatchObject({ findings: { existing: 1 }, enablements: 0 });
    // What comes after that and no event tells of is enabled by the sweep.
    await cloud.client.createRuntime({ name: 'late' });
    await cloud.client.run({ maxSeconds: HOUR });
    expect((await sweep()).profiles[0]).toMatchObject({
      findings: { existing: 1, drifted: 1 },
      enablements: 1,
    });
  });
});
