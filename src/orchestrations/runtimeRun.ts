import type { RecordedProof } from '../domain/records/runtimeRecord.js';
import { isOfHost } from '../domain/runs/hostEnded.js';
import type { RuntimeRunInput } from '../domain/runs/inputs.js';
import { COMPLETE, type RunResult } from '../domain/runs/runs.js';
import { displayRuntime, formatRuntimeId, runtimeRecordKey } from '../domain/values/runtimeId.js';
import { BUSY_PAUSE_MS, CLAIM_MS, LEASE_MS } from '../domain/values/timing.js';
import { callRecord, renewClaim } from './calls.js';
import { emitCancelled } from './cancelling.js';
import { checkOnly } from './checkOnly.js';
import { explained, refuseAlone } from './children.js';
import { continueAsNew, inputOf, instanceIdOf, type OrchestrationContext } from './durable.js';
import { enableRuntime } from './enableRuntime.js';
import { type Flow, nowMs, pause } from './flow.js';
import { end, endStopped, type Pass, type PassResult } from './pass.js';
import { planRuntime } from './planRuntime.js';
import { Progress } from './progress.js';
import { endOf, joined, resultOf, resultOfEnded } from './runResult.js';
import { emitRuntimeEvents } from './runtimeEvents.js';
import { askedBy, formatStartedBy } from './startedBy.js';

/** Passes of one run over its runtime. */
const MAX_PASSES = 20;

/** Input of the orchestration: what was asked, and what earlier passes of the same run left. */
type Input = RuntimeRunInput & { readonly earlier?: { readonly passes: number; readonly result: RunResult } };

/**
 * One run on one runtime. The runtime's record lets one run at a time work on it; what comes meanwhile is counted there
 * and leads to one more pass, for which this orchestration continues as new.
 */
export function* runtimeRun(context: OrchestrationContext): Flow<RunResult | undefined> {
  const input = inputOf<Input>(context);
  // What a rotation says of a move is the rotation's to say.
  if (input.move) refuseAlone(context, 'The move of a runtime');
  const progress = new Progress(context, input.earlier?.result.trail ?? []);
  if (!input.earlier) progress.logStep(formatStartedBy(input.startedBy), `start: ${input.action}`);
  const nextPass = (input.earlier?.passes ?? 0) + 1;
  const next = nextPassOf(context, input, progress, nextPass);

  if (input.action === 'plan') return resultOf(input, yield* guarded(next, planRuntime), progress.trail);

  const begun = yield* begin(next, input, nextPass);
  if (begun.kind === 'busy') return yield* askAgainLater(next, input);
  if (begun.kind === 'ended') return resultOfEnded(input, begun.end, progress);

  // Where the run was started again, the record knows better which of its passes this is.
  const passes = begun.pass;
  const pass: Pass = {
    ...next,
    label: `${next.claim.runId}-${passes}`,
    claim: { ...next.claim, record: { key: runtimeRecordKey(input.runtime), pass: passes } },
    ...(begun.proof ? { knownProof: begun.proof } : {}),
    ...failedBefore(input.earlier?.result),
  };
  const ended = yield* guarded(pass, input.action === 'check' && passes === 1 ? checkOnly : enableRuntime);

  if (ended.outcome === 'cancelled') {
    yield* emitCancelled(context, progress, next.claim, { subject: formatRuntimeId(input.runtime) });
  }

  const earlier = input.earlier?.result;
  const result = {
    ...joined(earlier, resultOf(input, ended, progress.trail)),
    ...(input.move && wasUnproven(input, begun.proof) ? { unproven: true as const } : {}),
  };
  // Told before the end is remembered: a run that begins again after that has nothing more to tell.
  const by = askedBy(input.startedBy);
  yield* emitRuntimeEvents(pass, ended, { ofRotation: input.move !== undefined, earlier, by });
  const { again } = yield* finish(pass, passes, ended, result);
  if (!again) return result;

  progress.logStep('something happened to the runtime meanwhile: one more pass', 'finish');
  const onwards: Input = { ...input, earlier: { passes, result: { ...result, trail: progress.trail } } };
  continueAsNew(context, onwards);
  return undefined;
}

/** The pass that a run would take next, as long as the runtime's record has not been asked. */
function nextPassOf(context: OrchestrationContext, input: Input, progress: Progress, number: number): Pass {
  const { move, startedBy } = input;
  const runId = instanceIdOf(context);
  const parentRunId = startedBy.kind === 'run' ? startedBy.runId : undefined;
  const unstoppable = move?.unstoppable === true;
  return {
    context,
    progress,
    runtime: input.runtime,
    urgent: move?.urgent === true,
    proven: move?.proven === true,
    proveFirst: move?.proveFirst === true,
    ...askedOf(input),
    writesAgain: startedBy.kind === 'request' && input.earlier === undefined,
    ...(move?.credential ? { credential: move.credential } : {}),
    ...(move?.expectedReadyMs === undefined ? {} : { expectedReadyMs: move.expectedReadyMs }),
    label: `${runId}-${number}`,
    claim: {
      runId,
      ...(parentRunId && !unstoppable ? { parentRunId } : {}),
      leased: false,
      unstoppable,
      ...(move ? { rotation: { ...move.rotation, since: Date.parse(input.createdAt) } } : {}),
    },
  };
}

