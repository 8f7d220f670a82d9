/**
 * What rotating a fleet takes, against a Resource Manager that throttles as Azure's does and 20 minutes an update; and
 * the plain way beside it, a script that walks the runtimes one by one. In virtual time, from the pilot's start to the
 * last runtime's passed check.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalClient } from '../local/client.js';
import { readRun, startRun } from '../local/demo/follow.js';
import type { LedgerEntry } from '../local/kernel/types.js';
import { launchLocalCloud } from '../local/launch.js';
import { projectFile } from '../local/project.js';
import type { HostStats } from '../local/runner/hostStats.js';
import { AS_DEPLOYED } from '../local/sample/appSettings.js';
import { PRINCIPALS } from '../local/sample/names.js';
import type { RotationResult } from '../src/domain/runs/rotations.js';
import { type Measurement, measured } from './measure.js';
import { walkFleet } from './plain.js';

const FACTORIES = 40;
const UPDATE_SECONDS = 20 * 60;
/** From the trigger to the answer of a check on an Airflow that has nothing else to do, asked every 12 s. */
const CHECK_SECONDS = 24;
const HOUR = 3600;
/** Once a year. */
const NO_SWEEP = { AIRLOCK_SWEEP_SCHEDULE: '0 0 0 1 1 *' };
/** After that the daily purge takes all that it takes before `retentionDays`. */
const PURGED_AFTER_DAYS = 4;
const SIZES = [10, 100, 400, 1000] as const;
/** So long takes the plain way that it is walked for a few sizes only. */
const WALKED: ReadonlySet<number> = new Set([10, 100, 1000]);
/** Of fewer runtimes what the first one costs says more than the rest. */
const LEAST_FOR_CPU = 100;

interface Shown {
  readonly status: string;
  readonly outcome?: string;
  readonly summary?: string;
  readonly overlapUntil?: string;
  readonly result?: Pick<RotationResult, 'counts'>;
  readonly trail: readonly { readonly at: string; readonly step: string; readonly outcome: string }[];
}

/** Two updates with their checks in sequence, and the writes that the budget lets through only later. Seconds. */
function bound(runtimes: number): number {
  return 2 * (UPDATE_SECONDS + CHECK_SECONDS) + Math.max(0, runtimes - 200) / 10;
}

export async function benchRotate(): Promise<Measurement[]> {
  const all: Measurement[] = [];
  const cpuOf = new Map<number, number>();
  for (const size of SIZES) {
    const { rows, cpuMs } = await rotateFleet(size);
    all.push(...rows);
    cpuOf.set(size, cpuMs / size);
    if (size >= LEAST_FOR_CPU) all.push(measured(`rotate.${size}.cpu.ms.per.runtime`, cpuMs / size, 'ms'));
    if (WALKED.has(size)) all.push(await walkedFleet(size));
  }
  const [few = 1, many = 1] = [cpuOf.get(100), cpuOf.get(1000)];
  return [...all, measured('rotate.cpu.linearity', many / few, 'ratio')];
}

