import { afterEach, describe, expect, it } from 'vitest';
import { CREDENTIAL_SECRET, OPERATOR_VAULT } from '../../../local/sample/names.js';
import { THEIR_OWN } from '../../faults/portal.js';
import { enable, requestRun, runtimeId, settle, type TestCloud } from './harness.js';
import {
  expectNoViolation,
  fleet,
  followRotation,
  markerOf,
  rotate,
  rotationConfig,
  startRotation,
} from './rotationHarness.js';

/** Saturdays from 22:00 to midnight, UTC. */
const WINDOWS =
  '    maintenance: { windows: [{ days: [sat], start: "22:00", end: "00:00", timeZone: UTC }] }\n';
const isOpen = (iso: string | undefined) => {
  const at = new Date(iso ?? '');
  return at.getUTCDay() === 6 && at.getUTCHours() >= 22;
};
/** Seconds until they open next. */
async function untilOpen(): Promise<number> {
  const now = new Date((await cloud.client.clock()).now);
  const opening = new Date(now);
  opening.setUTCDate(now.getUTCDate() + ((6 - now.getUTCDay() + 7) % 7));
  opening.setUTCHours(22, 0, 0, 0);
  const left = (opening.getTime() - now.getTime()) / 1000;
  return left > 0 ? left : left + 7 * 86_400;
}
const wide = ['rotateBeforeDays: 60'];

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

/** When the settings of a runtime were written, by anybody. */
async function writes(name: string): Promise<string[]> {
  const entries = await cloud.client.ledger({ service: 'arm', operation: 'runtime.updated' });
  return entries.filter(({ subject }) => subject?.endsWith(`/${name}`)).map(({ at }) => at);
}

describe('maintenance windows', () => {
  it('let a new runtime be enabled at once, and a running one wait', async () => {
    cloud = await fleet([], rotationConfig(wide) + WINDOWS);
    expect((await enable(cloud, { name: 'new' })).outcome).toBe('enabled');
    expect(await writes('new')).toHaveLength(1);

    await cloud.client.createRuntime({ name: 'new', airflowProperties: THEIR_OWN });
    const again = await requestRun(cloud.client, { action: 'enable', runtime: runtimeId('new') });
    expect(['running', 'completed']).toContain(again.status);
    await cloud.client.run({ maxSeconds: 8 * 86_400 });
    const [, byHand, fixed] = await writes('new');
    expect(byHand).toBeDefined();
    expect(isOpen(fixed)).toBe(true);
  });

  it('hold a rotation until they open, for the pilot and for the rest', async () => {
    cloud = await fleet(['one', 'two'], rotationConfig(wide) + WINDOWS);
    const run = await followRotation(cloud, await startRotation(cloud), { hours: 30 * 24 });

    expect(run.outcome).toBe('rotated');
    for (const name of ['one', 'two']) expect(isOpen((await writes(name)).at(-1))).toBe(true);
    await expectNoViolation(cloud);
  });

  it('do not hold a way back', async () => {
    cloud = await fleet(['one', 'two'], rotationConfig(wide) + WINDOWS);
    const had = await markerOf(cloud, 'one');
    const id = await startRotation(cloud);
    await cloud.client.run({ maxSeconds: await untilOpen() });
    const run = await followRotation(cloud, id, {
      sliceSeconds: 20,
      each: async () => {
        if ((await markerOf(cloud, 'one')) === had) return;
        await cloud.client.setAirflow('one', { dags: { airlock_check: { behaviour: 'forged' } } });
      },
    });

    expect(run.outcome).toBe('rolledBack');
    const [, moved, back] = await writes('one');
    expect((Date.parse(back ?? '') - Date.parse(moved ?? '')) / 3_600_000).toBeLessThan(2);
  });

  it('are not waited for where the credential would die first', async () => {
    cloud = await fleet(['one'], rotationConfig(wide) + WINDOWS);
    await cloud.client.advance(178.5 * 86_400);
    const run = await rotate(cloud);
    expect(['rotated', 'busy']).toContain(run.outcome);
    await expectNoViolation(cloud);
  });
});

describe('maintenance windows and what is dead', () => {
  it('are not waited for by an enablement of what is dead', async () => {
    cloud = await fleet(['one'], rotationConfig(['strategy: external', ...wide]) + WINDOWS);
    const { client } = cloud;
    const [old] = await client.passwords('airflow');
    // Away from the window, which is one of two hours in a week.
    const left = await untilOpen();
    if (left < 2 * 86_400) await client.advance(left + 6 * 3600);
    await client.removePassword('airflow', old?.keyId ?? '');
    const end = Date.parse((await client.clock()).now) + 90 * 86_400_000;
    const { value } = await client.addPassword('airflow', { endDateTime: new Date(end).toISOString() });
    await client.unsubscribe('airlock-credentials');
    const exp = Math.floor(end / 1000);
    const { version } = await client.setSecret(OPERATOR_VAULT, CREDENTIAL_SECRET, { value, exp });
    const run = await requestRun(client, { action: 'enable', runtime: runtimeId('one') });

    expect(run.outcome).toBe('enabled');
    expect(await markerOf(cloud, 'one')).toBe(version);
    expect(isOpen((await writes('one')).at(-1))).toBe(false);
  });
});

describe('draining', () => {
  it('waits until no task is running', async () => {
    cloud = await fleet(['one'], `${rotationConfig()}    maintenance: { drainMinutes: 60 }\n`);
    await cloud.client.setAirflow('one', { otherTasks: 3 });
    const id = await startRotation(cloud);
    let slices = 0;
    const run = await followRotation(cloud, id, {
      sliceSeconds: 300,
      each: async () => {
        if (++slices === 4) await cloud.client.setAirflow('one', { otherTasks: 0 });
      },
    });
    const at = (step: string) => Date.parse(run.trail.find((entry) => entry.step === step)?.at ?? '');

    expect(run.outcome).toBe('rotated');
    expect((at('move the pilot one') - at('prove the new credential')) / 60_000).toBeGreaterThan(15);
  });

  it('goes on after its limit', async () => {
    cloud = await fleet([], `${rotationConfig()}    maintenance: { drainMinutes: 20 }\n`);
    await cloud.client.createRuntime({ name: 'busy' });
    await settle(cloud.client, 'busy');
    await cloud.client.setAirflow('busy', { otherTasks: 7 });
    const run = await rotate(cloud);

    expect(run.outcome).toBe('rotated');
  });
});
