/** What somebody else does to a credential while a rotation works on it. */
import { afterEach, describe, expect, it } from 'vitest';
import { readRun } from '../../../local/demo/follow.js';
import {
  CREDENTIAL_SECRET,
  OPERATOR_VAULT,
  PRINCIPALS,
  TENANT,
  vaultHost,
} from '../../../local/sample/names.js';
import { WEEKDAYS } from '../../../src/domain/configuration/maintenance.js';
import { credentialRecordKey } from '../../../src/domain/rotation/credentialState.js';
import type { TestCloud } from './harness.js';
import {
  expectNoViolation,
  fleet,
  followRotation,
  keys,
  markerOf,
  rotationConfig,
  type ShownRotation,
  startRotation,
} from './rotationHarness.js';

const HOUR = 3600;
const DAY_MS = 86_400_000;
/** As deployed by default. */
const SWEPT = { AIRLOCK_SWEEP_SCHEDULE: '0 15 */6 * * *' };
const APPROVED = rotationConfig(['approval: { before: pilot, deadlineHours: 72, otherwise: stop }']);

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

/** Somebody makes a key and writes it into the secret, with its tag and its end. Gives its id. */
async function personWrites(validDays = 90): Promise<string> {
  const { client } = cloud;
  const end = Date.parse((await client.clock()).now) + validDays * DAY_MS;
  const { keyId, value } = await client.addPassword('airflow', {
    displayName: 'incident 4711',
    endDateTime: new Date(end).toISOString(),
  });
  await client.setSecret(OPERATOR_VAULT, CREDENTIAL_SECRET, {
    value,
    tags: { keyId },
    exp: Math.floor(end / 1000),
  });
  return keyId;
}

/** The secret that everybody reads, as the vault answers. */
async function secret(): Promise<{ status: number; tags?: Record<string, string> }> {
  const token = await cloud.client.token('app', 'https://vault.azure.net');
  const path = `/secrets/${CREDENTIAL_SECRET}?api-version=7.5`;
  const { status, text } = await cloud.client.azure(vaultHost(OPERATOR_VAULT), path, {}, token);
  return { status, ...(JSON.parse(text) as { tags?: Record<string, string> }) };
}

async function markers(): Promise<(string | undefined)[]> {
  return Promise.all(['one', 'two'].map((name) => markerOf(cloud, name)));
}

/** Rotates, with `act` while it waits for approval. */
async function rotateAround(act: () => Promise<unknown>, sliceSeconds = HOUR): Promise<ShownRotation> {
  const id = await startRotation(cloud);
  let acted = false;
  return followRotation(cloud, id, {
    sliceSeconds,
    each: async ({ waitingFor }) => {
      if (!waitingFor || acted) return;
      acted = true;
      await act();
      const answer = await cloud.client.functions(`/api/runs/${id}/approve`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ gate: 'pilot', decision: 'approve' }),
      });
      expect(answer.status).toBe(202);
    },
  });
}

/** Approves whatever waits for it until every runtime has the key: what the sweep or a later run does by itself. */
async function approveUntilMoved(keyId: string): Promise<void> {
  for (let hour = 0; hour < 100; hour++) {
    if ((await markers()).every((marker) => marker === keyId)) return;
    const waiting = (await rotations()).find(({ waitingFor }) => waitingFor);
    if (waiting) {
      await cloud.client.functions(`/api/runs/${waiting.id}/approve`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ gate: 'pilot', decision: 'approve' }),
      });
    }
    await cloud.client.run({ maxSeconds: HOUR });
  }
  throw new Error(`Not every runtime got ${keyId}.`);
}

describe('a version that a person writes during a rotation', () => {
  it('is not overwritten: the rotation goes back and says so, and the next one takes that version', async () => {
    cloud = await fleet(['one', 'two'], APPROVED);
    const [old = ''] = await keys(cloud);
    let written = '';
    const run = await rotateAround(async () => {
      written = await personWrites();
    });

    expect(run).toMatchObject({ outcome: 'rolledBack', problem: { code: 'secretOverwritten' } });
    expect(run.problem?.message).toContain(written);
    expect((await secret()).tags?.['keyId']).toBe(written);
    expect(await markers()).toEqual([old, old]);
    expect(await keys(cloud)).toEqual([old, written]);

    await approveUntilMoved(written);
    expect(await keys(cloud)).toEqual([old, written]);
    await expectNoViolation(cloud);
  });

  it('stays where the secret was disabled instead', async () => {
    cloud = await fleet(['one', 'two'], APPROVED);
    const [old = ''] = await keys(cloud);
    const run = await rotateAround(() =>
      cloud.client.setSecret(OPERATOR_VAULT, CREDENTIAL_SECRET, { value: 'locked', enabled: false }),
    );

    expect(run).toMatchObject({ outcome: 'rolledBack', problem: { code: 'secretOverwritten' } });
    expect((await secret()).status).toBe(403);
    expect(await markers()).toEqual([old, old]);
  });
});

