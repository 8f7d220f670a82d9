/** The language worker dies under a run: the host then takes what it was working on for failed, for good. */
import { afterEach, describe, expect, it } from 'vitest';
import { readRun, type ShownRun } from '../../../local/demo/follow.js';
import { memberRunId } from '../../../src/domain/runs/instanceIds.js';
import type { ProfileRunResult } from '../../../src/domain/runs/runs.js';
import type { SweepResult } from '../../../src/domain/sweep/sweep.js';
import { parseResourceId } from '../../../src/runtimes/data-factory/resourceId.js';
import {
  enable,
  request,
  requestRun,
  runsOn,
  runtimeId,
  settle,
  startCloud,
  type TestCloud,
} from './harness.js';
import {
  expectNoViolation,
  fleet,
  followRotation,
  keys,
  NO_SWEEP,
  rotate,
  rotationConfig,
  startRotation,
} from './rotationHarness.js';

const DAY = 24 * 3600;

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

/** The worker dies once, at that point of that function. */
const dieUnder = (subject: string, skip = 0, operation = 'before-orchestrator', times = 1) =>
  cloud.client.addFault({
    match: { service: 'host', operation, subject },
    action: { kind: 'workerGone' },
    times,
    skip,
  });

/** By which the host knows the run of this runtime that another run starts, the second one in its place included. */
function memberOf(name: string): string {
  const runtime = parseResourceId(runtimeId(name));
  return memberRunId('', runtime as NonNullable<typeof runtime>);
}

/** By which the host knows the move of a pilot: the sixth child of its rotation, whose fourth has checked the same runtime. */
function moveOfPilot(name: string): string {
  return `-6${memberOf(name)}`;
}

/** Lets time pass until an instance of this ending is under way. */
async function runningChild(ending: string): Promise<string> {
  for (let passed = 0; passed < 3600; passed += 5) {
    await cloud.client.run({ maxSeconds: 5 });
    const { instances } = (await cloud.client.stats()) as {
      instances: { instanceId: string; status: string }[];
    };
    const found = instances.find(
      ({ instanceId, status }) => status === 'Running' && instanceId.endsWith(ending),
    );
    if (found) return found.instanceId;
  }
  throw new Error(`Nothing is under way that ends in ${ending}.`);
}

async function checkProfile() {
  return (await requestRun(cloud.client, { action: 'check', profile: 'default' })) as ShownRun & {
    readonly result: Pick<ProfileRunResult, 'outcomes' | 'runs'>;
  };
}

/** How the rotations of the credential ended. */
async function rotations(): Promise<readonly (string | undefined)[]> {
  const answer = await cloud.client.functions('/api/runs?target=airflow-sp&top=50');
  return ((await answer.json()) as { runs: ShownRun[] }).runs.map(({ outcome }) => outcome);
}

