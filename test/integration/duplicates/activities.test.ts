import { afterEach, describe, expect, it } from 'vitest';
import { readRun } from '../../../local/demo/follow.js';
import { CREDENTIAL_SECRET, OPERATOR_VAULT, PRINCIPALS } from '../../../local/sample/names.js';
import { enable, requestRun, runsOn, type TestCloud } from '../app/harness.js';
import {
  expectNoViolation,
  followRotation,
  keys,
  markerOf,
  rotate,
  rotationConfig,
  startRotation,
} from '../app/rotationHarness.js';
import { activity, doubled, expectRotated, late } from './doubled.js';

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

const TAKES = ['first', 'second'] as const;
const app = { service: 'arm', caller: PRINCIPALS.app };

async function writesOf(name: string): Promise<number> {
  const updates = await cloud.client.ledger({ service: 'arm', operation: 'runtime.updated' });
  return updates.filter(
    ({ subject, detail }) => subject?.endsWith(`/${name}`) && detail?.['by'] === PRINCIPALS.app,
  ).length;
}

describe('two commits at the same time', () => {
  it.each(TAKES)('end as one (%s result taken)', async (take) => {
    cloud = await doubled([activity('commitCredential', { take })], ['one']);
    await expectRotated(cloud, await rotate(cloud), ['one']);
  });

  it('leave a later move what it comes from: the version before is one of another key', async () => {
    const names = ['etl-a', 'etl-b', 'etl-d'];
    const configText = rotationConfig(['failureLimitPercent: 50']);
    // Where both are equally fast each writes a version, and a later run finds a follow-up under way.
    cloud = await doubled([activity('commitCredential', {})], names, { configText, own: true });
    const [old] = await keys(cloud);
    await cloud.client.setAirflow('etl-d', { dags: { airlock_check: { behaviour: 'forged' } } });
    const run = await rotate(cloud);
    expect.soft(run.outcome).toBe('rotatedPartly');
    await cloud.client.advance(2 * 3600);
    expect
      .soft((await rotate(cloud, { dryRun: true })).result)
      .toMatchObject({ from: old, to: run.result?.to });

    await cloud.client.setAirflow('etl-d', { dags: { airlock_check: { behaviour: 'normal' } } });
    await rotate(cloud, {});
    expect.soft(await markerOf(cloud, 'etl-d')).toBe(run.result?.to);
    await expectNoViolation(cloud);
  });
});

describe('two removals at the same time', () => {
  it.each(TAKES)('leave no debt (%s result taken)', async (take) => {
    cloud = await doubled([activity('removeKey', { take })], ['one']);
    await expectRotated(cloud, await rotate(cloud), ['one']);
  });

  it.each(TAKES)(
    'owe nothing where the directory shows the removed key for a while (%s result taken)',
    async (take) => {
      cloud = await doubled([activity('removeKey', { take })], ['one']);
      const run = await followRotation(cloud, await startRotation(cloud), {
        each: async ({ overlapUntil }) => {
          if (overlapUntil) await cloud.client.setReadLag(120);
        },
      });
      await cloud.client.advance(300);
      await expectRotated(cloud, run, ['one']);
    },
  );
});

describe('two writes of the settings at the same time', () => {
  it.each(TAKES)('are one write (%s result taken)', async (take) => {
    cloud = await doubled([activity('applySettings', { take })]);
    const run = await enable(cloud, { name: 'one' });
    expect.soft(run).toMatchObject({ outcome: 'enabled', changed: true });
    expect.soft(await writesOf('one')).toBe(1);
    await expectNoViolation(cloud);
  });

  it.each(TAKES)('move every runtime of a rotation (%s result taken)', async (take) => {
    cloud = await doubled([activity('applySettings', { take })], ['one', 'two']);
    await expectRotated(cloud, await rotate(cloud), ['one', 'two']);
  });
});

it.each([
  // The write is under way, and the newer version's own event finds a runtime that has nothing yet: the next sweep finds it.
  { call: 'createOrUpdate', skip: 0 },
  // The write has not begun: the run takes the newer version in its stead.
  { call: 'get', skip: 2 },
])(
  'does not write an older version back when an earlier write comes again (slow $call)',
  async ({ call, skip }) => {
    cloud = await doubled([activity('applySettings', late(60), { times: 1 })], [], {
      configText: rotationConfig(['strategy: external']),
      runtimeStartSeconds: 30,
    });
    await cloud.client.setLifecycle({ whileChanging: 'accept' });
    await cloud.client.addFault({
      match: { ...app, operation: `integrationRuntimes.${call}` },
      times: 1,
      skip,
      action: { kind: 'delay', seconds: 20 },
    });
    await cloud.client.createRuntime({ name: 'one' });
    // While the run writes, somebody writes a newer version of the credential.
    let version: string | undefined;
    for (let slice = 0; slice < 60 && version === undefined; slice++) {
      await cloud.client.run({ maxSeconds: 5 });
      const [run] = await runsOn(cloud.client, 'one');
      if (!run) continue;
      if ((await readRun(cloud.client, run.id)).step?.name === 'write the settings')
        version = await newVersion();
    }
    await cloud.client.run({ maxSeconds: 3600 });
    await requestRun(cloud.client, { action: 'sweep' });
    const [run] = await runsOn(cloud.client, 'one');
    expect.soft(version).toBeDefined();
    expect.soft(run?.outcome).toBe('enabled');
    expect.soft(await markerOf(cloud, 'one')).toBe(version);
    // The first, where it was under way, and the newer one.
    expect.soft(await writesOf('one')).toBe(call === 'get' ? 1 : 2);
  },
);

async function newVersion(): Promise<string> {
  const { client } = cloud;
  const { value } = await client.addPassword('airflow', {});
  const exp = Math.floor(Date.parse((await client.clock()).now) / 1000) + 90 * 86_400;
  return (await client.setSecret(OPERATOR_VAULT, CREDENTIAL_SECRET, { value, exp })).version;
}

describe('two of a check’s steps at the same time', () => {
  it.each(
    ['triggerCheck', 'prepareCheck', 'readCheck', 'ensureCanary'].flatMap((name) =>
      TAKES.map((take) => [name, take] as const),
    ),
  )('prove access all the same: %s (%s result taken)', async (name, take) => {
    cloud = await doubled([activity(name, { take })]);
    expect((await enable(cloud, { name: 'one' })).outcome).toBe('enabled');
  });
});

it.each(TAKES)('starts one run where a sweep starts it twice (%s result taken)', async (take) => {
  // Due before the vault tells of the expiry: a sweep finds it.
  const configText = rotationConfig(['rotateBeforeDays: 175']);
  cloud = await doubled([activity('launchRuns', { take })], ['one'], { settings: {}, configText });
  const before = await keys(cloud);
  await cloud.client.advance(6 * 86_400);
  await cloud.client.run({ maxSeconds: 60 * 3600 });
  expect(await keys(cloud)).toHaveLength(1);
  expect(await keys(cloud)).not.toEqual(before);
  await expectNoViolation(cloud);
});
