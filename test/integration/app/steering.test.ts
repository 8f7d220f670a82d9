/** People steer a rotation: who did is told, what makes no sense is refused, and nobody does it past the app's own API. */
import { afterEach, describe, expect, it } from 'vitest';
import { readRun } from '../../../local/demo/follow.js';
import type { NotificationType } from '../../../src/domain/events/notifications.js';
import type { Instruction } from '../../../src/domain/runs/runControl.js';
import { NOTIFICATION_SCHEMAS } from '../../../src/notifications/schemas.js';
import { request, type TestCloud } from './harness.js';
import {
  beginAgain,
  fleet,
  followRotation,
  followUntil,
  instruct,
  keys,
  NO_SWEEP,
  rotationConfig,
  type ShownRotation,
  startRotation,
} from './rotationHarness.js';

const HOUR_MS = 3_600_000;
const CALLER = { principal: expect.stringMatching(/^function key [0-9a-f]{8}$/) };
const TOPIC = 'https://airlock-events.westeurope-1.eventgrid.azure.net/api/events';
const withTopic = (config: string) =>
  config.replace('version: 1\n', `version: 1\nevents: { topic: "${TOPIC}" }\n`);
/** A gate is looked at every 15 minutes, an overlap every hour: short ones are less to play. */
const gated = (gate: 'pilot' | 'removal') =>
  withTopic(rotationConfig([`approval: { before: ${gate}, deadlineHours: 2 }`, 'overlapHours: 1']));

type Shown = Omit<ShownRotation, 'waitingFor'> & {
  readonly startedBy?: object;
  readonly waitingFor?: { readonly gate: string; readonly since: string };
  readonly instructions?: readonly Omit<Instruction, 'signature'>[];
  readonly overlapLatest?: string;
  readonly cancelRequested?: boolean;
};

let cloud: TestCloud;
afterEach(async () => {
  await cloud?.handle.stop();
});

const tell = async (id: string, what: string, body: object) => {
  const answer = await instruct(cloud, id, what, body);
  // The signal is on its way to the run's entity.
  if (answer.ok) await cloud.client.run({ maxSeconds: 1 });
  return { ...((await answer.json()) as { type?: string; detail?: string }), status: answer.status };
};
const approve = (id: string, gate: string) => tell(id, 'approve', { gate, decision: 'approve' });
const shown = async (id: string) => (await readRun(cloud.client, id)) as unknown as Shown;
const now = async () => Date.parse((await cloud.client.clock()).now);

const until = (id: string, there: (run: Shown) => boolean) => followUntil(cloud, id, there);
const atGate = (id: string) => until(id, ({ waitingFor }) => waitingFor !== undefined);
const inOverlap = (id: string) => until(id, ({ overlapUntil }) => overlapUntil !== undefined);

/** A signal past the app, by the durable extension's own endpoint and key. */
async function signalByHost(id: string, operation: string, body: object): Promise<number> {
  const { functions, systemKey } = cloud.client.ready;
  const path = `/runtime/webhooks/durabletask/entities/run/${id}?op=${operation}&code=${systemKey}`;
  const answer = await fetch(new URL(path, functions), { method: 'POST', body: JSON.stringify(body) });
  return answer.status;
}

/** What the host's own endpoint tells whoever has its key: the state of a run's entity. */
async function entityByHost(id: string): Promise<readonly Instruction[]> {
  const { functions, systemKey } = cloud.client.ready;
  const path = `/runtime/webhooks/durabletask/entities/run/${id}?code=${systemKey}`;
  const answer = await fetch(new URL(path, functions));
  return ((await answer.json()) as { instructions: readonly Instruction[] }).instructions;
}

const sent = async (type: NotificationType) =>
  ((await cloud.client.published()) as { eventType: NotificationType; data: object }[])
    .filter(({ eventType }) => eventType === type)
    .map(({ data }) => {
      expect(NOTIFICATION_SCHEMAS[type].safeParse(data).error).toBeUndefined();
      return data;
    });