/** Somebody terminates an instance of the durable host by hand. */
async function terminate(instanceId: string): Promise<void> {
  const { functions, systemKey } = cloud.client.ready;
  const path = `/runtime/webhooks/durabletask/instances/${instanceId}/terminate?reason=by-hand&code=${systemKey}`;
  const answer = await fetch(new URL(path, functions), { method: 'POST' });
  expect(answer.status).toBe(202);
}

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

  it("in one runtime's run of a profile: that one is run once more, at once", async () => {
    cloud = await fleet(['one', 'two', 'three'], rotationConfig(), NO_SWEEP);
    await dieUnder('runtimeRun', 4);
    const run = await checkProfile();

    expect(run).toMatchObject({ status: 'completed', outcome: 'accessProven', changed: false });
    expect(run.result.outcomes).toEqual({ accessProven: 3 });
  });

  it("in one runtime's run of a profile, again and again: the others end as they would, and that one is named", async () => {
    cloud = await fleet(['one', 'two', 'three'], rotationConfig(), NO_SWEEP);
    await dieUnder(memberOf('two'), 0, 'before-orchestrator', 2);
    const run = await checkProfile();

    expect(run).toMatchObject({
      status: 'completed',
      outcome: 'incomplete',
      problem: { code: 'runtimesFailed' },
      trail: expect.arrayContaining([expect.objectContaining({ step: 'finish' })]),
    });
    expect(run.result.outcomes).toEqual({ accessProven: 2, interrupted: 1 });
    expect(run.result.runs[0]).toMatchObject({ outcome: 'interrupted' });
  });

  it.each(['awaitOverlap', 'proveInARow'])('in %s of a rotation: it ends as it should', async (name) => {
    cloud = await fleet(['one', 'two'], rotationConfig(), NO_SWEEP);
    await dieUnder(name);
    const run = await rotate(cloud);

    expect(run).toMatchObject({ outcome: 'rotated' });
    expect(await keys(cloud)).toEqual([run.result?.to]);
    await expectNoViolation(cloud);
  });

  it('in the further tries of a mint: that ends the rotation, which leaves a debt for its key', async () => {
    cloud = await fleet(['one'], rotationConfig(), NO_SWEEP);
    const before = await keys(cloud);
    await cloud.client.addFault({
      match: { service: 'graph', operation: 'applications.addPassword' },
      action: { kind: 'status', status: 503 },
      times: 1,
    });
    await dieUnder('retryActivity');
    const run = await rotate(cloud);

    expect(run).toMatchObject({ outcome: 'interrupted', problem: { code: 'hostEnded' } });
    expect(await keys(cloud)).toEqual(before);
    const dryRun = await rotate(cloud, { dryRun: true });
    expect(dryRun.result?.debts).toMatchObject([{ kind: 'removeLabelled', runId: run.id }]);
    await expectNoViolation(cloud);
  });

  it.each(['runtimeRun', 'moveGroup'])(
    'in %s of a rotation: it is run once more, and every runtime is moved',
    async (name) => {
      cloud = await fleet(['one', 'two', 'three'], rotationConfig(['failureLimitPercent: 0']), NO_SWEEP);
      await dieUnder(` ${name} `, name === 'runtimeRun' ? 12 : 1);
      const run = await rotate(cloud);

      expect(run).toMatchObject({ outcome: 'rotated', result: { counts: { moved: 3, failed: 0 } } });
      expect(await keys(cloud)).toEqual([run.result?.to]);
      await expectNoViolation(cloud);
    },
  );

  it('under the pilot, again and again: the fleet goes back', async () => {
    cloud = await fleet(['one', 'two'], rotationConfig(), NO_SWEEP);
    const before = await keys(cloud);
    await dieUnder(moveOfPilot('one'), 3, 'before-orchestrator', 2);
    const run = await rotate(cloud);

    expect(run).toMatchObject({ outcome: 'rolledBack', result: { stragglers: [{ code: 'hostEnded' }] } });
    expect(await keys(cloud)).toEqual(before);
    expect(await rotate(cloud, { force: false })).toMatchObject({ outcome: 'upToDate' });
    // No verdict on the runtime, either: it goes first again.
    const next = await rotate(cloud);
    expect(next.trail.map(({ step }) => step)).toContain('move the pilot one');
    await expectNoViolation(cloud);
  });

  it.each([
    ['proveInARow', 'rolledBack'],
    ['awaitOverlap', 'interrupted'],
  ])('in %s, as often as it begins: the rotation says what it did and owes', async (name, outcome) => {
    cloud = await fleet(['one', 'two'], rotationConfig(), NO_SWEEP);
    const [old = ''] = await keys(cloud);
    await dieUnder(` ${name} `, 0, 'before-orchestrator', 3);
    const run = await rotate(cloud);

    expect(run).toMatchObject({
      outcome,
      changed: true,
      problem: { code: 'hostEnded' },
      result: { to: expect.any(String), counts: { carriers: expect.any(Number) } },
    });
    const owed = (run.result?.debts ?? []).map(({ kind, what }) => `${kind} ${what}`);
    expect(owed).toEqual(outcome === 'interrupted' ? [`removeKey ${old}`] : []);
    // Not `tooSoon`: what the host did is no verdict on the credential. What was owed, the event of the commit has had paid.
    const next = await rotate(cloud, { force: false });
    expect(next.outcome).toBe('upToDate');
    expect(await keys(cloud)).toHaveLength(1);
    await expectNoViolation(cloud);
  });

  it('in the move of the fleet, again and again: the fleet goes back, and the next rotation does not wait', async () => {
    const config = rotationConfig(['rotateBeforeDays: 200', 'validityDays: 400']);
    cloud = await fleet(['one', 'two', 'three'], config, NO_SWEEP);
    await cloud.client.addFault({
      match: { service: 'host', operation: 'before-orchestrator', subject: ' moveGroup ' },
      action: { kind: 'workerGone' },
      times: 2,
      skip: 1,
    });
    const run = await rotate(cloud);
    const sweep = await requestRun(cloud.client, { action: 'sweep', dryRun: true });

    expect(run).toMatchObject({ outcome: 'rolledBack', result: { counts: { failed: 2 } } });
    const ofHost = { outcome: 'interrupted', code: 'hostEnded' };
    expect(run.result?.stragglers).toMatchObject([ofHost, ofHost]);
    const { credentials } = (sweep as unknown as { result: SweepResult }).result;
    expect(credentials).toMatchObject([{ outcome: 'planned' }]);
  });

  it.each([
    ['under its pilot', () => moveOfPilot('one'), 2],
    ['in its proofs', () => ' proveInARow ', 3],
  ])(
    '%s, again and again, of a rotation that is due: the next one does not wait',
    async (_, subject, times) => {
      cloud = await fleet(['one', 'two'], rotationConfig(), NO_SWEEP);
      const [old] = await keys(cloud);
      await cloud.client.advance(149 * DAY);
      await dieUnder(subject(), 0, 'before-orchestrator', times);
      // The credential of 180 days is due, and the vault's event says so. Slices are shorter than a pause after a failure.
      for (let slices = 0; slices < 150 && (await rotations())[0] === undefined; slices++)
        await cloud.client.advance(1200);
      expect(await rotations()).toEqual(['rolledBack']);
      expect(await keys(cloud)).toEqual([old]);
      const sweep = (await requestRun(cloud.client, { action: 'sweep' })) as ShownRun & {
        readonly result: Pick<SweepResult, 'credentials'>;
      };

      expect(sweep.result.credentials).toMatchObject([{ outcome: 'planned', runId: expect.any(String) }]);
      await cloud.client.advance(DAY);
      expect(await rotations()).toContain('rotated');
      expect(await keys(cloud)).not.toContain(old);
      await expectNoViolation(cloud);
    },
  );

  it('in the check of a runtime, as often as it begins: its next sweep does not wait', async () => {
    cloud = await startCloud({ configText: rotationConfig(), settings: NO_SWEEP });
    await dieUnder(' checkAccess ', 0, 'before-orchestrator', 3);
    const run = await enable(cloud, { name: 'etl' });
    expect(run).toMatchObject({ outcome: 'interrupted', problem: { code: 'hostEnded' } });
    const sweep = (await requestRun(cloud.client, { action: 'sweep' })) as ShownRun & {
      readonly result: Pick<SweepResult, 'profiles'>;
    };

    expect(sweep.result.profiles[0]).toMatchObject({ enablements: 1 });
    await settle(cloud.client, 'etl');
    expect((await runsOn(cloud.client, 'etl')).map(({ outcome }) => outcome)).toContain('enabled');
  });
});

