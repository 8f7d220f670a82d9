import { afterEach, describe, expect, it } from 'vitest';
import { readRun, type ShownRun } from '../../../local/demo/follow.js';
import type { SweepResult } from '../../../src/domain/sweep/sweep.js';
import { THEIR_OWN } from '../../faults/portal.js';
import { request, requestRun, runtimeId, type TestCloud } from './harness.js';
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

type Swept = { readonly outcome: string; readonly result: Pick<SweepResult, 'profiles' | 'credentials'> };

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

/** Starts a run and lets a few minutes pass: others are under way still. */
async function endOfNow({ client }: TestCloud, body: object): Promise<ShownRun & Swept> {
  const { id } = (await (await request(client, body)).json()) as { id: string };
  await client.run({ maxSeconds: 120 });
  return (await readRun(client, id)) as unknown as ShownRun & Swept;
}

const sweep = async (more: object = {}): Promise<Swept> =>
  (await requestRun(cloud.client, { action: 'sweep', ...more })) as unknown as Swept;

describe('a sweep', () => {
  it('finds a runtime that no event told of, and one that somebody changed by hand', async () => {
    cloud = await fleet(['known', 'edited'], rotationConfig());
    // What this list does not show is new to the app from then on.
    await sweep();
    await cloud.client.unsubscribe('airlock-runtimes');
    await cloud.client.createRuntime({ name: 'silent' });
    await cloud.client.createRuntime({ name: 'edited', airflowProperties: THEIR_OWN });
    await cloud.client.run({ maxSeconds: 3600 });

    const found = await sweep({ dryRun: true });
    expect(found.outcome).toBe('swept');
    expect(found.result.profiles[0]).toMatchObject({ findings: { fine: 1, drifted: 2 }, waiting: 0 });
    expect(await markerOf(cloud, 'silent')).toBeUndefined();

    const fixed = await sweep();
    expect(fixed.result.profiles[0]).toMatchObject({
      enablements: 2,
      runtimes: ['edited', 'silent'].map((name) => ({
        runtime: runtimeId(name),
        finding: 'drifted',
        follows: 'enable',
        runId: expect.stringMatching(/^sw-/),
      })),
    });
    await cloud.client.run({ maxSeconds: 2 * 3600 });
    const [key] = await keys(cloud);
    for (const name of ['silent', 'edited']) expect(await markerOf(cloud, name)).toBe(key);
    expect((await sweep()).result.profiles[0]).toMatchObject({ findings: { fine: 3 }, runtimes: [] });
    await expectNoViolation(cloud);
  });

  it('rotates what is due although no event came', async () => {
    cloud = await fleet(['one'], rotationConfig(['rotateBeforeDays: 60']), {
      AIRLOCK_SWEEP_SCHEDULE: '0 0 0 1 * *',
    });
    await cloud.client.unsubscribe('airlock-credentials');
    expect((await sweep()).result.credentials).toMatchObject([{ outcome: 'upToDate' }]);
    const before = await keys(cloud);
    await cloud.client.advance(155 * 86_400);
    // The timer's own sweep, on the first of the month, has done it by then.
    await cloud.client.run({ maxSeconds: 48 * 3600 });
    const after = await keys(cloud);
    expect(after).toHaveLength(1);
    expect(after).not.toEqual(before);
    // An alert comes where this line does not: once for each, however often the host replays.
    const of = (pattern: RegExp) => cloud.log.flatMap((line) => pattern.exec(line)?.[1] ?? []);
    const started = of(/: sweep (\S+) of \S+ started$/);
    expect(started.length).toBeGreaterThan(1);
    expect(of(/: sweep (\S+) started by schedule ended: swept$/)).toEqual(started);
    await expectNoViolation(cloud);
  });
});

