import type { InspectedRuntime } from '../domain/activities/runtimeActivities.js';
import { runtimeNotReady, runtimeStateUnknown } from '../domain/runs/runProblems.js';
import { amount } from '../domain/values/amount.js';
import { displayRuntime } from '../domain/values/runtimeId.js';
import { FIRST_LOOK_AFTER_MS } from '../domain/values/timing.js';
import type { AwaitRuntimeInput, AwaitRuntimeResult } from './awaitRuntime.js';
import { SUB_ORCHESTRATIONS } from './calls.js';
import { callWait } from './children.js';
import { type Flow, nowMs } from './flow.js';
import { end, endProblem, endStopped, type Pass, type PassResult } from './pass.js';

const SECOND = 1000;

/** Waits, in an orchestration of its own, until the runtime is ready. */
export function* waitForRuntime(
  pass: Pass,
  runtime: InspectedRuntime,
  seconds: number,
  { purpose, operation }: { readonly purpose: string; readonly operation?: string },
): Flow<AwaitRuntimeResult> {
  const { context } = pass;
  const pollMs = runtime.limits.pollSeconds * SECOND;
  const input: AwaitRuntimeInput = {
    claim: pass.claim,
    runtime: pass.runtime,
    deadline: nowMs(context) + seconds * SECOND,
    pollMs,
    polls: 0,
    failures: 0,
    startedAt: nowMs(context),
    ...(pass.expectedReadyMs === undefined ? { afterMs: Math.min(FIRST_LOOK_AFTER_MS, pollMs) } : {}),
    ...(pass.credential ? { together: pass.proveFirst ? 'eagerly' : true } : {}),
    ...(purpose === 'ready' && pass.expectedReadyMs !== undefined
      ? { expectedMs: pass.expectedReadyMs }
      : {}),
    ...(operation === undefined ? {} : { operation }),
  };
  const childId = `${pass.label}-${purpose}`;
  return yield* callWait<AwaitRuntimeResult>(context, SUB_ORCHESTRATIONS.awaitRuntime, () => input, childId);
}

/** The end of the pass where the wait did not end with a ready runtime. */
export function endOfWait(
  pass: Pass,
  waited: AwaitRuntimeResult,
  { words }: InspectedRuntime,
  seconds: number,
  known: Partial<PassResult>,
): PassResult | undefined {
  const name = displayRuntime(pass.runtime);
  switch (waited.kind) {
    case 'ready':
      pass.progress.logStep(`state ${waited.status.state} after ${amount(waited.polls, 'poll')}`);
      return undefined;
    case 'missing':
      return end(pass, 'gone', 'The runtime was deleted meanwhile.', known);
    case 'failed':
      return endProblem(
        pass,
        'notReady',
        waited.ended ?? runtimeStateUnknown(name, waited.state, words),
        known,
      );
    case 'timedOut':
      return endProblem(
        pass,
        'notReady',
        runtimeNotReady(name, waited.lastState, seconds * SECOND, words),
        known,
      );
    case 'refused':
      return endProblem(pass, 'refused', waited.problem, known);
    case 'stopped':
      return endStopped(pass, waited.claimStatus, known);
  }
}
