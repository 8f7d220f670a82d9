/** What the parts of a sweep share. */

import { partRunId } from '../../domain/runs/instanceIds.js';
import type { TrailEntry } from '../../domain/runs/runs.js';
import type { Launch, SweptSoFar } from '../../domain/sweep/sweep.js';
import { CANCELLED } from '../../domain/sweep/sweepEnds.js';
import { type Holder, patiently } from '../calls.js';
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

type SweepStep = 'listConfigured' | 'surveyProfile' | 'launchRuns';

/**
 * Calls an activity with patience.
 *
 * @param subject what it is about: the further tries have their id of it
 */
export function* ask<N extends SweepStep>(
  { context, runId }: Sweeping,
  name: N,
  input: Parameters<typeof patiently<N>>[2],
  subject: string,
) {
  const holder: Holder = { runId, leased: false };
  const settled = yield* patiently(context, name, input, holder, partRunId(runId, `${name} ${subject}`));
  if (settled.kind === 'stopped') return { problem: CANCELLED };
  return settled as Exclude<typeof settled, { kind: 'stopped' }>;
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