describe('what a sweep says of a runtime', () => {
  const swept = async () => (await sweep({ dryRun: true })).result.profiles[0];

  it('is what was found, why, and what follows, with those first that need a person', async () => {
    cloud = await fleet(['fine', 'fails', 'theirs', 'broken', 'work'], rotationConfig(), NO_SWEEP);
    await cloud.client.unsubscribe('airlock-runtimes');
    await cloud.client.setAirflow('fails', { dags: { airlock_check: { behaviour: 'fails' } } });
    const failed = await requestRun(cloud.client, { action: 'check', runtime: runtimeId('fails') });
    expect(failed.outcome).toBe('checkFailed');
    await cloud.client.createRuntime({
      name: 'theirs',
      airflowProperties: {
        airflowEnvironmentVariables: { AIRFLOW__SECRETS__BACKEND: 'their.own.Backend' },
      },
    });
    await cloud.client.setLifecycle({ outcome: 'failed' }, 'broken');
    await cloud.client.createRuntime({ name: 'broken', airflowProperties: {} });
    await cloud.client.run({ maxSeconds: 600 });
    await cloud.client.setAirflow('work', { dags: { airlock_check: { behaviour: 'hangs' } } });
    const answer = await request(cloud.client, { action: 'check', runtime: runtimeId('work') });
    const { id: working } = (await answer.json()) as { id: string };
    await cloud.client.run({ maxSeconds: 60 });

    const found = await endOfNow(cloud, { action: 'sweep', dryRun: true });
    expect(found.result.profiles[0]).toMatchObject({
      findings: { fine: 1, resting: 1, conflict: 1, broken: 1, inWork: 1 },
      runtimes: [
        { runtime: runtimeId('theirs'), finding: 'conflict', follows: 'person' },
        { runtime: runtimeId('broken'), finding: 'broken', follows: 'person', why: 'state Failed' },
        {
          runtime: runtimeId('fails'),
          finding: 'resting',
          follows: 'pause',
          why: expect.stringContaining('dagRunFailed'),
          until: expect.stringMatching(/Z$/),
        },
        { runtime: runtimeId('work'), finding: 'inWork', follows: 'run', runId: working },
      ],
      enablements: 0,
      waiting: 0,
    });
    expect(found.summary).toContain('2 runtimes need a person');
    const until = (await swept())?.runtimes.find(({ finding }) => finding === 'resting')?.until ?? '';
    const now = Date.parse((await cloud.client.clock()).now);
    await cloud.client.advance((Date.parse(until) - now) / 1000);
    expect((await swept())?.findings).toMatchObject({ unproven: 1 });
  });
});

describe('a credential that a rotation works on', () => {
  it('is left alone by sweeps and dry runs, which name the rotation', async () => {
    cloud = await fleet(['one'], rotationConfig(['overlapHours: 6']), NO_SWEEP);
    const id = await startRotation(cloud);
    await cloud.client.run({ maxSeconds: 2 * 3600 });
    const before = await rotations();

    const { result } = await endOfNow(cloud, { action: 'sweep' });
    expect(result.credentials).toEqual([
      expect.objectContaining({ outcome: 'busy', otherRunId: id, summary: expect.stringContaining(id) }),
    ]);
    expect(result.credentials[0]).not.toHaveProperty('runId');
    const dryRun = await endOfNow(cloud, { action: 'rotate', credential: 'airflow-sp', dryRun: true });
    expect(dryRun).toMatchObject({ outcome: 'busy', otherRunId: id });
    // Nothing but the dry run itself was started.
    expect(await rotations()).toBe(before + 1);
    expect((await followRotation(cloud, id)).outcome).toBe('rotated');
    expect((await sweep()).result.credentials).toMatchObject([{ outcome: 'upToDate' }]);
  });

  /** Rotations that were started by somebody, dry runs of sweeps left out. */
  const rotations = async (): Promise<number> => {
    const answer = await cloud.client.functions('/api/runs?top=200&target=airflow-sp');
    const { runs } = (await answer.json()) as { runs: { id: string }[] };
    return runs.filter(({ id }) => !/^rq-[0-9a-f]{32}-/.test(id)).length;
  };
});

