/**
 * What rotating a fleet takes, against a Resource Manager that throttles as Azure's does and 20 minutes an update; and
 * the plain way beside it, a script that walks the runtimes one by one. In virtual time, from the pilot's start to the
 * last runtime's passed check.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalClient } from '../local/client.js';
import { readRun } from '../local/demo/follow.js';
import { launchLocalCloud } from '../local/launch.js';
import { projectFile } from '../local/project.js';
import type { HostStats } from '../local/runner/functionsHost.js';
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
const SIZES = [10, 100, 1000] as const;

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
  for (const size of SIZES) all.push(...(await rotateFleet(size)), await walkedFleet(size));
  return all;
}

async function rotateFleet(size: number): Promise<Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), 'airlock-bench-'));
  const config = join(folder, 'airlock.yaml');
  writeFileSync(config, fleetConfig());
  const cloud = await launchLocalCloud({
    port: 0,
    clock: 'virtual',
    config,
    settings: NO_SWEEP,
  });
  try {
    const { client } = cloud;
    await client.seedFleet({
      factories: Math.min(FACTORIES, size),
      runtimes: size,
      startSeconds: UPDATE_SECONDS,
    });
    const before = await stats(client);
    const run = await rotateUntilOverlap(client);
    const moved = run.trail.find(({ step }) => /^move \d+ runtimes?$/.test(step));
    const pilotFrom = run.trail.find(({ step }) => step === 'prove the new credential');
    if (!moved || !pilotFrom || !moved.outcome.endsWith(', 0 not')) {
      throw new Error(`${size} runtimes: ${moved?.outcome ?? run.summary ?? run.status}`);
    }
    const makespan = (Date.parse(moved.at) - Date.parse(pilotFrom.at)) / 1000;
    const { instances } = await stats(client);
    const ledger = await client.ledger({ service: 'arm', caller: PRINCIPALS.app });
    const calls = ledger.filter(({ status, at }) => status !== undefined && at <= moved.at);
    const writes = calls.filter(({ operation }) => operation === 'integrationRuntimes.createOrUpdate');
    const name = (metric: string) => `rotate.${size}.${metric}`;
    return [
      measured(name('makespan.s'), makespan, 's'),
      measured(name('bound.s'), bound(size), 's'),
      measured(name('ratio'), makespan / bound(size), ''),
      measured(name('arm.reads'), calls.length - writes.length, 'calls'),
      measured(
        name('arm.lists'),
        calls.filter(({ operation }) => operation.endsWith('list')).length,
        'calls',
      ),
      measured(name('arm.writes'), writes.length, 'calls'),
      measured(name('arm.throttled'), calls.filter(({ status }) => status === 429).length, 'calls'),
      measured(
        name('history.events.max'),
        Math.max(...instances.map(({ maxEvents }) => maxEvents)),
        'events',
      ),
      measured(
        name('payload.bytes.max'),
        Math.max(...instances.map(({ maxPayload }) => maxPayload)),
        'bytes',
      ),
      measured(name('cpu.s'), ((await stats(client)).cpuMs - before.cpuMs) / 1000, 's'),
    ];
  } finally {
    await cloud.stop();
    rmSync(folder, { recursive: true, force: true });
  }
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

async function rotateUntilOverlap(client: LocalClient): Promise<Shown> {
  const answer = await client.functions('/api/runs', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ action: 'rotate', credential: 'airflow-sp', force: true }),
  });
  const { id } = (await answer.json()) as { id: string };
  for (let passed = 0; passed < 12 * HOUR; passed += 120) {
    await client.run({ maxSeconds: 120 });
    const run = (await readRun(client, id)) as unknown as Shown;
    if (run.overlapUntil !== undefined || run.status === 'completed') return run;
  }
  throw new Error(`The rotation ${id} did not reach its overlap.`);
}

/** The sample environment's configuration for a whole subscription, asked every minute. */
function fleetConfig(): string {
  const sample = readFileSync(projectFile('local', 'sample', 'airlock.yaml'), 'utf8');
  return sample.replace('factory: adf-airlock', 'factory: adf-*');
}

async function stats(client: LocalClient): Promise<HostStats> {
  return (await client.stats()) as unknown as HostStats;
}
