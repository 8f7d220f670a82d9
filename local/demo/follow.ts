/** Follows a run of the app over its HTTP API while virtual time passes. */

import type { Problem } from '../../src/domain/problems/problem.js';
import type { Plan } from '../../src/domain/runs/plan.js';
import type { ProofSummary, TrailEntry } from '../../src/domain/runs/runs.js';
import type { LocalClient } from '../client.js';
import type { Screen } from './screen.js';

/** A run as `GET /api/runs/{id}` shows it: what the demonstration and the bench look at. */
export interface ShownRun {
  readonly id: string;
  readonly target: string;
  readonly status: string;
  readonly outcome?: string;
  readonly summary?: string;
  readonly step?: { readonly name: string; readonly since: string };
  readonly problem?: Problem;
  readonly plan?: Plan;
  readonly proof?: ProofSummary;
  /** While a rotation waits its overlap out: when that ends. */
  readonly overlapUntil?: string;
  readonly trail: readonly TrailEntry[];
}

/** Short enough that the steps appear one by one. */
const SLICE_SECONDS = 20;
/** While a rotation waits its overlap out, nothing happens for a day. */
const OVERLAP_SLICE_SECONDS = 1800;
const MAX_SLICES = 2000;

/** Throws where a run ended in another way than the part needs. */
export function expectEnd(run: ShownRun, outcome: string, code?: string): void {
  if (run.outcome === outcome && run.problem?.code === code) return;
  const got = `${run.outcome ?? run.status}${run.problem ? ` (${run.problem.code}: ${run.problem.message})` : ''}`;
  throw new Error(
    `The run ${run.id} should have ended as ${outcome}${code ? ` with ${code}` : ''}, it ended as ${got}.`,
  );
}

/** Starts a run over the app's HTTP API; gives its id. */
export async function startRun(client: LocalClient, body: object): Promise<string> {
  const answer = await client.functions('/api/runs', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (answer.status !== 202)
    throw new Error(`POST /api/runs answered ${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { id: string }).id;
}

/** The time of day of an ISO 8601 text. */
export const timeOfDay = (iso: string): string => iso.slice(11, 19);

export async function readRun(client: LocalClient, id: string): Promise<ShownRun> {
  const answer = await client.functions(`/api/runs/${id}`);
  if (!answer.ok) throw new Error(`GET /api/runs/${id} answered ${answer.status}`);
  return (await answer.json()) as ShownRun;
}

/** The first run that an event started on a runtime; nothing while there is none. */
export async function firstRunOn(client: LocalClient, name: string): Promise<string | undefined> {
  const answer = await client.functions('/api/runs?top=200');
  if (!answer.ok) throw new Error(`GET /api/runs answered ${answer.status}`);
  const { runs } = (await answer.json()) as { runs: readonly ShownRun[] };
  return runs.filter((run) => run.target.endsWith(`/${name}`)).at(-1)?.id;
}

/**
 * Lets time pass until a run has ended and shows its steps as they end.
 *
 * @param find gives the run's id once there is one
 * @param onSlice called after each slice of time, to interfere
 */
export async function follow(
  client: LocalClient,
  screen: Screen,
  find: () => Promise<string | undefined>,
  onSlice: (run: ShownRun) => Promise<void> = async () => undefined,
): Promise<ShownRun> {
  let shown = 0;
  let id: string | undefined;
  let seconds = SLICE_SECONDS;
  for (let slice = 0; slice < MAX_SLICES; slice++) {
    const { now } = await client.run({ maxSeconds: seconds });
    id ??= await find();
    if (id === undefined) continue;
    const run = await readRun(client, id);
    for (const { at, step, outcome } of run.trail.slice(shown)) {
      const failed = outcome === run.problem?.message || outcome.startsWith('failed: ');
      screen.step(timeOfDay(at), step, outcome, failed);
    }
    shown = run.trail.length;
    if (['completed', 'failed', 'cancelled'].includes(run.status)) return run;
    if (run.step) screen.live(timeOfDay(now), run.step.name);
    seconds = run.overlapUntil ? OVERLAP_SLICE_SECONDS : SLICE_SECONDS;
    await onSlice(run);
  }
  throw new Error('The run did not end.');
}
