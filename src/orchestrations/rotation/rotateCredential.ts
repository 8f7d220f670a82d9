import type { KnownOfCredential } from '../../domain/rotation/credentialState.js';
import { credentialObserved } from '../../domain/rotation/problems.js';
import type { RotationInput } from '../../domain/runs/inputs.js';
import type { RotationResult } from '../../domain/runs/rotations.js';
import { CREDENTIAL_CLAIM_MS } from '../../domain/values/timing.js';
import { emitCancelled } from '../cancelling.js';
import { inputOf, instanceIdOf, type OrchestrationContext } from '../durable.js';
import { counter, type Flow, nowMs } from '../flow.js';
import { Progress } from '../progress.js';
import { formatStartedBy } from '../startedBy.js';
import { assess, type Base } from './assessment.js';
import { carryOutTask } from './carryOutTask.js';
import { endUnchanged, type RotationEnd } from './ends.js';
import { emitEnded, emitStarted } from './events.js';
import { finishOf, startFollowUp, withDebts } from './finishing.js';
import { guarded, isFailure } from './guarding.js';
import { dryRun } from './planning.js';
import { callCredential, isStopped } from './rotating.js';
import { endedEarlier, endOfStopped, leave } from './unchanged.js';

/**
 * One rotation of one credential, from its inventory to the last check. The credential's record lets one at a time work
 * on it, and every end leaves it explained: what was done, what is left, what a person must do.
 */
export function* rotateCredential(context: OrchestrationContext): Flow<RotationResult> {
  const base = newBase(context);
  const { input, progress, runId } = base;
  progress.logStep(formatStartedBy(input.startedBy), `start: rotate ${input.credential}`);
  if (input.dryRun) return resultOf(base, yield* dryRun(base));

  progress.begin('begin');
  const begun = yield* callCredential<'begun' | 'ended'>(base, {
    kind: 'begin',
    runId,
    phase: 'preparing',
    now: nowMs(context),
    claimMs: CREDENTIAL_CLAIM_MS,
    // A sweep comes again by itself.
    ...(input.startedBy.kind === 'run' ? { quiet: true as const } : {}),
  });
  if (begun.kind === 'ended') return resultOf(base, endedEarlier(begun.end));

  const { end, debts } = withDebts(base, yield* rotate(base, begun), begun);
  // A person's no is no failure, after which a pause would grow and an alert come.
  const failed = isFailure(end) && !base.gates.rejection;
  if (end.outcome === 'cancelled') {
    const about = { subject: `credentials/${input.credential}`, credential: input.credential };
    yield* emitCancelled(context, progress, { runId }, about);
  }
  yield* emitEnded(base, end, begun.failures, failed);
  progress.begin('finish');
  const finished = yield* callCredential<'finished'>(base, finishOf(base, end, debts, failed));
  if (finished.again) yield* startFollowUp(base);
  return resultOf(base, end);
}

/** A rotation that knows only what it was asked. */
function newBase(context: OrchestrationContext): Base {
  return {
    context,
    input: inputOf<RotationInput>(context),
    progress: new Progress(context),
    runId: instanceIdOf(context),
    nextChild: counter(),
    unstoppable: false,
    minting: { trace: { began: false } },
    noticed: { leftAlone: {} },
    given: new Set<string>(),
    failedPilots: [],
    current: {},
    gates: {},
  };
}

/** Finds out what there is to do, and does it. Whatever is thrown meanwhile is an end, too. */
function rotate(base: Base, known: KnownOfCredential): Flow<RotationEnd> {
  const { input, progress } = base;
  let began = false;
  const changing = () => began;
  return guarded(base, changing, function* () {
    progress.begin('list keys, versions and runtimes');
    const found = yield* assess(base, known);
    if (isStopped(found)) return endOfStopped(found);
    const { decision, run, fleet, cleared } = found;
    if (found.observed) return endUnchanged('reported', credentialObserved(input.credential));
    if (decision.kind !== 'task') return { ...(yield* leave(run, decision, found)), cleared };
    yield* emitStarted(run, decision.task, fleet);
    began = true;
    const carriedOut = yield* carryOutTask(run, decision.task, fleet);
    return { ...carriedOut, cleared: [...(carriedOut.cleared ?? []), ...cleared] };
  });
}

/** The run's result: its end without what only the record is told. */
function resultOf({ input, progress, noticed }: Base, end: RotationEnd): RotationResult {
  progress.logStep(end.summary);
  const { cleared: _, pin: __, unretire: ___, sawEverything: ____, ...rest } = end;
  return { ...rest, ...noticed.leftAlone, credential: input.credential, trail: progress.trail };
}
