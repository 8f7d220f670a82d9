/** What a rotation decides where something is wrong before it, or not to be known. */
import { afterEach, describe, expect, it } from 'vitest';
import { CREDENTIAL_SECRET, OPERATOR_VAULT } from '../../../local/sample/names.js';
import { armCalls, runtimeId, type TestCloud } from './harness.js';
import {
  expectNoViolation,
  fleet,
  followRotation,
  keys,
  markerOf,
  rotate,
  rotationConfig,
  startRotation,
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

describe('the retry of a straggler', () => {
  const NAMES = ['etl-a', 'etl-b', 'etl-c', 'etl-d', 'etl-e', 'etl-f'];
  const HEALTHY = NAMES.filter((name) => name !== 'etl-d');

  /** Everybody but `etl-d` has the new credential, by a commit. Gives its id. */
  async function committedBut(): Promise<string> {
    cloud = await fleet(NAMES);
    await behave('etl-d', 'forged');
    const run = await rotate(cloud);
    expect(run.outcome).toBe('rotatedPartly');
    return run.result?.to ?? '';
  }

  it('touches nobody else when it is cancelled', async () => {
    const to = await committedBut();
    const before = await Promise.all(HEALTHY.map((name) => armCalls(cloud.client, name)));
    const id = await startRotation(cloud, {});
    let cancelled = false;
    const run = await followRotation(cloud, id, {
      sliceSeconds: 20,
      each: async ({ step }) => {
        if (cancelled || !step?.name.startsWith('move ')) return;
        cancelled = true;
        await cloud.client.functions(`/api/runs/${id}/cancel`, { method: 'POST' });
      },
    });

    expect(cancelled).toBe(true);
    expect(run.outcome).toBe('cancelled');
    expect(await markers(HEALTHY)).toEqual(HEALTHY.map(() => to));
    const after = await Promise.all(HEALTHY.map((name) => armCalls(cloud.client, name)));
    expect(after.map(({ writes }) => writes)).toEqual(before.map(({ writes }) => writes));
    await expectNoViolation(cloud);
  });

  it('touches nobody at all while Entra is away', async () => {
    const to = await committedBut();
    const [old] = await keys(cloud);
    const fault = await cloud.client.addFault({
      match: { service: 'entra' },
      action: { kind: 'status', status: 503 },
    });
    const run = await rotate(cloud, {});
    await cloud.client.removeFault(fault);

    expect(run).toMatchObject({ outcome: 'interrupted', problem: { code: 'newCredentialUnproven' } });
    expect(await markers(NAMES)).toEqual(NAMES.map((name) => (name === 'etl-d' ? old : to)));
    await expectNoViolation(cloud);
  });

  it('restarts it once, and leaves it with what everybody else has', async () => {
    const to = await committedBut();
    const before = await armCalls(cloud.client, 'etl-d');
    const run = await rotate(cloud, {});

    expect(run).toMatchObject({ outcome: 'rotatedPartly', result: { to } });
    expect(await markerOf(cloud, 'etl-d')).toBe(to);
    expect((await armCalls(cloud.client, 'etl-d')).writes).toBe(before.writes + 1);
    await expectNoViolation(cloud);
  });
});

describe('a pilot that is broken already', () => {
  it('is not restarted, and another one goes first', async () => {
    const names = ['etl-a', 'etl-b', 'etl-c', 'etl-d', 'etl-e', 'etl-f'];
    cloud = await fleet(names);
    const [old] = await keys(cloud);
    await behave('etl-a', 'fails');
    const { writes } = await armCalls(cloud.client, 'etl-a');
    const id = await startRotation(cloud);
    const run = await followRotation(cloud, id);

    expect(run).toMatchObject({
      outcome: 'rotatedPartly',
      result: { counts: { carriers: 6, moved: 5, failed: 1 }, stragglers: [{ runtime: runtimeId('etl-a') }] },
    });
    expect(run.trail.map(({ step }) => step)).toContain('move the pilot etl-b');
    expect(await markerOf(cloud, 'etl-a')).toBe(old);
    expect((await armCalls(cloud.client, 'etl-a')).writes).toBe(writes);
    await expectNoViolation(cloud);
  });

  it('is passed over by the next rotation', async () => {
    const names = ['etl-a', 'etl-b', 'etl-c', 'etl-d'];
    cloud = await fleet(names);
    for (const name of ['etl-a', 'etl-b', 'etl-c']) await behave(name, 'fails');
    const first = await rotate(cloud);
    expect(first).toMatchObject({ outcome: 'rolledBack', problem: { code: 'noPilot' } });
    expect(await keys(cloud)).toHaveLength(1);
    const second = await rotate(cloud);

    expect(second.trail.map(({ step }) => step)).toContain('move the pilot etl-d');
    await expectNoViolation(cloud);
  });

  it('does not keep a fleet from living on: near the expiry all are moved without one', async () => {
    const names = ['etl-a', 'etl-b', 'etl-c', 'etl-d'];
    cloud = await fleet(names);
    const { client } = cloud;
    const end = Date.parse((await client.passwords('airflow'))[0]?.endDateTime ?? '');
    for (const name of names) await behave(name, 'fails');
    const left = async () => (end - Date.parse((await client.clock()).now)) / 1000;
    await client.advance((await left()) - 6 * HOUR);
    for (let turn = 0; turn < 80 && (await left()) > 0; turn++) {
      await client.advance(300);
      await startRotation(cloud, {});
      await client.run({ maxSeconds: 600 });
    }

    const has = await markers(names);
    const living = (await client.passwords('airflow')).filter(
      ({ endDateTime }) => Date.parse(endDateTime) > end,
    );
    expect(living.map(({ keyId }) => keyId)).toEqual(expect.arrayContaining(has));
    await expectNoViolation(cloud, has as string[]);
  });
});

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
