import { isEmittedAsFailed } from '../domain/events/ends.js';
import type { RunResult } from '../domain/runs/runs.js';
import { formatRuntimeId } from '../domain/values/runtimeId.js';
import type { Flow } from './flow.js';
import { notify } from './notify.js';
import type { Pass, PassResult } from './pass.js';
import type { askedBy } from './startedBy.js';

/**
 * The events of a run on one runtime.
 *
 * @param ofRotation a rotation waits for it, and tells itself of what did not come along
 * @param by who asked for the run
 * @param earlier what earlier passes of the run came to, and told
 */
export function* emitRuntimeEvents(
  { context, runtime, claim: { runId } }: Pass,
  ended: PassResult,
  {
    ofRotation,
    earlier,
    by,
  }: {
    readonly ofRotation: boolean;
    readonly earlier?: RunResult | undefined;
    readonly by: ReturnType<typeof askedBy>;
  },
): Flow<void> {
  const subject = formatRuntimeId(runtime);
  const { outcome, profile, plan, proof, problem } = ended;
  if (outcome === 'enabled' && ended.changed && profile && plan && proof) {
    const { credentialId } = plan.credential;
    const data = { runId, runtime: subject, profile, credentialId, provenAt: proof.provenAt, ...by };
    yield* notify(context, { type: 'Airlock.RuntimeEnabled.v1', subject, data });
  }
  if (outcome === 'checkFailed' && problem) {
    const data = { runId, runtime: subject, ...(profile ? { profile } : {}), problem, ...by };
    yield* notify(context, { type: 'Airlock.AccessCheckFailed.v1', subject, data });
  }
  const isTold = earlier?.outcome === outcome && earlier.problem?.code === problem?.code;
  if (!ofRotation && !isTold && problem && isEmittedAsFailed('runtime', outcome)) {
    const data = { runId, target: subject, outcome, problem };
    yield* notify(context, { type: 'Airlock.RunFailed.v1', subject, data });
  }
}
