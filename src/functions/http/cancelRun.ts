import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { type Caller, formatCaller } from '../../domain/runs/caller.js';
import type { RuntimeRunInput } from '../../domain/runs/inputs.js';
import type { FunctionDeps } from '../deps.js';
import { addressed } from './addressing.js';
import { genuineInstructions, instruct, progressOf, told } from './instructing.js';
import { problem } from './problem.js';
import { hasEnded, type InstanceStatus, inputOf } from './runView.js';

const RETRY_AFTER_SECONDS = 30;

/** `POST /api/runs/{id}/cancel`: asks a run to stop; it undoes what it must, lets go and ends by itself. */
export async function cancelRun(
  request: HttpRequest,
  context: InvocationContext,
  deps: FunctionDeps,
  caller: Caller,
): Promise<HttpResponseInit> {
  const run = await addressed(request, context, deps, notToBeCancelled);
  if (run.kind === 'refused') return run.response;
  const { client, id, status, key } = run;
  const before = await genuineInstructions(client, key, id);
  // The first word counts: nobody else takes it over.
  if (!before.some(({ kind }) => kind === 'cancel')) {
    await instruct(run, context, { kind: 'cancel', ...caller, at: deps.now().toISOString() });
    context.log(`run ${id}: cancel asked for by ${formatCaller(caller)}`);
  }
  return told(status, RETRY_AFTER_SECONDS);
}

function notToBeCancelled(status: InstanceStatus): HttpResponseInit | undefined {
  const id = status.instanceId;
  if (hasEnded(status)) {
    const detail = `The run ${id} has ended; there is nothing to cancel.`;
    return problem({ code: 'runEnded', detail });
  }
  const unstoppable = whyUnstoppable(status);
  if (unstoppable === undefined) return undefined;
  const detail = `The run ${id} cannot be cancelled any more. ${unstoppable}`;
  return problem({ code: 'pastCancelling', detail });
}

/** Why nobody can stop the run, where that is so. */
function whyUnstoppable(status: InstanceStatus): string | undefined {
  const input = inputOf(status);
  if ('runtime' in input && (input as RuntimeRunInput).move?.unstoppable) {
    const { startedBy } = input;
    const whole = startedBy.kind === 'run' ? startedBy.runId : 'a rotation';
    return `It is part of ${whole}, which is rolling back or has committed.`;
  }
  return progressOf(status).unstoppable;
}
