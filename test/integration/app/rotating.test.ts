import { afterEach, describe, expect, it } from 'vitest';
import { request, requestRun, type TestCloud } from './harness.js';
import {
  expectNoViolation,
  fleet,
  followRotation,
  keys,
  markerOf,
  NO_SWEEP,
  rotate,
  rotationConfig,
  startRotation,
} from './rotationHarness.js';

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

describe('a rotation', () => {
  it('moves every runtime, commits, waits the overlap out and removes the old key', async () => {
    cloud = await fleet(['one', 'two', 'three'], rotationConfig(['overlapHours: 3']));
    const [old] = await keys(cloud);
    const id = await startRotation(cloud);
    const during: string[][] = [];
    const run = await followRotation(cloud, id, {
      each: async ({ overlapUntil }) => {
        if (overlapUntil) during.push(await keys(cloud));
      },
    });

    expect(run.outcome).toBe('rotated');
    const to = run.result?.to;
    expect(run.result).toMatchObject({
      from: old,
      counts: { carriers: 3, moved: 3, failed: 0, wentBack: 0 },
    });
    expect(during.length).toBeGreaterThan(1);
    for (const both of during) expect(both).toEqual([old, to]);
    expect(await keys(cloud)).toEqual([to]);
    for (const name of ['one', 'two', 'three']) expect(await markerOf(cloud, name)).toBe(to);
    await expectNoViolation(cloud);
  });

  it('starts by itself before the expiry, and not before it is due', async () => {
    cloud = await fleet(['one']);
    const soon = await requestRun(cloud.client, { action: 'rotate', credential: 'airflow-sp' });
    expect(soon).toMatchObject({ outcome: 'upToDate' });

    // The vault's event comes 30 days before the expiry, which is the default of rotateBeforeDays.
    await cloud.client.advance(150 * 86_400 + 600);
    await cloud.client.run({ maxSeconds: 48 * 3600 });
    const answer = await cloud.client.functions('/api/runs?target=airflow-sp');
    const { runs } = (await answer.json()) as {
      runs: { outcome: string; startedBy: { eventType?: string } }[];
    };
    expect(runs.map(({ outcome }) => outcome)).toContain('rotated');
    const rotated = runs.find(({ outcome }) => outcome === 'rotated');
    expect(rotated?.startedBy.eventType).toBe('Microsoft.KeyVault.SecretNearExpiry');
    expect(await keys(cloud)).toHaveLength(1);
    await expectNoViolation(cloud);
  });

  it('says in a dry run what it would do, and does nothing', async () => {
    cloud = await fleet(['one', 'two']);
    const run = await rotate(cloud, { dryRun: true, force: true });

    expect(run.outcome).toBe('planned');
    expect(run.summary).toContain('2 runtimes, one first');
    expect(await keys(cloud)).toHaveLength(1);
  });

  it('waits for a directory that has not settled', async () => {
    cloud = await fleet(['one']);
    await cloud.client.setPropagation({ seconds: 300, flapping: true });
    const run = await rotate(cloud);

    expect(run.outcome).toBe('rotated');
    await expectNoViolation(cloud);
  });

  it('checks its pilot while the new credential is tried, and not once more before it moves', async () => {
    cloud = await fleet(['one', 'two'], rotationConfig(), NO_SWEEP);
    const since = (await cloud.client.ledger()).at(-1)?.n ?? 0;
    const run = await rotate(cloud);

    const proven = run.trail.find(({ step }) => step === 'prove the new credential');
    const calls = await cloud.client.ledger({ since });
    const checks = calls.filter(({ operation }) => operation === 'dagRun.finished');
    const [write] = calls.filter(({ operation }) => operation === 'integrationRuntimes.createOrUpdate');
    const early = checks.filter(({ at }) => at < (write?.at ?? ''));
    expect(early).toMatchObject([{ subject: expect.stringContaining('/one/') }]);
    expect(early[0]?.at.localeCompare(proven?.at ?? '')).toBe(-1);
    expect(run.outcome).toBe('rotated');
  });

  it('gives a runtime that comes meanwhile a credential that lives', async () => {
    cloud = await fleet(['one']);
    const id = await startRotation(cloud);
    await cloud.client.run({ maxSeconds: 30 });
    await cloud.client.createRuntime({ name: 'during' });
    await cloud.client.run({ maxSeconds: 2 * 3600 });
    await cloud.client.createRuntime({ name: 'overlap' });
    const run = await followRotation(cloud, id);

    expect(run.outcome).toBe('rotated');
    for (const name of ['one', 'during', 'overlap']) expect(await markerOf(cloud, name)).toBe(run.result?.to);
    await expectNoViolation(cloud);
  });

  it('lets one run at a time work on a credential', async () => {
    cloud = await fleet(['one']);
    const first = await startRotation(cloud);
    await cloud.client.run({ maxSeconds: 60 });
    const second = await rotate(cloud);
    expect(second).toMatchObject({ outcome: 'busy', otherRunId: first });
    expect((await followRotation(cloud, first)).outcome).toBe('rotated');
    await expectNoViolation(cloud);
  });
});

