/** What somebody else does to a credential while a rotation works on it. */
import { afterEach, describe, expect, it } from 'vitest';
import { CREDENTIAL_SECRET, OPERATOR_VAULT, vaultHost } from '../../../local/scenario/names.js';
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

const DAY_MS = 86_400_000;
const APPROVED = rotationConfig(['approval: { before: pilot, deadlineHours: 72, otherwise: stop }']);

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

/** Somebody makes a key and writes it into the secret, with its tag and its end. Gives its id. */
async function personWrites(): Promise<string> {
  const { client } = cloud;
  const end = Date.parse((await client.clock()).now) + 90 * DAY_MS;
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
async function rotateAround(act: () => Promise<unknown>): Promise<ShownRotation> {
  const id = await startRotation(cloud);
  let acted = false;
  return followRotation(cloud, id, {
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
    expect((await secret()).tags?.keyId).toBe(written);
    expect(await markers()).toEqual([old, old]);
    expect(await keys(cloud)).toEqual([old, written]);

    const next = await rotateAround(() => Promise.resolve());
    expect(next).toMatchObject({ outcome: 'rotated' });
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