describe('who did it', () => {
  it('stands in run, trail and event: who asked, approved, and changed the overlap', async () => {
    cloud = await fleet(['one'], gated('removal'));
    const id = await startRotation(cloud);
    const waiting = await inOverlap(id);
    const later = new Date(Date.parse(waiting.overlapUntil ?? '') + HOUR_MS).toISOString();
    expect((await tell(id, 'overlap', { until: later })).status).toBe(202);
    await atGate(id);
    expect((await approve(id, 'removal')).status).toBe(202);

    const run = (await followRotation(cloud, id)) as unknown as Shown;

    expect(run.outcome).toBe('rotated');
    expect(run.startedBy).toMatchObject({ kind: 'request', ...CALLER, operation: 'startRun' });
    expect(run.instructions).toMatchObject([
      { kind: 'setOverlap', until: later, ...CALLER, operation: 'setOverlap' },
      { kind: 'decide', gate: 'removal', decision: 'approve', ...CALLER, operation: 'approveRun' },
    ]);
    const [changed, approved] = run.instructions ?? [];
    const trail = run.trail.map(({ step, outcome }) => `${step}: ${outcome}`);
    expect(trail[0]).toMatch(/^start: rotate airflow-sp: asked for by function key [0-9a-f]{8}, startRun /);
    expect(trail).toContainEqual(
      expect.stringMatching(
        `overlap set to ${later} by function key [0-9a-f]{8}, setOverlap ${changed?.invocationId}, at ${changed?.at}`,
      ),
    );
    expect(trail).toContainEqual(
      expect.stringMatching(
        `approved by function key [0-9a-f]{8}, approveRun ${approved?.invocationId}, at ${approved?.at}`,
      ),
    );
    expect(await sent('Airlock.RunInstructed.v1')).toMatchObject([
      { runId: id, credential: 'airflow-sp', instruction: 'setOverlap', until: later, by: CALLER },
      { runId: id, credential: 'airflow-sp', instruction: 'approve', gate: 'removal', by: CALLER },
    ]);
    expect(await sent('Airlock.RotationStarted.v1')).toMatchObject([
      { runId: id, by: { ...CALLER, operation: 'startRun' } },
    ]);
    expect(JSON.stringify(run)).not.toContain(cloud.client.ready.functionKey);
  });

  it('stands there too of a cancellation, which only the first one is', async () => {
    cloud = await fleet(['one'], gated('pilot'));
    const id = await startRotation(cloud);
    await atGate(id);
    for (let times = 0; times < 2; times++) expect((await tell(id, 'cancel', {})).status).toBe(202);

    const run = (await followRotation(cloud, id)) as unknown as Shown;

    expect(run.outcome).toBe('cancelled');
    expect(run.instructions).toMatchObject([{ kind: 'cancel', ...CALLER, operation: 'cancelRun' }]);
    expect(run.trail).toContainEqual(
      expect.objectContaining({
        step: 'cancel',
        outcome: expect.stringMatching(/^cancelled by function key /),
      }),
    );
    expect(await sent('Airlock.RunInstructed.v1')).toMatchObject([
      { runId: id, instruction: 'cancel', by: CALLER },
    ]);
  });
});

