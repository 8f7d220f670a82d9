/** A wait for a person is told to look by the API: what somebody said has effect within seconds, and who else wakes it changes nothing. */
import { afterEach, describe, expect, it } from 'vitest';
import { readRun } from '../../../local/demo/follow.js';
import type { TestCloud } from './harness.js';
import {
  fleet,
  followRotation,
  followUntil,
  instruct,
  NO_SWEEP,
  rotationConfig,
  type ShownRotation,
  startRotation,
} from './rotationHarness.js';

const HOUR_MS = 3_600_000;
const GATED = rotationConfig(['approval: { before: pilot, deadlineHours: 24 }', 'overlapHours: 24']);

interface Instance {
  readonly instanceId: string;
  readonly name: string;
  readonly runtimeStatus: string;
  readonly customStatus: { readonly listener?: string } | null;
}

let cloud: TestCloud;
afterEach(async () => {
  await cloud?.handle.stop();
});

const outcomes = ({ trail }: ShownRotation) => trail.map(({ outcome }) => outcome);
const shown = async (id: string) => (await readRun(cloud.client, id)) as ShownRotation;

const tell = async (id: string, what: string, body: object) => (await instruct(cloud, id, what, body)).status;
const until = (id: string, there: (run: ShownRotation) => boolean) => followUntil(cloud, id, there);
const atGate = (id: string) => until(id, ({ waitingFor }) => waitingFor !== undefined);
const inOverlap = (id: string) => until(id, ({ overlapUntil }) => overlapUntil !== undefined);

/** Asks the durable extension's own endpoint, with its key. */
async function askHost(path: string, method = 'GET'): Promise<Response> {
  const { functions, systemKey } = cloud.client.ready;
  const url = new URL(`/runtime/webhooks/durabletask/${path}?code=${systemKey}`, functions);
  return fetch(url, method === 'GET' ? {} : { method, body: '{}' });
}
const instance = async (id: string) => (await (await askHost(`instances/${id}`)).json()) as Instance;
const listener = async (id: string) => (await instance(id)).customStatus?.listener ?? '';

describe('what somebody said', () => {
  it('has effect within seconds: an approval, and another end of the overlap', async () => {
    cloud = await fleet(['one'], GATED);
    const id = await startRotation(cloud);
    await atGate(id);
    // Neither is said when the wait looks by itself.
    await cloud.client.run({ maxSeconds: 7 * 60 });
    expect(await instance(await listener(id))).toMatchObject({ name: 'awaitGate', runtimeStatus: 'Running' });
    expect(await tell(id, 'approve', { gate: 'pilot', decision: 'approve' })).toBe(202);
    await cloud.client.run({ maxSeconds: 3 });
    const passed = await shown(id);
    expect(passed.waitingFor).toBeUndefined();
    expect(outcomes(passed)).toContainEqual(expect.stringMatching(/^approved by function key /));

    const { overlapUntil = '' } = await inOverlap(id);
    await cloud.client.run({ maxSeconds: 7 * 60 });
    expect((await instance(await listener(id))).name).toBe('awaitOverlap');
    const ends: string[] = [];
    // The wait that comes after the first change is told of the second.
    for (const hours of [1, 2]) {
      const later = new Date(Date.parse(overlapUntil) + hours * HOUR_MS).toISOString();
      expect(await tell(id, 'overlap', { until: later })).toBe(202);
      await cloud.client.run({ maxSeconds: 3 });
      expect(outcomes(await shown(id))).toContainEqual(expect.stringContaining(`overlap set to ${later} by`));
      ends.push(later);
    }
    const run = await followRotation(cloud, id);
    expect(run.outcome).toBe('rotated');
    expect(outcomes(run)).toContain(`ended at ${ends.at(-1)}`);
  });

  it('has effect within seconds: a cancellation at a gate', async () => {
    cloud = await fleet(['one'], GATED);
    const id = await startRotation(cloud);
    await atGate(id);
    await cloud.client.run({ maxSeconds: 7 * 60 });
    expect(await tell(id, 'cancel', {})).toBe(202);
    await cloud.client.run({ maxSeconds: 3 });

    expect((await shown(id)).waitingFor).toBeUndefined();
    expect((await followRotation(cloud, id)).outcome).toBe('cancelled');
  });

  it('has effect within seconds also where the wait had to begin anew', async () => {
    cloud = await fleet(['one'], GATED);
    const id = await startRotation(cloud);
    await atGate(id);
    const gone = await listener(id);
    // Somebody terminates the wait; the rotation begins another one, under an id of its own, which it shows.
    expect((await askHost(`instances/${gone}/terminate`, 'POST')).status).toBe(202);
    await cloud.client.run({ maxSeconds: 7 * 60 });
    expect(await listener(id)).toBe(`${gone}-a2`);
    expect(await tell(id, 'approve', { gate: 'pilot', decision: 'approve' })).toBe(202);
    await cloud.client.run({ maxSeconds: 3 });

    expect((await shown(id)).waitingFor).toBeUndefined();
  });
});

describe('the word to look', () => {
  it('opens nothing, whoever gives it and however often', async () => {
    cloud = await fleet(['one'], GATED, NO_SWEEP);
    const id = await startRotation(cloud);
    const { waitingFor } = await atGate(id);
    const wait = await listener(id);
    const before = await shown(id);
    for (let times = 0; times < 50; times++) {
      expect((await askHost(`instances/${wait}/raiseEvent/look`, 'POST')).status).toBe(202);
    }
    await cloud.client.run({ maxSeconds: 600 });

    expect(await shown(id)).toEqual(before);
    expect(await instance(wait)).toMatchObject({ name: 'awaitGate', runtimeStatus: 'Running' });
    const run = await followRotation(cloud, id);
    expect(run.outcome).toBe('rolledBack');
    expect(outcomes(run)).toContain('expired');
    const expired = run.trail.find(({ outcome }) => outcome === 'expired') as { at?: string } | undefined;
    expect(Date.parse(expired?.at ?? '') - Date.parse(waitingFor?.until ?? '')).toBeLessThan(5_000);
  });
});
