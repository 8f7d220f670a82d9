/** Parts of runs start with their run, and by nobody else: whoever has the durable key cannot have them do anything. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FACTORY, RESOURCE_GROUP, SUBSCRIPTION } from '../../../local/sample/names.js';
import { SUB_ORCHESTRATIONS } from '../../../src/orchestrations/calls.js';
import { batchOf, parseResourceId } from '../../../src/runtimes/data-factory/resourceId.js';
import { runtimeId, type TestCloud } from './harness.js';
import { fleet, markerOf } from './rotationHarness.js';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await fleet(['one']);
});
afterAll(async () => {
  await cloud.handle.stop();
});

/** What would move the runtime to a credential of somebody's choice. */
const MOVE = {
  credential: { credentialId: 'mine', secretVersion: '0123456789abcdef0123456789abcdef' },
  rotation: { runId: 'rq-0', recordKey: '0' },
  waitUntil: Date.parse('2072-01-01'),
  urgent: true,
};
const GROUP = {
  runId: 'rq-0',
  credential: 'airflow-sp',
  batch: batchOf({ subscription: SUBSCRIPTION, resourceGroup: RESOURCE_GROUP, factory: FACTORY }),
  names: ['one'],
  move: MOVE,
  startedAt: 0,
  place: 0,
  pace: { atOnce: 1, perSecond: 1 },
};
const RUN = {
  action: 'enable',
  runtime: parseResourceId(runtimeId('one')),
  startedBy: { kind: 'run', runId: 'rq-0' },
  createdAt: '2026-11-26T00:00:00.000Z',
  move: MOVE,
};

/** Starts an orchestration past the app, by the durable extension's own endpoint and key; gives how it ended. */
async function startByHost(name: string, input: object) {
  const { functions, systemKey } = cloud.client.ready;
  const at = (path: string) => new URL(`/runtime/webhooks/durabletask/${path}?code=${systemKey}`, functions);
  const begun = await fetch(at(`orchestrators/${name}/alone-${name}`), {
    method: 'POST',
    body: JSON.stringify(input),
  });
  expect(begun.status).toBe(202);
  await cloud.client.run({ maxSeconds: 3600 });
  const shown = await fetch(at(`instances/alone-${name}`));
  return (await shown.json()) as { runtimeStatus: string; output: string };
}

/** What the app has been called for, besides an orchestrator. */
async function called(name: string) {
  const { invocations } = (await cloud.client.stats()) as { invocations: Record<string, number> };
  return { ...invocations, [name]: 0 };
}

describe('started without a run', () => {
  it.each([
    ...Object.values(SUB_ORCHESTRATIONS).map((name) => ({ name, input: GROUP })),
    { name: 'runtimeRun', input: RUN },
  ])('$name does nothing, and says why', async ({ name, input }) => {
    const before = await called(name);
    const marker = await markerOf(cloud, 'one');
    const { runtimeStatus, output } = await startByHost(name, input);

    expect(runtimeStatus).toBe('Failed');
    expect(output).toContain('is a part of a run and does nothing without one. Ask for a run instead');
    expect(await called(name)).toEqual(before);
    expect(await markerOf(cloud, 'one')).toBe(marker);
  });
});