/** Rotations that worked, or tried to, besides those that a sweep only planned or was told to leave. */
async function rotations(): Promise<ShownRotation[]> {
  const answer = await cloud.client.functions('/api/runs?target=airflow-sp&top=200');
  const { runs } = (await answer.json()) as { runs: ShownRotation[] };
  return runs.filter(({ outcome }) => !['planned', 'busy', 'upToDate'].includes(outcome ?? ''));
}

describe('a rotation that takes long', () => {
  it('keeps its credential through an approval and a weekly window', async () => {
    // So that most of a day or more passes between the approval and the window, whatever time it is.
    const day = WEEKDAYS[new Date(Date.now() + 2 * DAY_MS).getUTCDay()];
    const windows = `    maintenance: { windows: [{ days: [${day}], start: "22:00", end: "04:00", timeZone: UTC }] }\n`;
    cloud = await fleet(['one', 'two'], APPROVED + windows, SWEPT);
    // Longer than a credential is kept without a word, and than from one sweep to the next.
    const run = await rotateAround(() => cloud.client.run({ maxSeconds: 9 * HOUR }));

    expect(run).toMatchObject({ outcome: 'rotated' });
    expect(await rotations()).toHaveLength(1);
    await expectNoViolation(cloud);
  });

  it('keeps its credential while each runtime takes as long as its limits allow', async () => {
    // Not read every minute, which would be most of what happens.
    const patient = rotationConfig([], '660').replace('pollSeconds: 60', 'pollSeconds: 600');
    cloud = await fleet(['one', 'two'], patient, SWEPT);
    await cloud.client.setLifecycle({ startSeconds: 10 * HOUR });
    const run = await followRotation(cloud, await startRotation(cloud), { sliceSeconds: 6 * HOUR });

    expect(run).toMatchObject({ outcome: 'rotated' });
    expect(await rotations()).toHaveLength(1);
    await expectNoViolation(cloud);
  });
});

describe('a version that ends while its rotation waits', () => {
  it('is given to nobody', async () => {
    cloud = await fleet(
      ['one', 'two'],
      rotationConfig([
        'strategy: external',
        'approval: { before: pilot, deadlineHours: 72, otherwise: stop }',
      ]),
    );
    const before = await markers();
    await personWrites(1 / 12);
    const run = await rotateAround(() => cloud.client.run({ maxSeconds: 2.5 * HOUR }), HOUR / 4);

    expect(run).toMatchObject({
      outcome: 'rolledBack',
      problem: { message: expect.stringMatching(/expired at/) },
    });
    expect(await markers()).toEqual(before);
    await expectNoViolation(cloud);
  });
});

describe('a rotation that lost its credential to another run', () => {
  const secretOf = { vault: `https://${vaultHost(OPERATOR_VAULT)}`, name: CREDENTIAL_SECRET };
  const recordKey = credentialRecordKey({
    name: 'airflow-sp',
    tenantId: TENANT,
    clientId: PRINCIPALS.airflow,
    secret: secretOf,
    rotation: {} as never,
  });

  /** Another run begins, at a moment at which this one would have been silent for too long. */
  async function takeOver(): Promise<void> {
    const { functions, systemKey } = cloud.client.ready as unknown as {
      functions: string;
      systemKey: string;
    };
    const operation = {
      kind: 'begin',
      runId: 'rq-00000000',
      phase: 'preparing',
      now: Date.parse((await cloud.client.clock()).now) + DAY_MS,
      claimMs: DAY_MS,
      atOnce: true,
    };
    const path = `/runtime/webhooks/durabletask/entities/credentialRecord/${recordKey}?op=begin&code=${systemKey}`;
    const answer = await fetch(new URL(path, functions), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(operation),
    });
    expect(answer.status).toBe(202);
  }

  it.each([
    { at: 'prove the new credential', has: 'nobody' },
    { at: 'wait for approval of the pilot', has: 'nobody' },
    { at: 'move the pilot one', has: 'the pilot' },
    { at: 'wait for the end of the overlap', has: 'everybody' },
  ])('stops where it is, neither forward nor back, when that happens in: $at', async ({ at, has }) => {
    const gate = at.includes('approval') ? ['approval: { before: pilot, deadlineHours: 72 }'] : [];
    cloud = await fleet(['one', 'two'], rotationConfig(gate));
    const [old = ''] = await keys(cloud);
    await cloud.client.setLifecycle({ startSeconds: 600 });
    const id = await startRotation(cloud);
    for (let tries = 0; tries < 300; tries++) {
      const { step } = (await readRun(cloud.client, id)) as ShownRotation;
      if (step?.name === at) break;
      await cloud.client.run({ maxSeconds: 10 });
    }
    // The pilot's write is out by then; what comes after it is not.
    await cloud.client.run({ maxSeconds: 30 });
    await takeOver();
    const run = await followRotation(cloud, id);

    expect(run).toMatchObject({ outcome: 'interrupted', problem: { code: 'credentialTaken' } });
    const [, minted] = await keys(cloud);
    const holders = { nobody: [old, old], 'the pilot': [minted, old], everybody: [minted, minted] };
    expect(await markers()).toEqual(holders[has as keyof typeof holders]);
    expect(await keys(cloud)).toHaveLength(2);
  });
});
