/** What a rotation decides where something is wrong before it, or not to be known. */
import { afterEach, describe, expect, it } from 'vitest';
import { CREDENTIAL_SECRET, OPERATOR_VAULT } from '../../../local/sample/names.js';
import { armCalls, type TestCloud } from './harness.js';
import {
  expectNoViolation,
  fleet,
  keys,
  markerOf,
  rotate,
  rotationConfig,
  writeUntagged,
} from './rotationHarness.js';

const DAY = 86_400;
const HOUR = 3600;

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

const behave = (name: string, behaviour: 'fails' | 'forged' | 'normal') =>
  cloud.client.setAirflow(name, { dags: { airlock_check: { behaviour } } });
const markers = (names: readonly string[]) => Promise.all(names.map((name) => markerOf(cloud, name)));

describe('the same failure over and over', () => {
  it('is told from the second time on', async () => {
    const topic =
      'version: 1\nevents: { topic: "https://airlock-events.westeurope-1.eventgrid.azure.net/api/events" }\n';
    cloud = await fleet(['etl-a'], rotationConfig().replace('version: 1\n', topic));
    await behave('etl-a', 'fails');
    const told = async () =>
      ((await cloud.client.published()) as { eventType: string; data: object }[])
        .filter(({ eventType }) => eventType === 'Airlock.RotationKeepsFailing.v1')
        .map(({ data }) => data);
    await rotate(cloud);
    expect(await told()).toEqual([]);
    await rotate(cloud);

    expect(await told()).toMatchObject([{ credential: 'airflow-sp', code: 'noPilot', times: 2 }]);
  });
});

describe('a directory that shows keys late', () => {
  it('is no reason to mint another one, nor to remove the one that it does not show', async () => {
    cloud = await fleet(['etl-a', 'etl-b']);
    const { client } = cloud;
    await client.setReadLag(12 * HOUR);
    const now = Date.parse((await client.clock()).now);
    const end = now + 300 * DAY * 1000;
    const added = await client.addPassword('airflow', { endDateTime: new Date(end).toISOString() });
    await client.setSecret(OPERATOR_VAULT, CREDENTIAL_SECRET, {
      value: added.value,
      tags: { keyId: added.keyId },
      exp: Math.floor(end / 1000),
    });
    await client.run({ maxSeconds: 2 * HOUR });
    await client.advance(2 * HOUR);
    const run = await rotate(cloud, {});

    expect(run.outcome).toBe('upToDate');
    const held = (await client.ledger({ operation: 'password.added' })).length;
    const removed = await client.ledger({ operation: 'password.removed' });
    expect(removed.map(({ subject }) => subject)).not.toContain(added.keyId);
    await client.advance(24 * HOUR);
    expect(await rotate(cloud, {})).toMatchObject({ outcome: 'upToDate' });
    expect((await client.ledger({ operation: 'password.added' })).length).toBe(held);
    await expectNoViolation(cloud);
  });
});

describe('a secret that does not say which key it holds, nor when that ends', () => {
  it('gets both noted, restarts nothing for it, and is rotated in time', async () => {
    cloud = await fleet(['etl-a', 'etl-b']);
    const { client } = cloud;
    const keyId = await writeUntagged(cloud, 60);
    await client.run({ maxSeconds: 3 * HOUR });
    const [marker] = await markers(['etl-a']);
    const { writes } = await armCalls(client, 'etl-a');
    expect(await rotate(cloud, {})).toMatchObject({ outcome: 'upToDate' });
    const token = await client.token('app', 'https://vault.azure.net');
    const host = `${OPERATOR_VAULT}.vault.azure.net`;
    const read = await client.azure(host, `/secrets/${CREDENTIAL_SECRET}?api-version=7.4`, {}, token);
    const shown = JSON.parse(read.text) as { attributes: { exp?: number }; tags?: object };
    const end = Date.parse(
      (await client.passwords('airflow')).find((key) => key.keyId === keyId)?.endDateTime ?? '',
    );

    expect(shown).toMatchObject({
      attributes: { exp: Math.floor(end / 1000) },
      tags: { airlockKeyId: keyId },
    });
    expect(await markers(['etl-a'])).toEqual([marker]);
    expect((await armCalls(client, 'etl-a')).writes).toBe(writes);

    // The vault tells of the end that it knows now.
    await client.advance(31 * DAY);
    await client.run({ maxSeconds: 48 * HOUR });
    const minted = (await keys(cloud)).at(-1);
    expect(minted).not.toBe(keyId);
    expect(await markers(['etl-a', 'etl-b'])).toEqual([minted, minted]);
    await expectNoViolation(cloud);
  });

  it('is minded as well where the app may not note it, and says what to do', async () => {
    cloud = await fleet(['etl-a']);
    const { client } = cloud;
    await client.addFault({
      match: { service: 'vault', operation: 'secrets.update', subject: CREDENTIAL_SECRET },
      action: { kind: 'status', status: 403, body: { error: { code: 'Forbidden', message: 'no' } } },
    });
    const keyId = await writeUntagged(cloud, 60);
    await client.run({ maxSeconds: 3 * HOUR });
    const run = await rotate(cloud, {});

    expect(run).toMatchObject({ outcome: 'upToDate', problem: { code: 'keyUnnoted' } });
    expect(run.problem?.remedy).toContain(`--tags airlockKeyId=${keyId}`);
    await client.advance(31 * DAY);
    expect((await rotate(cloud, { dryRun: true })).summary).toContain('A new credential would be minted');
    await expectNoViolation(cloud);
  });

  it('ends with the first of the keys that it could hold', async () => {
    cloud = await fleet(['etl-a']);
    const { client } = cloud;
    const now = Date.parse((await client.clock()).now);
    const add = (value: string, days: number) =>
      client.addPassword('airflow', { value, endDateTime: new Date(now + days * DAY * 1000).toISOString() });
    await add('abc-one-of-two-keys-that-begin-alike-0001', 300);
    const { value } = await add('abc-one-of-two-keys-that-begin-alike-0002', 300);
    await add('abc-one-that-ends-sooner-than-the-others-3', 40);
    await client.setSecret(OPERATOR_VAULT, CREDENTIAL_SECRET, { value });
    await client.run({ maxSeconds: 3 * HOUR });

    const run = await rotate(cloud, { dryRun: true });
    expect(run.outcome).toBe('upToDate');
    expect(run.summary).toContain(`it is due at ${new Date(now + 10 * DAY * 1000).toISOString()}`);
  });
});

describe('a second version within minutes', () => {
  it('is moved to as soon as the run ends that worked on the first', async () => {
    cloud = await fleet(['etl-a', 'etl-b'], rotationConfig(['strategy: external']));
    const { client } = cloud;
    const write = async () => {
      const end = Date.parse((await client.clock()).now) + 90 * DAY * 1000;
      const { value } = await client.addPassword('airflow', { endDateTime: new Date(end).toISOString() });
      const exp = Math.floor(end / 1000);
      return (await client.setSecret(OPERATOR_VAULT, CREDENTIAL_SECRET, { value, exp })).version;
    };
    await write();
    await client.run({ maxSeconds: 150 });
    const second = await write();
    await client.run({ maxSeconds: 2 * HOUR });

    expect(await markers(['etl-a', 'etl-b'])).toEqual([second, second]);
    await expectNoViolation(cloud);
  });
});
