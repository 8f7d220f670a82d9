import { EntityId, type OrchestrationContext } from 'durable-functions';
import { instructionsOf, type RunControl } from '../domain/runControl.js';
import type { Holder } from './calls.js';
import type { Flow } from './flow.js';
import { instructionWords, RUN_ENTITY, sortOut, toldOf } from './instructions.js';
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
    const control = (yield context.df.callEntity(new EntityId(RUN_ENTITY, id), 'get', {})) as
      | RunControl
      | undefined;
    const told = instructionsOf(control, 'cancel').map((instruction) => ({ runId: id, instruction }));
    const sorted = yield* sortOut(context, told);
    const [first] = sorted?.genuine ?? [];
    if (!first) continue;
    progress.note(instructionWords(first.instruction), id === runId ? 'cancel' : `cancel of ${id}`);
    if (id !== runId) return;
    const data = { runId, ...(credential === undefined ? {} : { credential }), ...toldOf(first.instruction) };
    yield* notify(context, { type: 'Airlock.RunInstructed.v1', subject, data });
    return;
  }
}
