import type { Holder } from './calls.js';
import type { OrchestrationContext } from './durable.js';
import type { Flow } from './flow.js';
import { askControl, instructionWords, sortOut, toldIn, toldOf } from './instructions.js';
import { notify } from './notify.js';
import type { Progress } from './progress.js';

/**
 * Says who cancelled a run that ends for that: in its trail, and in an event where it was this run that was cancelled and
 * not the one that it is a part of.
 *
 * @param subject of the event
 */
export function* tellCancelled(
  context: OrchestrationContext,
  progress: Pick<Progress, 'note'>,
  { runId, parentRunId }: Pick<Holder, 'runId' | 'parentRunId'>,
  { subject, credential }: { readonly subject: string; readonly credential?: string },
): Flow<void> {
  for (const id of [runId, ...(parentRunId === undefined ? [] : [parentRunId])]) {
    const control = yield askControl(context, id);
    const sorted = yield* sortOut(context, toldIn(id, control, 'cancel'));
    const [first] = sorted?.genuine ?? [];
    if (!first) continue;
    progress.note(instructionWords(first.instruction), id === runId ? 'cancel' : `cancel of ${id}`);
    if (id !== runId) return;
    const data = { runId, ...(credential === undefined ? {} : { credential }), ...toldOf(first.instruction) };
    yield* notify(context, { type: 'Airlock.RunInstructed.v1', subject, data });
    return;
  }
}
