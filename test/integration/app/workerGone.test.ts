/** The language worker dies under a run: the host then takes what it was working on for failed, for good. */
import { afterEach, describe, expect, it } from 'vitest';
import { readRun, type ShownRun } from '../../../local/demo/follow.js';
import { enable, request, requestRun, runsOn, settle, startCloud, type TestCloud } from './harness.js';
import { expectNoViolation, fleet, keys, NO_SWEEP, rotate, rotationConfig } from './rotationHarness.js';

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

/** The worker dies once, at that point of that function. */
const dieUnder = (subject: string, skip = 0, operation = 'before-orchestrator') =>
  cloud.client.addFault({
    match: { service: 'host', operation, subject },
    action: { kind: 'workerGone' },
    times: 1,
    skip,
  });

type Ended = ShownRun & { readonly childRunIds?: readonly string[] };

describe('a worker that dies', () => {
  it.each(['awaitRuntime', 'checkAccess'])('in %s: it begins anew, and the run goes on', async (name) => {
    cloud = await startCloud();
    await dieUnder(name, 1);
    const run = await enable(cloud, { name: 'etl' });

    expect(run).toMatchObject({ outcome: 'enabled' });
  });

  it.each(['before-activity', 'after-activity'])('in an activity (%s): it is tried again', async (point) => {
    cloud = await startCloud();
    await dieUnder('applySettings', 0, point);
    const run = await enable(cloud, { name: 'etl' });

    expect(run).toMatchObject({ outcome: 'enabled' });
  });

  it('in a run: it says what happened and what to do', async () => {
    cloud = await startCloud();
    await dieUnder('runtimeRun', 3);
    await cloud.client.createRuntime({ name: 'etl' });
    await settle(cloud.client, 'etl');
    const runs = await runsOn(cloud.client, 'etl');
    const ended = runs.find(({ status }) => status === 'failed');

    expect(ended).toMatchObject({
      outcome: 'interrupted',
      problem: { code: 'hostEnded', remedy: expect.stringMatching(/start the run again/i) },
    });
  });

  it('in the run of a profile: its children go on, and it names them', async () => {
    cloud = await fleet(['one', 'two'], rotationConfig(), NO_SWEEP);
    await dieUnder('profileRun', 3);
    const answer = await request(cloud.client, { action: 'check', profile: 'default' });
    const { id } = (await answer.json()) as { id: string };
    await cloud.client.run({ maxSeconds: 2 * 3600 });
    const run = (await readRun(cloud.client, id)) as Ended;

    expect(run).toMatchObject({ status: 'failed', outcome: 'interrupted', problem: { code: 'hostEnded' } });
    expect(run.childRunIds?.map((child) => child.slice(0, id.length + 1))).toEqual([`${id}-`, `${id}-`]);
    for (const child of run.childRunIds ?? []) {
      expect(await readRun(cloud.client, child)).toMatchObject({ outcome: 'accessProven' });
    }
  });

  it("in one runtime's run of a profile: the others end as they would, and that one is named", async () => {
    cloud = await fleet(['one', 'two', 'three'], rotationConfig(), NO_SWEEP);
    await dieUnder('runtimeRun', 4);
    const run = (await requestRun(cloud.client, { action: 'check', profile: 'default' })) as ShownRun & {
      readonly result: { readonly outcomes: unknown };
    };

    expect(run.status).toBe('completed');
    expect(run.result.outcomes).toEqual({ accessProven: 2, interrupted: 1 });
  });

  it.each(['awaitOverlap', 'proveInARow'])('in %s of a rotation: it ends as it should', async (name) => {
    cloud = await fleet(['one', 'two'], rotationConfig(), NO_SWEEP);
    await dieUnder(name);
    const run = await rotate(cloud);

    expect(run).toMatchObject({ outcome: 'rotated' });
    expect(await keys(cloud)).toEqual([run.result?.to]);
    await expectNoViolation(cloud);
  });

  it('in the further tries of a mint: that ends the rotation, which owes a look for its key', async () => {
    cloud = await fleet(['one'], rotationConfig(), NO_SWEEP);
    const before = await keys(cloud);
    await cloud.client.addFault({
      match: { service: 'graph', operation: 'applications.addPassword' },
      action: { kind: 'status', status: 503 },
      times: 1,
    });
    await dieUnder('retryStep');
    const run = await rotate(cloud);

    expect(run).toMatchObject({ outcome: 'interrupted', problem: { code: 'hostEnded' } });
    expect(await keys(cloud)).toEqual(before);
    const dryRun = await rotate(cloud, { dryRun: true });
    expect(dryRun.result?.debts).toMatchObject([{ kind: 'removeLabelled', runId: run.id }]);
    await expectNoViolation(cloud);
  });

  it("in one runtime's run of a rotation: that one goes back, and nobody has a dead credential", async () => {
    cloud = await fleet(['one', 'two', 'three'], rotationConfig(['failureLimitPercent: 0']), NO_SWEEP);
    await dieUnder('runtimeRun', 12);
    const run = await rotate(cloud);

    expect(run.status).toBe('completed');
    expect(['rolledBack', 'rotated', 'rotatedPartly']).toContain(run.outcome);
    await expectNoViolation(cloud);
  });
});
