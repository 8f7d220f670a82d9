import type { OrchestrationContext } from 'durable-functions';
import { CREDENTIAL_HOLD_MS } from '../../domain/rotation/hold.js';
import { credentialObserved } from '../../domain/rotation/problems.js';
import type { RotationInput } from '../../domain/runs/inputs.js';
import type { RotationResult } from '../../domain/runs/rotations.js';
import { tellCancelled } from '../cancelling.js';
import { counter, type Flow, nowMs } from '../flow.js';
import { Progress } from '../progress.js';
import { startedByWords } from '../words.js';
import { carryOutTask } from './carryOutTask.js';
import { endUnchanged, type RotationEnd } from './ends.js';
import { finishOf, lookOnceMore, withDebts } from './finishing.js';
import { guarded, isFailure } from './guarding.js';
import { dryRun } from './planning.js';
import { callCredential, isStopped, type Rotating } from './rotating.js';
import { type Base, takeStock } from './stocktaking.js';
import { tellEnded, tellStarted } from './telling.js';
import { endedEarlier, endOfStopped, leave } from './unchanged.js';

/**
 * One rotation of one credential, from taking stock to the last check. The credential's record lets one at a time work
 * on it, and every end leaves it explained: what was done, what is left, what a person must do.
 */
export function* rotateCredential(context: OrchestrationContext): Flow<RotationResult> {
  const input = context.df.getInput<RotationInput>();
  const runId = context.df.instanceId;
  const progress = new Progress(context);
  progress.note(startedByWords(input.startedBy), `start: rotate ${input.credential}`);
  const minting: Rotating['minting'] = { trace: { began: false } };
  const noticed: Rotating['noticed'] = { leftAlone: {} };
  const gates: Rotating['gates'] = {};
  const base: Base = {
    context,
    input,
    progress,
    runId,
    nextChild: counter(),
    unstoppable: false,
    minting,
    noticed,
    given: new Set<string>(),
    failedPilots: [],
    current: {},
    gates,
  };
  const result = (end: RotationEnd): RotationResult => {
    progress.note(end.summary);
    const { paid: _, pin: __, unretire: ___, lookedAtAll: ____, ...rest } = end;
    return { ...rest, ...noticed.leftAlone, credential: input.credential, trail: progress.trail };
  };

  if (input.dryRun) return result(yield* dryRun(base));

  progress.begin('begin');
  const begun = yield* callCredential<'begun' | 'ended'>(base, {
    kind: 'begin',
    runId,
    phase: 'preparing',
    now: nowMs(context),
    holdMs: CREDENTIAL_HOLD_MS,
    // A sweep comes again by itself.
    ...(input.startedBy.kind === 'run' ? { quiet: true as const } : {}),
  });
  if (begun.kind === 'ended') return result(endedEarlier(begun.end));

  let began = false;
  const changing = () => began;
  const ended = yield* guarded(base, changing, function* () {
    progress.begin('take stock');
    const found = yield* takeStock(base, begun);
    if (isStopped(found)) return endOfStopped(found);
    const { decision, run, fleet, paid } = found;
    if (found.observed) return endUnchanged('reported', credentialObserved(input.credential));
    if (decision.kind !== 'task') return { ...(yield* leave(run, decision, found)), paid };
    yield* tellStarted(run, decision.task, fleet);
    began = true;
    const carriedOut = yield* carryOutTask(run, decision.task, fleet);
    return { ...carriedOut, paid: [...(carriedOut.paid ?? []), ...paid] };
  });
  const { end, debts } = withDebts(base, ended, begun);
  // A person's no is no failure, after which a pause would grow and an alert come.
  const failed = isFailure(end) && !gates.rejection;
  if (end.outcome === 'cancelled') {
    const about = { subject: `credentials/${input.credential}`, credential: input.credential };
    yield* tellCancelled(context, progress, { runId }, about);
  }
  yield* tellEnded(base, end, begun.failures, failed);
  progress.begin('finish');
  const finished = yield* callCredential<'finished'>(base, finishOf(base, end, debts, failed));
  if (finished.again) yield* lookOnceMore(base);
  return result(end);
}