describe('what makes no sense', () => {
  it('is refused before the gate is open, with what the run does, and once somebody has decided', async () => {
    cloud = await fleet(['one'], gated('removal'));
    const id = await startRotation(cloud);
    await until(id, ({ step }) => step !== undefined);

    expect(await approve(id, 'removal')).toMatchObject({
      status: 409,
      type: 'urn:airlock:problem:notOpenYet',
      detail: expect.stringContaining('it is at "'),
    });
    expect(await approve(id, 'pilot')).toMatchObject({
      status: 409,
      type: 'urn:airlock:problem:notWaiting',
      detail: expect.stringContaining('approval of the removal, not of the pilot'),
    });
    await atGate(id);
    expect((await approve(id, 'removal')).status).toBe(202);
    expect((await approve(id, 'removal')).status).toBe(202);
    expect(await tell(id, 'approve', { gate: 'removal', decision: 'reject' })).toMatchObject({
      status: 409,
      type: 'urn:airlock:problem:alreadyDecided',
      detail: expect.stringContaining('was approved at'),
    });
    expect(await followRotation(cloud, id)).toMatchObject({ outcome: 'rotated' });
  });

  it('is refused for an overlap with the bounds, and a change is shown at once', async () => {
    cloud = await fleet(
      ['one'],
      rotationConfig(['rotateBeforeDays: 30', 'validityDays: 90', 'overlapHours: 1']),
    );
    const enabled = await now();
    const id = await startRotation(cloud);
    const { overlapLatest = '', overlapUntil } = await inOverlap(id);
    const { result: _, ...before } = await shown(id);
    expect(Date.parse(overlapLatest) - (await now())).toBeLessThan(60 * 24 * HOUR_MS);
    // The API goes by the machine's clock, which the local cloud's runs ahead of.
    for (const moment of [0, enabled + 60_000, Date.parse(overlapLatest) + 1, Date.parse('2072-01-01')]) {
      const refused = await tell(id, 'overlap', { until: new Date(moment).toISOString() });
      expect(refused).toMatchObject({ status: 422, detail: expect.stringContaining(overlapLatest) });
    }
    expect(await shown(id)).toEqual(before);

    const sooner = new Date((await now()) + 10 * 60_000).toISOString();
    expect(sooner < (overlapUntil ?? '')).toBe(true);
    expect((await tell(id, 'overlap', { until: sooner })).status).toBe(202);
    expect((await shown(id)).overlapUntil).toBe(sooner);
    const list = (await (await cloud.client.functions('/api/runs?target=airflow-sp')).json()) as {
      readonly runs: readonly Shown[];
    };
    expect(list.runs.find((run) => run.id === id)?.overlapUntil).toBe(sooner);
    const again = await tell(id, 'overlap', { until: '2072-01-01T00:00:00Z' });
    expect(again.detail).toContain(`ends at ${sooner} as it is`);

    const run = await followRotation(cloud, id, { sliceSeconds: 600 });
    expect(run.trail.map(({ outcome }) => outcome)).toContain(`ended at ${sooner}`);
  });

  it('is refused for a cancellation after the commit, with the reason', async () => {
    cloud = await fleet(['one'], rotationConfig(['overlapHours: 1']));
    const id = await startRotation(cloud);
    await inOverlap(id);

    expect(await tell(id, 'cancel', {})).toMatchObject({
      status: 409,
      type: 'urn:airlock:problem:pastCancelling',
      detail: expect.stringContaining('can only go on'),
    });
    expect(await followRotation(cloud, id)).toMatchObject({ outcome: 'rotated', cancelRequested: false });
  });
});