/** Asks the runtime's record to let this run work on it. */
function* begin({ context, progress, claim, asked }: Pass, input: Input, pass: number) {
  progress.begin('begin');
  const asksAgain = input.move !== undefined && nowMs(context) < input.move.waitUntil;
  return yield* callRecord<'begun' | 'busy' | 'ended'>(context, runtimeRecordKey(input.runtime), {
    kind: 'begin',
    runId: claim.runId,
    pass,
    now: nowMs(context),
    claimMs: CLAIM_MS,
    ...(input.move ? { quiet: true } : {}),
    ...(asked === 'person' ? { asked: true } : {}),
    ...(asksAgain ? { asksAgain } : {}),
    ...(input.inPlaceOf ? { inPlaceOf: input.inPlaceOf } : {}),
  });
}

/** Another run works on the runtime: waits a moment and begins anew, as long as nobody cancels. */
function* askAgainLater(pass: Pass, input: Input): Flow<RunResult | undefined> {
  const { context, claim, progress } = pass;
  yield* pause(context, BUSY_PAUSE_MS);
  const claimStatus = yield* renewClaim(context, claim, LEASE_MS);
  if (claimStatus !== 'held') return resultOf(input, endStopped(pass, claimStatus), progress.trail);
  continueAsNew(context, input);
  return undefined;
}

/** Lets go of the runtime and leaves with its record what the pass has found. */
function* finish(pass: Pass, passes: number, ended: PassResult, result: RunResult) {
  const { context, progress, claim, runtime } = pass;
  // Whatever keeps happening to the runtime, a run has an end; the next event starts another.
  const enough = passes >= MAX_PASSES || ended.outcome === 'cancelled' || ended.outcome === 'interrupted';
  progress.begin('finish');
  return yield* callRecord<'finished'>(context, runtimeRecordKey(runtime), {
    kind: 'finish',
    runId: claim.runId,
    pass: passes,
    now: nowMs(context),
    claimMs: CLAIM_MS,
    end: endOf(result),
    ...(ended.recordedProof ? { proof: ended.recordedProof } : {}),
    ...(ended.carried === undefined ? {} : { carried: ended.carried }),
    ...ended.learned,
    ...(ended.lookedAfter ? { lookedAfter: true } : {}),
    ...(ended.revokesProof && ended.problem ? { revoked: ended.problem.code } : {}),
    ...(ended.outcome === 'gone' ? { forgetProof: true } : {}),
    ...(saysHowRuntimeIs(ended) ? { failed: !COMPLETE.has(ended.outcome) } : {}),
    ...(enough ? { last: true } : {}),
  });
}

/** Who wants what was there before the app to be enabled, too; nobody does by asking for a check. */
function askedOf({ action, startedBy, asked, move }: Input): Pick<Pass, 'asked'> {
  if (move) return { asked: 'rotation' };
  if (action === 'enable' && startedBy.kind === 'request') return { asked: 'person' };
  return asked ? { asked } : {};
}

/** Whether access was not proven before the run: what an earlier pass of it has found is its own doing. */
function wasUnproven({ earlier }: Input, proof: RecordedProof | undefined): boolean {
  return earlier ? earlier.result.unproven === true : proof === undefined;
}

/** Whether the end says how the runtime is: a person's cancel does not, nor a worker that went. */
function saysHowRuntimeIs({ outcome, problem }: PassResult): boolean {
  return outcome !== 'cancelled' && outcome !== 'reported' && !isOfHost(problem);
}

/** Settings whose check has failed in the pass before. */
function failedBefore(earlier: RunResult | undefined): Pick<Pass, 'failedFingerprint'> {
  const failed = earlier?.outcome === 'checkFailed' ? earlier.plan?.fingerprint : undefined;
  return failed === undefined ? {} : { failedFingerprint: failed };
}

/** Whatever a flow throws becomes an explained end: a run must let go of the runtime in every case. */
function* guarded(pass: Pass, flow: (pass: Pass) => Flow<PassResult>): Flow<PassResult> {
  try {
    return yield* flow(pass);
  } catch (error) {
    const problem = explained(pass.context, `The run on ${displayRuntime(pass.runtime)}`, error);
    return end(pass, 'interrupted', problem.message, { problem });
  }
}
