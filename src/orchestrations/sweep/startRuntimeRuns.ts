import type { RuntimeRunInput } from '../../domain/runs/inputs.js';
import { sweptRuntimeRunId } from '../../domain/runs/instanceIds.js';
import { ORCHESTRATIONS } from '../../domain/runs/runs.js';
import type { Launch } from '../../domain/sweep/sweep.js';
import { BETWEEN_STARTS_MS } from '../../domain/values/timing.js';
import { type Flow, isoNow, pause } from '../flow.js';
import { launch, type Sweeping } from './sweeping.js';

/** Started at once: each begins with a read, and services grant some 25 a second. */
const AT_ONCE = 25;

/** Starts a run on each of these runtimes, some at once; gives the ids of those that are started. */
export function* startRuntimeRuns(
  sweeping: Sweeping,
  action: 'enable' | 'check',
  runtimes: readonly Pick<RuntimeRunInput, 'runtime' | 'asked'>[],
  profile: string,
): Flow<ReadonlySet<string>> {
  const { context, runId, dryRun } = sweeping;
  const started = new Set<string>();
  if (dryRun) return started;
  for (let from = 0; from < runtimes.length; from += AT_ONCE) {
    if (from > 0) yield* pause(context, BETWEEN_STARTS_MS);
    const runs = runtimes.slice(from, from + AT_ONCE).map(({ runtime, asked }): Launch => {
      const input: RuntimeRunInput = {
        action,
        runtime,
        ...(asked ? { asked } : {}),
        startedBy: { kind: 'run', runId },
        createdAt: isoNow(context),
      };
      return {
        orchestration: ORCHESTRATIONS.runtimeRun,
        runId: sweptRuntimeRunId(runtime, runId),
        input,
      };
    });
    for (const id of yield* launch(sweeping, runs, `${action} ${profile} ${from}`)) started.add(id);
  }
  return started;
}