describe('a no', () => {
  const reject = (id: string, gate: string) => tell(id, 'approve', { gate, decision: 'reject' });
  const rotations = async (): Promise<Shown[]> => {
    const answer = await cloud.client.functions('/api/runs?target=airflow-sp&top=50');
    return ((await answer.json()) as { runs: Shown[] }).runs;
  };
  /** With time for what it starts to come to a gate, but not for the gate's deadline. */
  const sweep = async () => {
    const answer = await request(cloud.client, { action: 'sweep' });
    const { id } = (await answer.json()) as { id: string };
    await cloud.client.run({ maxSeconds: 3600 });
    return readRun(cloud.client, id);
  };
  const DAY = 86_400;

  it('to the pilot stands for every sweep, until somebody asks or the credential is urgent', async () => {
    cloud = await fleet(['one'], gated('pilot'));
    const old = await keys(cloud);
    // The credential of 180 days is due, and the vault's event says so.
    await cloud.client.advance(150 * DAY + 3600);
    const [first] = await rotations();
    await atGate(first?.id ?? '');
    expect((await reject(first?.id ?? '', 'pilot')).status).toBe(202);
    expect(await followRotation(cloud, first?.id ?? '')).toMatchObject({ outcome: 'rolledBack' });
    expect(await keys(cloud)).toEqual(old);

    // The first sweep still settles what the run owes.
    await sweep();
    await cloud.client.advance(2 * DAY);
    const swept = (await sweep()) as { result?: { credentials: { outcome: string; summary: string }[] } };
    expect(swept.result?.credentials).toMatchObject([
      {
        outcome: 'declined',
        summary: expect.stringMatching(/^Nothing was done: function key .* rejected it at /),
      },
    ]);
    expect((await rotations()).filter(({ status }) => status === 'running')).toEqual([]);
    expect(await keys(cloud)).toEqual(old);

    const asked = await startRotation(cloud, {});
    expect((await atGate(asked)).waitingFor?.gate).toBe('pilot');
    expect((await reject(asked, 'pilot')).status).toBe(202);
    await followRotation(cloud, asked);
    const [{ endDateTime } = { endDateTime: '' }] = await cloud.client.passwords('airflow');
    await cloud.client.advance((Date.parse(endDateTime) - (await now())) / 1000 - 2 * 3600);
    await sweep();
    const [urgent] = await rotations();
    expect(urgent?.waitingFor?.gate).toBe('pilot');
  });

  it('to the removal stands for every sweep, and whoever asks is asked again', async () => {
    cloud = await fleet(['one'], gated('removal'));
    const id = await startRotation(cloud);
    await atGate(id);
    expect((await reject(id, 'removal')).status).toBe(202);
    const run = await followRotation(cloud, id);
    expect(run).toMatchObject({ outcome: 'rotatedPartly', result: { debts: [{ kind: 'removeKey' }] } });
    const both = await keys(cloud);
    expect(both.length).toBe(2);
    for (let days = 0; days < 3; days++) {
      await cloud.client.advance(DAY);
      await sweep();
    }
    expect(await keys(cloud)).toEqual(both);

    const again = await startRotation(cloud, {});
    expect((await atGate(again)).waitingFor?.gate).toBe('removal');
    expect((await approve(again, 'removal')).status).toBe(202);
    expect((await followRotation(cloud, again)).outcome).toBe('rotated');
    expect(await keys(cloud)).toEqual([run.result?.to]);
  });

  it('that nobody said is none: after the deadline the next sweep asks once more, and removes nothing', async () => {
    cloud = await fleet(['one'], gated('removal'));
    const id = await startRotation(cloud);
    expect(await followRotation(cloud, id)).toMatchObject({ outcome: 'rotatedPartly' });
    const both = await keys(cloud);
    await cloud.client.advance(2 * DAY);
    await sweep();
    const [next] = await rotations();

    expect(await keys(cloud)).toEqual(both);
    expect(next?.waitingFor?.gate ?? next?.summary).toBe('removal');
  });
});