describe('a runtime whose check keeps failing', () => {
  it('is left in peace for a while that grows, by sweeps; a person need not wait', async () => {
    cloud = await fleet([], rotationConfig(), NO_SWEEP);
    await cloud.client.createRuntime({ name: 'bad' });
    await cloud.client.setAirflow('bad', { dags: { airlock_check: { behaviour: 'fails' } } });
    await cloud.client.run({ maxSeconds: 2 * 3600 });
    const startedAfter = async (seconds: number): Promise<number> => {
      await cloud.client.advance(seconds);
      const { result } = await sweep();
      return result.profiles[0]?.enablements ?? -1;
    };

    // The run that the event started has failed once.
    expect(await startedAfter(0)).toBe(0);
    expect(await startedAfter(3600)).toBe(1);
    expect(await startedAfter(3600)).toBe(0);
    expect((await sweep({ dryRun: true })).result.profiles[0]?.findings).toEqual({ resting: 1 });
    expect(await startedAfter(3 * 3600)).toBe(1);
    expect(await startedAfter(0)).toBe(0);
    await cloud.client.setAirflow('bad', { dags: { airlock_check: { behaviour: 'normal' } } });
    const checked = await requestRun(cloud.client, { action: 'enable', runtime: runtimeId('bad') });
    expect(checked.outcome).toBe('enabled');
    expect((await sweep()).result.profiles[0]?.findings).toEqual({ fine: 1 });
  });
});

describe('what a rotation leaves as debts', () => {
  const credentials = async (more: object = {}) => (await sweep(more)).result.credentials;

  it('names its label where nobody could look for the key of a mint, and a sweep finds it', async () => {
    cloud = await fleet(['one'], rotationConfig(), NO_SWEEP);
    const before = await keys(cloud);
    const graph = (operation: string) => ({ service: 'graph', operation });
    const refuse = (status: number) => ({
      kind: 'status' as const,
      status,
      body: { error: { code: 'Injected' } },
    });
    // The app gives the call up after half a minute, the key is added all the same, and every look for it is refused.
    await cloud.client.addFault({
      match: graph('applications.addPassword'),
      action: { kind: 'delay', seconds: 120 },
      times: 1,
    });
    await cloud.client.addFault({ match: graph('applications.addPassword'), action: refuse(403) });
    await cloud.client.addFault({ match: graph('applications.get'), action: refuse(404), skip: 1 });
    const run = await rotate(cloud);

    expect(run).toMatchObject({ outcome: 'refused', problem: { code: 'graphForbidden' } });
    expect(run.result?.debts).toMatchObject([
      {
        kind: 'removeLabelled',
        what: expect.stringMatching(new RegExp(`^airlock \\w{8}\\.\\w{8} ${run.id}$`)),
      },
    ]);
    expect(await keys(cloud)).toHaveLength(2);
    await cloud.client.clearFaults();
    await cloud.client.advance(25 * 3600);

    expect(await credentials({ dryRun: true })).toMatchObject([
      { outcome: 'planned', debts: [{ kind: 'removeLabelled', runId: run.id }] },
    ]);
    expect(await keys(cloud)).toHaveLength(2);
    expect(await credentials()).toMatchObject([{ outcome: 'planned' }]);
    await cloud.client.run({ maxSeconds: 3600 });
    expect(await keys(cloud)).toEqual(before);
    // The key is gone; the next look finds nothing with the label and strikes the debt off.
    expect(await credentials()).toMatchObject([
      { outcome: 'planned', summary: expect.stringContaining(run.id) },
    ]);
    await cloud.client.run({ maxSeconds: 3600 });
    const [last] = await credentials();
    expect(last).toMatchObject({ outcome: 'upToDate' });
    expect(last).not.toHaveProperty('debts');
    await expectNoViolation(cloud);
  });

  it('is cleared by a sweep, also where the key is one that the app did not mint', async () => {
    cloud = await fleet(['one'], rotationConfig(), NO_SWEEP);
    const [old] = await keys(cloud);
    await cloud.client.addFault({
      match: { service: 'graph', operation: 'applications.removePassword' },
      action: { kind: 'status', status: 403, body: { error: { code: 'Authorization_RequestDenied' } } },
    });
    const run = await rotate(cloud);

    expect(run).toMatchObject({ outcome: 'rotatedPartly', problem: { code: 'rotationIncomplete' } });
    expect(run.result?.debts).toMatchObject([{ kind: 'removeKey', what: old }]);
    await cloud.client.clearFaults();
    await cloud.client.advance(25 * 3600);
    expect(await credentials()).toMatchObject([{ outcome: 'planned' }]);
    await cloud.client.run({ maxSeconds: 3600 });
    expect(await keys(cloud)).toEqual([run.result?.to]);
    expect(await credentials()).toMatchObject([{ outcome: 'upToDate' }]);
    await expectNoViolation(cloud);
  });
});
