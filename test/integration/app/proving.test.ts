/** A credential is proven in the moment in which it is written, whatever its run has waited for. */
import { afterEach, describe, expect, it } from 'vitest';
import { readRun } from '../../../local/demo/follow.js';
import { armCalls, enable, request, requestRun, runtimeId, type TestCloud } from './harness.js';
import {
  expectNoViolation,
  fleet,
  followRotation,
  keys,
  markerOf,
  NO_SWEEP,
  rotationConfig,
  type ShownRotation,
  startRotation,
} from './rotationHarness.js';

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

const MINUTES = 60;
const HOURS = 3600;
/** On Saturdays, so that a rotation waits for it. */
const WINDOWS =
  '    maintenance: { windows: [{ days: [sat], start: "22:00", end: "00:00", timeZone: UTC }] }\n';

/** Somebody removes the key that a rotation has minted. */
async function removeMinted(old: string | undefined): Promise<void> {
  const minted = (await keys(cloud)).find((key) => key !== old);
  expect(minted).toBeDefined();
  await cloud.client.removePassword('airflow', minted ?? '');
}

async function expectUntouched(run: ShownRotation, old: string | undefined): Promise<void> {
  expect(run).toMatchObject({
    outcome: 'rolledBack',
    problem: { code: 'newCredentialUnproven', message: expect.stringContaining('AADSTS7000215') },
  });
  for (const name of ['one', 'two']) {
    expect(await markerOf(cloud, name)).toBe(old);
    expect(await armCalls(cloud.client, name)).toMatchObject({ writes: 1 });
  }
  await expectNoViolation(cloud);
}

describe('a minted key that somebody removes', () => {
  it('while the rotation waits for approval is put into no runtime', async () => {
    cloud = await fleet(
      ['one', 'two'],
      rotationConfig(['approval: { before: pilot, deadlineHours: 72, otherwise: stop }']),
    );
    const [old] = await keys(cloud);
    const id = await startRotation(cloud);
    await cloud.client.run({ maxSeconds: 30 * MINUTES });
    expect(((await readRun(cloud.client, id)) as ShownRotation).waitingFor?.gate).toBe('pilot');
    await removeMinted(old);
    await cloud.client.functions(`/api/runs/${id}/approve`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ gate: 'pilot', decision: 'approve' }),
    });
    await expectUntouched(await followRotation(cloud, id), old);
  });

  it('while the pilot waits for its maintenance window is put into no runtime', async () => {
    cloud = await fleet(['one', 'two'], rotationConfig(['rotateBeforeDays: 60']) + WINDOWS);
    const [old] = await keys(cloud);
    const id = await startRotation(cloud);
    await cloud.client.run({ maxSeconds: HOURS });
    await removeMinted(old);
    await expectUntouched(await followRotation(cloud, id, { hours: 30 * 24 }), old);
  });
});

describe('a minted key that dies after some runtimes were moved to it', () => {
  it('is not committed: all go back', async () => {
    cloud = await fleet(['one', 'two', 'three'], rotationConfig(['failureLimitPercent: 50']));
    const [old] = await keys(cloud);
    // Another run keeps one of them for a quarter of an hour.
    await cloud.client.setAirflow('three', { dags: { airlock_check: { behaviour: 'hangs' } } });
    await request(cloud.client, { action: 'check', runtime: runtimeId('three') });
    await cloud.client.run({ maxSeconds: MINUTES });
    const id = await startRotation(cloud);
    const moved = async () =>
      (await markerOf(cloud, 'one')) !== old && (await markerOf(cloud, 'two')) !== old;
    for (let slice = 0; slice < 60 && !(await moved()); slice++) await cloud.client.run({ maxSeconds: 20 });
    expect(await markerOf(cloud, 'three')).toBe(old);
    await cloud.client.run({ maxSeconds: 2 * MINUTES });
    await removeMinted(old);
    await cloud.client.setAirflow('three', { dags: { airlock_check: { behaviour: 'normal' } } });
    const run = await followRotation(cloud, id);

    expect(run).toMatchObject({ outcome: 'rolledBack', problem: { code: 'newCredentialUnproven' } });
    for (const name of ['one', 'two', 'three']) expect(await markerOf(cloud, name)).toBe(old);
    expect(await keys(cloud)).toEqual([old]);
  });
});