describe('past the app', () => {
  const FORGED = {
    principal: 'ada@contoso.example',
    operation: 'approveRun',
    invocationId: 'none',
    at: '2026-11-25T10:00:00.000Z',
    signature: 'f'.repeat(64),
  };

  it('nobody opens a gate, neither before it is reached nor at it, and the trail says that somebody tried', async () => {
    cloud = await fleet(['one'], gated('removal'));
    const id = await startRotation(cloud);
    await cloud.client.run({ maxSeconds: 30 });
    const decision = { gate: 'removal', decision: 'approve' };
    expect(await signalByHost(id, 'decide', { ...decision, by: 'nobody', at: '' })).toBe(202);
    const { waitingFor } = await atGate(id);
    const openedAt = waitingFor?.since ?? '';
    expect(await signalByHost(id, 'decide', { ...decision, ...FORGED, openedAt })).toBe(202);
    const old = await keys(cloud);

    const run = (await followRotation(cloud, id)) as unknown as Shown;

    expect(run).toMatchObject({ outcome: 'rotatedPartly', cancelRequested: false });
    expect(run.instructions).toBeUndefined();
    expect(await keys(cloud)).toEqual(old);
    const ignored = run.trail.filter(({ outcome }) =>
      outcome.startsWith('ignored, since this app did not sign it'),
    );
    expect(ignored.length).toBe(2);
    expect(cloud.log.join('\n')).toContain(`run ${id}: ignored, since this app did not sign it`);
  });

  it('a genuine approval opens neither the gate of another run nor another opening', async () => {
    cloud = await fleet(['one'], gated('pilot'));
    const first = await startRotation(cloud);
    await atGate(first);
    expect((await approve(first, 'pilot')).status).toBe(202);
    const [genuine] = await entityByHost(first);
    expect(genuine).toMatchObject({ kind: 'decide', signature: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect((await followRotation(cloud, first)).outcome).toBe('rotated');

    const second = await startRotation(cloud);
    const { waitingFor } = await atGate(second);
    const moved = { ...genuine, openedAt: waitingFor?.since };
    for (const replay of [genuine ?? {}, moved]) await signalByHost(second, 'decide', replay);
    await cloud.client.run({ maxSeconds: 1800 });
    expect((await shown(second)).waitingFor?.gate).toBe('pilot');

    expect((await approve(second, 'pilot')).status).toBe(202);
    expect((await followRotation(cloud, second)).outcome).toBe('rotated');
  });

  it('a genuine approval opens no second gate of its own run, neither by itself nor sent again', async () => {
    cloud = await fleet(['one'], gated('removal'));
    const id = await startRotation(cloud);
    const { waitingFor: first } = await atGate(id);
    expect((await approve(id, 'removal')).status).toBe(202);
    await until(id, ({ step }) => step?.name === 'remove the old credential');
    const [genuine] = await entityByHost(id);
    expect(genuine).toMatchObject({
      kind: 'decide',
      openedAt: first?.since,
      signature: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    await beginAgain(cloud, id);
    const { waitingFor } = await atGate(id);
    expect(waitingFor?.since).not.toBe(first?.since);

    const moved = { ...genuine, openedAt: waitingFor?.since };
    for (const replay of [genuine ?? {}, moved]) await signalByHost(id, 'decide', replay);
    await cloud.client.run({ maxSeconds: 1800 });
    expect((await shown(id)).waitingFor?.gate).toBe('removal');
    expect(await keys(cloud)).toHaveLength(2);

    expect((await approve(id, 'removal')).status).toBe(202);
    const { result } = await followRotation(cloud, id);
    expect(await keys(cloud)).toEqual([result?.to]);
  });

  it('nobody changes the overlap or cancels', async () => {
    cloud = await fleet(['one'], rotationConfig(['overlapHours: 1']), NO_SWEEP);
    const id = await startRotation(cloud);
    await cloud.client.run({ maxSeconds: 30 });
    expect(await signalByHost(id, 'cancel', { ...FORGED, operation: 'cancelRun' })).toBe(202);
    const { overlapUntil = '', overlapSince } = (await inOverlap(id)) as Shown & { overlapSince?: string };
    const until2072 = { ...FORGED, openedAt: overlapSince ?? '', until: '2072-01-01T00:00:00.000Z' };
    expect(await signalByHost(id, 'setOverlap', until2072)).toBe(202);

    const run = await followRotation(cloud, id);

    expect(run.outcome).toBe('rotated');
    expect(run.trail.map(({ outcome }) => outcome)).toContain(`ended at ${overlapUntil}`);
  });
});
