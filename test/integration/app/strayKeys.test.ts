/** A rotation that ends before the directory shows every key that its mint may have left. */
import { afterEach, describe, expect, it } from 'vitest';
import type { SweepResult } from '../../../src/domain/sweep/sweep.js';
import { requestRun, type TestCloud } from './harness.js';
import {
  expectNoViolation,
  fleet,
  followRotation,
  keys,
  NO_SWEEP,
  rotate,
  rotationConfig,
  type ShownRotation,
  startRotation,
} from './rotationHarness.js';

const MINUTE = 60;
const WITH_TOPIC = rotationConfig().replace(
  'version: 1\n',
  'version: 1\nevents: { topic: "https://airlock-events.westeurope-1.eventgrid.azure.net/api/events", schema: cloudEvents }\n',
);

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

const credentials = async (more: object = {}) => {
  const run = (await requestRun(cloud.client, { action: 'sweep', ...more })) as unknown as {
    readonly result: Pick<SweepResult, 'credentials'>;
  };
  return run.result.credentials;
};

/** Rotates with an overlap that is cut as short as may be as it begins. */
async function rotateShortly(): Promise<ShownRotation> {
  const id = await startRotation(cloud);
  let told = false;
  return followRotation(cloud, id, {
    sliceSeconds: 5 * MINUTE,
    each: async ({ overlapUntil }) => {
      if (!overlapUntil || told) return;
      told = true;
      const soon = Date.parse((await cloud.client.clock()).now) + 6 * MINUTE * 1000;
      const answer = await cloud.client.functions(`/api/runs/${id}/overlap`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ until: new Date(soon).toISOString() }),
      });
      expect(answer.status).toBe(202);
    },
  });
}

const eventTypes = async () =>
  ((await cloud.client.published()) as { type: string }[]).map(({ type }) => type);

describe('a mint in one try, with a short overlap', () => {
  it('ends rotated, with a debt that a later sweep clears', async () => {
    cloud = await fleet(['one', 'two'], WITH_TOPIC, NO_SWEEP);
    const run = await rotateShortly();

    expect(run).toMatchObject({ outcome: 'rotated' });
    expect(run).not.toHaveProperty('problem');
    expect(run.result).not.toHaveProperty('debts');
    expect(await eventTypes()).not.toContain('Airlock.DebtOutstanding.v1');
    expect(await credentials({ dryRun: true })).toMatchObject([
      {
        outcome: 'upToDate',
        debts: [{ kind: 'removeLabelled', runId: run.id, quietUntil: expect.any(String) }],
      },
    ]);

    await cloud.client.advance(66 * MINUTE);
    expect(await credentials()).toMatchObject([
      { outcome: 'planned', summary: expect.stringContaining(run.id) },
    ]);
    await cloud.client.run({ maxSeconds: 3600 });
    const [last] = await credentials();
    expect(last).toMatchObject({ outcome: 'upToDate' });
    expect(last).not.toHaveProperty('debts');
    expect(await eventTypes()).not.toContain('Airlock.DebtOutstanding.v1');
    await expectNoViolation(cloud);
  });

  it('leaves a second key, which the directory shows late, to a later sweep', async () => {
    cloud = await fleet(['one'], WITH_TOPIC, NO_SWEEP);
    const run = await rotateShortly();
    expect(run).toMatchObject({ outcome: 'rotated' });

    // As if the mint had run twice, and the directory showed the second key only now.
    const [minted] = await cloud.client.passwords('airflow');
    await cloud.client.addPassword('airflow', { displayName: minted?.displayName ?? '' });
    expect(await keys(cloud)).toHaveLength(2);
    await cloud.client.advance(66 * MINUTE);
    const second = (await keys(cloud)).filter((keyId) => keyId !== run.result?.to);
    expect(await rotate(cloud, { dryRun: true })).toMatchObject({
      outcome: 'planned',
      result: { removes: second },
    });
    expect(await credentials()).toMatchObject([{ outcome: 'planned' }]);
    await cloud.client.run({ maxSeconds: 3600 });
    expect(await keys(cloud)).toEqual([run.result?.to]);
  });

  it('has that debt also where the rotation went back', async () => {
    cloud = await fleet(['one'], WITH_TOPIC, NO_SWEEP);
    await cloud.client.setAirflow('one', { dags: { airlock_check: { behaviour: 'forged' } } });
    const run = await rotateShortly();

    expect(run).toMatchObject({ outcome: 'rolledBack' });
    expect(run.result).not.toHaveProperty('debts');
    expect(await eventTypes()).not.toContain('Airlock.DebtOutstanding.v1');
    expect(await credentials({ dryRun: true })).toMatchObject([
      { debts: [{ kind: 'removeLabelled', runId: run.id }] },
    ]);
    await expectNoViolation(cloud);
  });
});
