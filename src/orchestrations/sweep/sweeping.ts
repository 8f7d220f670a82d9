/** What the parts of a sweep share. */

import { partRunId } from '../../domain/runs/instanceIds.js';
import type { TrailEntry } from '../../domain/runs/runs.js';
import type { Launch, SweptSoFar } from '../../domain/sweep/sweep.js';
import { CANCELLED } from '../../domain/sweep/sweepEnds.js';
import { callWithRetry, type RunClaim } from '../calls.js';
import type { OrchestrationContext } from '../durable.js';
import type { Flow } from '../flow.js';
import type { Progress } from '../progress.js';

export interface Sweeping {
  readonly context: OrchestrationContext;
  readonly progress: Progress;
  readonly runId: string;
  readonly dryRun: boolean;
}

/** A credential as the configuration names it, and the key of its record. */
export interface NamedCredential {
  readonly name: string;
  readonly recordKey: string;
  /** Its profiles only observe: nothing is started. */
  readonly observed?: true;
}

/** What executions hand on. */
export interface SoFar extends SweptSoFar {
  readonly todo: { readonly credentials: readonly NamedCredential[]; readonly profiles: readonly string[] };
  readonly trail: readonly TrailEntry[];
}

type SweepActivity = 'listConfigured' | 'surveyProfile' | 'launchRuns';

/**
 * Calls an activity with patience.
 *
 * @param subject what it is about: the further tries have their id of it
 */
export function* ask<N extends SweepActivity>(
  { context, runId }: Sweeping,
  name: N,
  input: Parameters<typeof callWithRetry<N>>[2],
  subject: string,
) {
  const claim: RunClaim = { runId, leased: false };
  const answer = yield* callWithRetry(context, name, input, claim, partRunId(runId, `${name} ${subject}`));
  if (answer.kind === 'stopped') return { problem: CANCELLED };
  return answer as Exclude<typeof answer, { kind: 'stopped' }>;
}

/** Starts runs; gives the ids of those that are started. */
export function* launch(
  sweeping: Sweeping,
  runs: readonly Launch[],
  subject: string,
): Flow<ReadonlySet<string>> {
  if (runs.length === 0) return new Set();
  const started = yield* ask(sweeping, 'launchRuns', { runs }, subject);
  return new Set('problem' in started ? [] : started.runIds);
}
