/** What becomes of runtimes that fail, and of pilots that are broken already. */
import { afterEach, describe, expect, it } from 'vitest';
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
} from './rotationHarness.js';

const HOUR = 3600;
/** Of the two that are moved after a pilot. */
const ONE_MAY_FAIL = rotationConfig(['failureLimitPercent: 50']);

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

const behave = (name: string, behaviour: 'fails' | 'forged' | 'normal') =>
  cloud.client.setAirflow(name, { dags: { airlock_check: { behaviour } } });
const markers = (names: readonly string[]) => Promise.all(names.map((name) => markerOf(cloud, name)));

describe('the retry of a straggler', () => {
  const NAMES = ['etl-a', 'etl-b', 'etl-d'];
  const HEALTHY = NAMES.filter((name) => name !== 'etl-d');

  /** Everybody but `etl-d` has the new credential, by a commit. Gives its id. */
  async function committedBut(): Promise<string> {
    cloud = await fleet(NAMES, ONE_MAY_FAIL);
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
    const names = ['etl-a', 'etl-b', 'etl-c'];
    cloud = await fleet(names, ONE_MAY_FAIL);
    const [old] = await keys(cloud);
    await behave('etl-a', 'fails');
    const { writes } = await armCalls(cloud.client, 'etl-a');
    const id = await startRotation(cloud);
    const run = await followRotation(cloud, id);

    expect(run).toMatchObject({
      outcome: 'rotatedPartly',
      result: { counts: { carriers: 3, moved: 2, failed: 1 }, stragglers: [{ runtime: runtimeId('etl-a') }] },
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
    const names = ['etl-a', 'etl-b', 'etl-c'];
    cloud = await fleet(names);
    const { client } = cloud;
    const end = Date.parse((await client.passwords('airflow'))[0]?.endDateTime ?? '');
    for (const name of names) await behave(name, 'fails');
    const left = async () => (end - Date.parse((await client.clock()).now)) / 1000;
    // Nobody is told that it nears its end, so that no rotation begins before these.
    await client.unsubscribe('airlock-credentials');
    await client.advance((await left()) - 1.25 * HOUR);
    const early = await rotate(cloud, {});
    expect(early).toMatchObject({ outcome: 'rolledBack', problem: { code: 'noPilot' } });
    const before = await markers(names);
    for (let turn = 0; turn < 6 && (await left()) > 0; turn++) {
      await startRotation(cloud, {});
      await client.run({ maxSeconds: 900 });
      if ((await markers(names)).every((marker, index) => marker !== before[index])) break;
    }

    const has = await markers(names);
    const living = (await client.passwords('airflow')).filter(
      ({ endDateTime }) => Date.parse(endDateTime) > end,
    );
    expect(living.map(({ keyId }) => keyId)).toEqual(expect.arrayContaining(has));
    await expectNoViolation(cloud, has as string[]);
  });
});