describe('what a person decides', () => {
  it('waits for approval of the pilot, and refuses one that comes too early', async () => {
    cloud = await fleet(['etl-a'], rotationConfig(['approval: { before: pilot, deadlineHours: 6 }']));
    const id = await startRotation(cloud);
    const approve = (decision: string) =>
      cloud.client.functions(`/api/runs/${id}/approve`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ gate: 'pilot', decision }),
      });
    await cloud.client.run({ maxSeconds: 1 });
    expect((await approve('approve')).status).toBe(409);
    let asked = 0;
    const run = await followRotation(cloud, id, {
      sliceSeconds: 600,
      each: async ({ waitingFor }) => {
        if (waitingFor?.gate === 'pilot' && asked++ === 2)
          expect((await approve('approve')).status).toBe(202);
      },
    });

    expect(run.outcome).toBe('rotated');
    await expectNoViolation(cloud);
  });

  it('stops where nobody approves in time', async () => {
    cloud = await fleet(['etl-a'], rotationConfig(['approval: { before: pilot, deadlineHours: 2 }']));
    const before = await keys(cloud);
    const run = await rotate(cloud);

    expect(run).toMatchObject({ outcome: 'rolledBack', problem: { code: 'notApproved' } });
    expect(await keys(cloud)).toEqual(before);
  });

  it('shortens and extends the overlap', async () => {
    cloud = await fleet(['etl-a'], rotationConfig(['overlapHours: 3']));
    const id = await startRotation(cloud);
    let told = false;
    const run = await followRotation(cloud, id, {
      each: async ({ overlapUntil }) => {
        if (!overlapUntil || told) return;
        told = true;
        const until = new Date(Date.parse(overlapUntil) + 9 * 3_600_000).toISOString();
        const answer = await cloud.client.functions(`/api/runs/${id}/overlap`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ until }),
        });
        expect(answer.status).toBe(202);
      },
    });
    const at = (step: string) => Date.parse(run.trail.find((entry) => entry.step === step)?.at ?? '');

    expect(run.outcome).toBe('rotated');
    expect((at('remove the old credential') - at('commit')) / 3_600_000).toBeGreaterThan(11.9);
  });
});

describe('requests that make no sense', () => {
  it('are refused and change nothing', async () => {
    cloud = await fleet([]);
    for (const body of [
      { action: 'rotate' },
      { action: 'rotate', credential: 'nobody' },
      { action: 'rotate', profile: 'default' },
      { action: 'enable', credential: 'airflow-sp' },
      { action: 'enable', profile: 'default', force: true },
    ]) {
      expect((await request(cloud.client, body)).status).toBe(422);
    }
  });
});
