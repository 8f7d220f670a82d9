import { runtimeNotReady, runtimeStateUnknown } from '../domain/runs/runProblems.js';
import type { InspectedRuntime } from '../domain/steps/runtimeSteps.js';
import { displayRuntime } from '../domain/values/runtimeId.js';
import { FIRST_LOOK_AFTER_MS } from '../domain/values/timing.js';
import type { AwaitRuntimeInput, AwaitRuntimeResult } from './awaitRuntime.js';
import { SUB_ORCHESTRATIONS } from './calls.js';
import { callWait } from './children.js';
import { type Flow, nowMs } from './flow.js';
import { end, endProblem, endStopped, type Look, type LookEnd } from './look.js';

const SECOND = 1000;

/** Waits, in an orchestration of its own, until the runtime is ready. */
export function* waitForRuntime(
  look: Look,
  runtime: InspectedRuntime,
  seconds: number,
  { purpose, operation }: { readonly purpose: string; readonly operation?: string },
): Flow<AwaitRuntimeResult> {
  const { context } = look;
  const pollMs = runtime.limits.pollSeconds * SECOND;
  const input: AwaitRuntimeInput = {
    holder: look.holder,
    runtime: look.runtime,
    deadline: nowMs(context) + seconds * SECOND,
    pollMs,
    looks: 0,
    failures: 0,
    renewedAt: look.credential ? 0 : nowMs(context),
    afterMs: Math.min(FIRST_LOOK_AFTER_MS, pollMs),
    ...(look.credential ? { together: true } : {}),
    ...(operation === undefined ? {} : { operation }),
  };
  const childId = `${look.label}-${purpose}`;
  return yield* callWait<AwaitRuntimeResult>(context, SUB_ORCHESTRATIONS.awaitRuntime, () => input, childId);
}

/** The end of the look where the wait did not end with a ready runtime. */
export function endOfWait(
  look: Look,
  waited: AwaitRuntimeResult,
  { words }: InspectedRuntime,
  seconds: number,
  known: Partial<LookEnd>,
): LookEnd | undefined {
  const name = displayRuntime(look.runtime);
  switch (waited.kind) {
    case 'ready':
      look.progress.note(`state ${waited.look.state} after ${waited.looks} looks`);
      return undefined;
    case 'missing':
      return end(look, 'gone', 'The runtime was deleted meanwhile.', known);
    case 'failed':
      return endProblem(
        look,
        'notReady',
        waited.ended ?? runtimeStateUnknown(name, waited.state, words),
        known,
      );
    case 'timedOut':
      return endProblem(
        look,
        'notReady',
        runtimeNotReady(name, waited.lastState, seconds * SECOND, words),
        known,
      );
    case 'refused':
      return endProblem(look, 'refused', waited.problem, known);
    case 'stopped':
      return endStopped(look, waited.standing, known);
  }
}
