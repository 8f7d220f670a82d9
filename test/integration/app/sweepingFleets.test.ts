/** A sweep over many profiles and runtimes: its history stays short, and its result says everything all the same. */
import { afterEach, describe, expect, it } from 'vitest';
import { readRun, type ShownRun } from '../../../local/demo/follow.js';
import { CREDENTIAL_SECRET, OPERATOR_VAULT } from '../../../local/sample/names.js';
import type { SweepResult } from '../../../src/domain/sweep/sweep.js';
import { request, startCloud, type TestCloud } from './harness.js';
import { NO_SWEEP, rotationConfig } from './rotationHarness.js';

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

type Swept = ShownRun & { readonly result: Pick<SweepResult, 'profiles'> };

/** A cloud with a profile for each of so many factories, which hold so many runtimes together. */
async function factories(count: number, runtimes: number): Promise<void> {
  const text = rotationConfig(['strategy: external']);
  const at = text.indexOf('profiles:\n') + 'profiles:\n'.length;
  const profiles = Array.from({ length: count }, (_, index) =>
    text
      .slice(at)
      .replace('name: default', `name: p${index + 1}`)
      .replace('factory: adf-airlock', `factory: adf-fleet-${String(index + 1).padStart(2, '0')}`),
  );
  cloud = await startCloud({ configText: text.slice(0, at) + profiles.join(''), settings: NO_SWEEP });
  await cloud.client.seedFleet({ factories: count, runtimes, startSeconds: 60 });
  await cloud.client.unsubscribe('airlock-credentials');
  await cloud.client.unsubscribe('airlock-runtimes');
}

/** Somebody writes a credential that no runtime has. */
async function writeCredential(): Promise<void> {
  const now = Date.parse((await cloud.client.clock()).now);
  const { keyId, value } = await cloud.client.addPassword('airflow');
  const exp = Math.floor(now / 1000) + 90 * 86_400;
  await cloud.client.setSecret(OPERATOR_VAULT, CREDENTIAL_SECRET, { value, tags: { keyId }, exp });
}

async function sweep(maxSeconds: number): Promise<Swept> {
  const { id } = (await (await request(cloud.client, { action: 'sweep' })).json()) as { id: string };
  await cloud.client.run({ maxSeconds });
  return (await readRun(cloud.client, id)) as Swept;
}

/** Until its end, with the runs that it starts still under way. */
async function sweepAlone(): Promise<Swept> {
  let run = await sweep(5);
  for (let slice = 0; slice < 60 && run.status === 'running'; slice++) {
    await cloud.client.run({ maxSeconds: 5 });
    run = (await readRun(cloud.client, run.id)) as Swept;
  }
  return run;
}

async function longestHistory(id: string): Promise<number> {
  const { instances } = (await cloud.client.stats()) as {
    instances: readonly { instanceId: string; maxEvents: number }[];
  };
  return instances.find(({ instanceId }) => instanceId === id)?.maxEvents ?? Number.NaN;
}

describe('a sweep over three profiles of twenty-five runtimes', () => {
  it('has a history of one of them', async () => {
    await factories(3, 75);
    await writeCredential();
    const run = await sweepAlone();

    expect(run).toMatchObject({ outcome: 'swept' });
    expect(run.result.profiles.map(({ profile, enablements }) => [profile, enablements])).toEqual(
      [1, 2, 3].map((number) => [`p${number}`, 25]),
    );
    const started = run.result.profiles.flatMap(({ runtimes }) => runtimes.map(({ runId }) => runId));
    expect(new Set(started).size).toBe(75);
    for (let index = 1; index <= 3; index++)
      expect(run.trail.map(({ step }) => step)).toContain(`profile p${index}`);
    expect(await longestHistory(run.id)).toBeLessThan(60);
  });

  it('stops between two of them where somebody cancels it', async () => {
    await factories(8, 8);
    await cloud.client.addFault({
      match: { service: 'host', operation: 'after-activity', subject: 'surveyProfile ' },
      action: { kind: 'delay', seconds: 600 },
      times: 1,
    });
    const { id } = (await (await request(cloud.client, { action: 'sweep' })).json()) as { id: string };
    await cloud.client.run({ maxSeconds: 300 });
    await cloud.client.functions(`/api/runs/${id}/cancel`, { method: 'POST' });
    await cloud.client.run({ maxSeconds: 3600 });
    const run = (await readRun(cloud.client, id)) as Swept;

    expect(run).toMatchObject({ status: 'cancelled', outcome: 'cancelled' });
    expect(run.result.profiles.map(({ profile }) => profile)).toEqual(['p1']);
  });
});

describe('a sweep over thirty runtimes whose proofs are too old', () => {
  it('checks all of them, some at a time', async () => {
    await factories(1, 30);
    // Nothing but their settings was ever there: two sweeps prove them.
    for (let turn = 0; turn < 2; turn++) await sweep(12 * 3600);
    await cloud.client.advance(25 * 3600);
    const run = await sweep(12 * 3600);

    expect(run.result.profiles).toMatchObject([{ findings: { proofDue: 30 }, checks: 30, waiting: 0 }]);
    expect(await longestHistory(run.id)).toBeLessThan(60);
    expect((await sweep(3600)).result.profiles).toMatchObject([{ findings: { fine: 30 }, checks: 0 }]);
  });
});
