import type { InvocationContext, Timer } from '@azure/functions';
import * as df from 'durable-functions';
import { sweepRunId } from '../../domain/instanceIds.js';
import { ORCHESTRATIONS } from '../../domain/runs.js';
import type { SweepInput } from '../../domain/sweep.js';
import { startOnce } from '../../durable/instances.js';
import type { FunctionDeps } from '../deps.js';

/** Starts a sweep; the same schedule's moment twice is one. */
export async function startSweep(
  timer: Timer,
  context: InvocationContext,
  deps: FunctionDeps,
): Promise<void> {
  const at = timer.scheduleStatus?.last ?? deps.now().toISOString();
  const input: SweepInput = { action: 'sweep', startedBy: { kind: 'schedule', at } };
  const runId = sweepRunId(deps.now().toISOString());
  await startOnce(df.getClient(context), ORCHESTRATIONS.sweep, runId, input);
  context.log(`sweep ${runId} started`);
}