describe('a new key that is to be left alone with the fleet', () => {
  /** A rotation that waits its overlap out. Gives its id, the old key and the new one. */
  async function inOverlap(): Promise<{ id: string; old: string; minted: string }> {
    cloud = await fleet(['one', 'two'], rotationConfig(['overlapHours: 4']));
    const [old = ''] = await keys(cloud);
    const id = await startRotation(cloud);
    await cloud.client.run({ maxSeconds: 2 * HOURS });
    expect(((await readRun(cloud.client, id)) as ShownRotation).overlapUntil).toBeDefined();
    const minted = (await keys(cloud)).find((key) => key !== old) ?? '';
    return { id, old, minted };
  }

  it('and has been removed in the overlap: the old one stays until another is there', async () => {
    const { id, old, minted } = await inOverlap();
    await cloud.client.removePassword('airflow', minted);
    const run = await followRotation(cloud, id);

    expect(run).toMatchObject({
      outcome: 'rotatedPartly',
      problem: { code: 'remainingUnproven', message: expect.stringContaining('AADSTS7000215') },
      result: {
        to: minted,
        debts: [{ kind: 'removeKey', what: old, reason: expect.stringContaining(minted) }],
      },
    });
    // The event of its own commit has it looked at once more: what is dead waits for no sweep and no pause.
    await cloud.client.run({ maxSeconds: 60 * HOURS });
    const [third, ...others] = await keys(cloud);
    expect([old, minted]).not.toContain(third);
    expect(others).toEqual([]);
    for (const name of ['one', 'two']) expect(await markerOf(cloud, name)).toBe(third);
  });

  it('and cannot be asked about: the old one stays, until a later run finds the new one proven', async () => {
    const { id, old, minted } = await inOverlap();
    const away = await cloud.client.addFault({
      match: { service: 'entra', operation: 'token' },
      action: { kind: 'status', status: 503, body: { error: 'temporarily_unavailable' } },
    });
    const run = await followRotation(cloud, id);

    expect(run).toMatchObject({
      outcome: 'rotatedPartly',
      problem: { code: 'remainingUnproven' },
      result: { to: minted, debts: [{ kind: 'removeKey', what: old }] },
    });
    expect(await keys(cloud)).toEqual([old, minted]);

    await cloud.client.removeFault(away);
    expect(await followRotation(cloud, await startRotation(cloud, {}))).toMatchObject({ outcome: 'rotated' });
    expect(await keys(cloud)).toEqual([minted]);
    await expectNoViolation(cloud);
  });
});

describe('Entra, asked in the moment of the write', () => {
  const refuseTokens = (status: number, error: string, times: number) =>
    cloud.client.addFault({
      match: { service: 'entra', operation: 'token' },
      action: { kind: 'status', status, body: { error, error_description: `${error}: injected` } },
      times,
    });

  it('may be away for a while: the write waits for it', async () => {
    cloud = await fleet([], rotationConfig(), NO_SWEEP);
    await refuseTokens(503, 'temporarily_unavailable', 3);
    expect(await enable(cloud, { name: 'one' })).toMatchObject({ outcome: 'enabled', changed: true });
    expect(await armCalls(cloud.client, 'one')).toMatchObject({ writes: 1 });
  });

  it('has one word for an enablement: nothing is written with what it refuses', async () => {
    cloud = await fleet([], rotationConfig(), NO_SWEEP);
    for (const key of await keys(cloud)) await cloud.client.removePassword('airflow', key);
    expect(await enable(cloud, { name: 'one' })).toMatchObject({
      outcome: 'credentialRefused',
      changed: false,
      problem: { code: 'clientSecretRefused' },
    });
    expect(await armCalls(cloud.client, 'one')).toMatchObject({ writes: 0 });
  });

  it('may refuse a key that is new once more: a rotation asks again', async () => {
    cloud = await fleet(['one'], rotationConfig(['approval: { before: pilot, deadlineHours: 72 }']));
    const id = await startRotation(cloud);
    await cloud.client.run({ maxSeconds: 30 * MINUTES });
    await refuseTokens(401, 'AADSTS7000215', 2);
    await cloud.client.functions(`/api/runs/${id}/approve`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ gate: 'pilot', decision: 'approve' }),
    });
    expect(await followRotation(cloud, id)).toMatchObject({ outcome: 'rotated' });
    const asked = await cloud.client.ledger({ service: 'entra', operation: 'token' });
    expect(asked.filter(({ status }) => status === 401)).toHaveLength(2);
    await expectNoViolation(cloud);
  });

  it('is asked about what a runtime has already before its check', async () => {
    cloud = await fleet([], rotationConfig(), NO_SWEEP);
    const failing = { dags: { airlock_check: { behaviour: 'fails' as const } } };
    expect(await enable(cloud, { name: 'one' }, failing)).toMatchObject({ outcome: 'checkFailed' });
    for (const key of await keys(cloud)) await cloud.client.removePassword('airflow', key);
    const again = await requestRun(cloud.client, { action: 'enable', runtime: runtimeId('one') });
    expect(again).toMatchObject({ outcome: 'credentialRefused', problem: { code: 'clientSecretRefused' } });
    expect(await armCalls(cloud.client, 'one')).toMatchObject({ writes: 1 });
  });
});