async function rotateFleet(size: number): Promise<{ rows: Measurement[]; cpuMs: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'airlock-bench-'));
  const config = join(folder, 'airlock.yaml');
  writeFileSync(config, fleetConfig());
  const cloud = await launchLocalCloud({
    port: 0,
    clock: 'virtual',
    config,
    settings: { ...NO_SWEEP, ...AS_DEPLOYED },
  });
  try {
    const { client } = cloud;
    await client.seedFleet({
      factories: Math.min(FACTORIES, size),
      runtimes: size,
      startSeconds: UPDATE_SECONDS,
    });
    const before = await stats(client);
    const { id, run, calls } = await rotateUntilOverlap(client);
    const moved = await stats(client);
    const rows = [
      ...makespanRows(size, run),
      ...callRows(size, run, calls),
      ...durableRows(size, moved),
      measured(`rotate.${size}.cpu.s`, (moved.cpuMs - before.cpuMs) / 1000, 's'),
    ];
    await untilCompleted(client, id);
    const ended = await stats(client);
    await untilPurged(client);
    // What is kept for as long as runs are; when the last was moved, nothing was purged.
    const kept = await stats(client);
    const perRuntime = (metric: string, much: number, unit: string) =>
      measured(`rotate.${size}.${metric}.per.runtime`, much / size, unit);
    rows.push(
      perRuntime('activities', ended.activities - before.activities, 'activities'),
      perRuntime('state.bytes.moved', moved.stateBytes - before.stateBytes, 'bytes'),
      perRuntime('state.bytes', kept.stateBytes - before.stateBytes, 'bytes'),
    );
    return { rows, cpuMs: moved.cpuMs - before.cpuMs };
  } finally {
    await cloud.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** When the last runtime was moved. Throws where one was not. */
function movedAt(size: number, { trail, summary, status }: Shown): string {
  const moved = trail.find(({ step }) => /^move \d+ runtimes?$/.test(step));
  if (moved?.outcome.endsWith(', 0 not')) return moved.at;
  throw new Error(`${size} runtimes: ${moved?.outcome ?? summary ?? status}`);
}

function makespanRows(size: number, run: Shown): Measurement[] {
  const pilotFrom = run.trail.find(({ step }) => step === 'prove the new credential');
  if (!pilotFrom) throw new Error(`${size} runtimes: the new credential was not proven.`);
  const makespan = (Date.parse(movedAt(size, run)) - Date.parse(pilotFrom.at)) / 1000;
  return [
    measured(`rotate.${size}.makespan.s`, makespan, 's'),
    measured(`rotate.${size}.bound.s`, bound(size), 's'),
    measured(`rotate.${size}.ratio`, makespan / bound(size), 'ratio'),
  ];
}

function callRows(size: number, run: Shown, all: readonly LedgerEntry[]): Measurement[] {
  const calls = all.filter(({ status, at }) => status !== undefined && at <= movedAt(size, run));
  const row = (metric: string, wanted: (call: LedgerEntry) => boolean) =>
    measured(`rotate.${size}.arm.${metric}`, calls.filter(wanted).length, 'calls');
  const isWrite = ({ operation }: LedgerEntry) => operation === 'integrationRuntimes.createOrUpdate';
  return [
    row('reads', (call) => !isWrite(call)),
    row('lists', ({ operation }) => operation.endsWith('list')),
    row('writes', isWrite),
    row('throttled', ({ status }) => status === 429),
  ];
}

function durableRows(size: number, { instances }: HostStats): Measurement[] {
  const events = Math.max(...instances.map(({ maxEvents }) => maxEvents));
  const payload = Math.max(...instances.map(({ maxPayload }) => maxPayload));
  return [
    measured(`rotate.${size}.history.events.max`, events, 'events'),
    measured(`rotate.${size}.payload.bytes.max`, payload, 'bytes'),
  ];
}

async function walkedFleet(size: number): Promise<Measurement> {
  const cloud = await launchLocalCloud({ port: 0, clock: 'virtual', settings: NO_SWEEP });
  try {
    const fleet = { factories: Math.min(FACTORIES, size), runtimes: size };
    await cloud.client.seedFleet({ ...fleet, startSeconds: UPDATE_SECONDS });
    const spent = await walkFleet(cloud.client, {
      ...fleet,
      updateSeconds: UPDATE_SECONDS,
      checkSeconds: CHECK_SECONDS,
    });
    return measured(`plain.${size}.makespan.s`, spent, 's');
  } finally {
    await cloud.stop();
  }
}

interface Overlapping {
  readonly id: string;
  readonly run: Shown;
  /** What the app asked of Resource Manager. */
  readonly calls: readonly LedgerEntry[];
}

async function rotateUntilOverlap(client: LocalClient): Promise<Overlapping> {
  const id = await startRun(client, { action: 'rotate', credential: 'airflow-sp', force: true });
  const calls: LedgerEntry[] = [];
  for (let passed = 0; passed < 12 * HOUR; passed += 120) {
    await client.run({ maxSeconds: 120 });
    // Now and then: a ledger keeps its newest entries, and a fleet makes more than that.
    calls.push(...(await newCalls(client, calls.at(-1)?.n ?? 0)));
    const run = await shown(client, id);
    if (run.overlapUntil !== undefined || run.status === 'completed') return { id, run, calls };
  }
  throw new Error(`The rotation ${id} did not reach its overlap.`);
}

async function newCalls(client: LocalClient, since: number): Promise<readonly LedgerEntry[]> {
  return client.ledger({ service: 'arm', caller: PRINCIPALS.app, since });
}

/** Over the overlap, to the look that shows that nobody leans on the old credential. */
async function untilCompleted(client: LocalClient, id: string): Promise<void> {
  for (let passed = 0; passed < 72 * HOUR; passed += HOUR) {
    if ((await shown(client, id)).status === 'completed') return;
    await client.run({ maxSeconds: HOUR });
  }
  throw new Error(`The rotation ${id} did not end.`);
}

/** Over the daily purge, which counts ages from the newest that the host tells of: a dry run. */
async function untilPurged(client: LocalClient): Promise<void> {
  await client.advance(PURGED_AFTER_DAYS * 24 * HOUR);
  await startRun(client, { action: 'sweep', dryRun: true });
  await client.advance(24 * HOUR);
}

async function shown(client: LocalClient, id: string): Promise<Shown> {
  return (await readRun(client, id)) as unknown as Shown;
}

/** The sample environment's configuration for a whole subscription, asked every minute. */
function fleetConfig(): string {
  const sample = readFileSync(projectFile('local', 'sample', 'airlock.yaml'), 'utf8');
  return sample.replace('factory: adf-airlock', 'factory: adf-*');
}

async function stats(client: LocalClient): Promise<HostStats> {
  return (await client.stats()) as unknown as HostStats;
}