describe('a child that somebody terminates', () => {
  it('is run once more, and takes nobody down with it', async () => {
    const names = ['etl-a', 'etl-c', 'etl-d'];
    cloud = await fleet(names, rotationConfig(['failureLimitPercent: 0']), NO_SWEEP);
    const id = await startRotation(cloud);
    const child = await runningChild(memberOf('etl-d'));
    await terminate(child);
    const run = await followRotation(cloud, id);

    expect(run).toMatchObject({ outcome: 'rotated', result: { counts: { moved: 3, failed: 0 } } });
    const { instances } = (await cloud.client.stats()) as {
      instances: readonly { name: string; instanceId: string }[];
    };
    const again = instances.filter(({ instanceId }) => instanceId.endsWith('-a2'));
    expect(again.map(({ name }) => name)).toEqual(['runtimeRun']);
    await expectNoViolation(cloud);
  });
});

describe('a run over a profile', () => {
  it('that is cancelled while its list is tried again says so', async () => {
    cloud = await fleet(['one'], rotationConfig(), NO_SWEEP);
    await cloud.client.addFault({
      match: { service: 'arm', operation: 'integrationRuntimes.list' },
      action: { kind: 'status', status: 503 },
    });
    const answer = await request(cloud.client, { action: 'check', profile: 'default' });
    const { id } = (await answer.json()) as { id: string };
    await cloud.client.run({ maxSeconds: 1 });
    await cloud.client.functions(`/api/runs/${id}/cancel`, { method: 'POST' });
    await cloud.client.run({ maxSeconds: 3600 });

    expect(await readRun(cloud.client, id)).toMatchObject({
      status: 'cancelled',
      outcome: 'cancelled',
      summary: 'Cancelled as asked after 0 runtimes.',
      trail: expect.arrayContaining([expect.objectContaining({ step: 'finish' })]),
    });
  });

  it('whose list is refused says that, and what to do', async () => {
    cloud = await fleet(['one'], rotationConfig(), NO_SWEEP);
    await cloud.client.addFault({
      match: { service: 'arm', operation: 'integrationRuntimes.list' },
      action: { kind: 'status', status: 403 },
    });

    expect(await checkProfile()).toMatchObject({
      status: 'completed',
      outcome: 'refused',
      problem: { remedy: expect.any(String) },
      changed: false,
    });
  });
});
