import type { RunClaim } from './calls.js';
import type { OrchestrationContext } from './durable.js';
import type { Flow } from './flow.js';
import { askControl, eventDataOf, formatInstruction, instructionsIn, sortOut } from './instructions.js';
import { notify } from './notify.js';
import type { Progress } from './progress.js';

/**
 * Says who cancelled a run that ends for that: in its trail, and in an event where it was this run that was cancelled and
 * not the one that it is a part of.
 *
 * @param subject of the event
 */
export function* emitCancelled(
  context: OrchestrationContext,
  progress: Pick<Progress, 'logStep'>,
  { runId, parentRunId }: Pick<RunClaim, 'runId' | 'parentRunId'>,
  { subject, credential }: { readonly subject: string; readonly credential?: string },
): Flow<void> {
  for (const id of [runId, ...(parentRunId === undefined ? [] : [parentRunId])]) {
    const control = yield askControl(context, id);
    const sorted = yield* sortOut(context, instructionsIn(id, control, 'cancel'));
    const [first] = sorted?.genuine ?? [];
    if (!first) continue;
    progress.logStep(formatInstruction(first.instruction), id === runId ? 'cancel' : `cancel of ${id}`);
    if (id !== runId) return;
    const data = {
      runId,
      ...(credential === undefined ? {} : { credential }),
      ...eventDataOf(first.instruction),
    };
    yield* notify(context, { type: 'Airlock.RunInstructed.v1', subject, data });
    return;
  }
}
