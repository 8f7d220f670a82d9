import type { InvocationContext, Timer } from '@azure/functions';
import * as df from 'durable-functions';
import type { SweepInput } from '../../domain/runs/inputs.js';
import { sweepRunId } from '../../domain/runs/instanceIds.js';
import { ORCHESTRATIONS } from '../../domain/runs/runs.js';
import { startOnce } from '../../durable/instances.js';
import type { FunctionDeps } from '../deps.js';

/**
 * Starts a sweep; the same occurrence of the schedule twice is one. While the function runs, `last` still is the
 * occurrence before and `next` the one that it runs for: the host moves both on afterwards (`TimerListener` of the timer
 * extension). Where the host keeps no schedule status, each call is an occurrence of its own.
 */
export async function startSweep(
  timer: Timer,
  context: InvocationContext,
  deps: FunctionDeps,
): Promise<void> {
  const now = deps.now().toISOString();
  const occurrence = Date.parse(timer.scheduleStatus?.next ?? '');
  const at = Number.isNaN(occurrence) ? now : new Date(occurrence).toISOString();
  const input: SweepInput = { action: 'sweep', startedBy: { kind: 'schedule', at }, createdAt: now };
  const runId = sweepRunId(at);
  const known = await startOnce(df.getClient(context), ORCHESTRATIONS.sweep, runId, input);
  context.log(known ? `sweep ${runId} of ${at} was started before` : `sweep ${runId} of ${at} started`);
}
