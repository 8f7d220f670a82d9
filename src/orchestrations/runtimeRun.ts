import type { RecordedProof } from '../domain/records/runtimeRecord.js';
import { isOfHost } from '../domain/runs/hostEnded.js';
import type { RuntimeRunInput } from '../domain/runs/inputs.js';
import { type RunResult, SETTLED } from '../domain/runs/runs.js';
import { displayRuntime, formatRuntimeId, runtimeRecordKey } from '../domain/values/runtimeId.js';
import { BUSY_PAUSE_MS, HOLD_MS, LEASE_MS } from '../domain/values/timing.js';
import { callRecord, renewStanding } from './calls.js';
import { tellCancelled } from './cancelling.js';
import { checkOnly } from './checkOnly.js';
import { explained, refuseAlone } from './children.js';
import { continueAsNew, inputOf, instanceIdOf, type OrchestrationContext } from './durable.js';
import { enableRuntime } from './enableRuntime.js';
import { type Flow, nowMs, pause } from './flow.js';
import { end, endStopped, type Look, type LookEnd } from './look.js';
import { planRuntime } from './planRuntime.js';
import { Progress } from './progress.js';
import { endOf, joined, resultOf, resultOfEnded } from './runResult.js';
import { tellRuntime } from './tellRuntime.js';
import { askedBy, startedByWords } from './words.js';

/** Looks of one run at its runtime. */
const MAX_LOOKS = 20;

/** Input of the orchestration: what was asked, and what earlier looks of the same run left. */
type Input = RuntimeRunInput & { readonly earlier?: { readonly looks: number; readonly result: RunResult } };

/**
 * One run on one runtime. The runtime's record lets one run at a time work on it; what comes meanwhile is noted there
 * and leads to one more look, for which this orchestration continues as new.
 */
export function* runtimeRun(context: OrchestrationContext): Flow<RunResult | undefined> {
  const input = inputOf<Input>(context);
  // What a rotation says of a move is the rotation's to say.
  if (input.move) refuseAlone(context, 'The move of a runtime');
  const progress = new Progress(context, input.earlier?.result.trail ?? []);
  if (!input.earlier) progress.note(startedByWords(input.startedBy), `start: ${input.action}`);
  const nextLook = (input.earlier?.looks ?? 0) + 1;
  const next = nextLookOf(context, input, progress, nextLook);

  if (input.action === 'plan') return resultOf(input, yield* guarded(next, planRuntime), progress.trail);

  const begun = yield* begin(next, input, nextLook);
  if (begun.kind === 'busy') return yield* askAgainLater(next, input);
  if (begun.kind === 'ended') return resultOfEnded(input, begun.end, progress);

  // Where the run was started again, the record knows better which of its looks this is.
  const looks = begun.look;
  const look: Look = {
    ...next,
    label: `${next.holder.runId}-${looks}`,
    holder: { ...next.holder, record: { key: runtimeRecordKey(input.runtime), look: looks } },
    ...(begun.proof ? { knownProof: begun.proof } : {}),
    ...failedBefore(input.earlier?.result),
  };
  const ended = yield* guarded(look, input.action === 'check' && looks === 1 ? checkOnly : enableRuntime);

  if (ended.outcome === 'cancelled') {
    yield* tellCancelled(context, progress, next.holder, { subject: formatRuntimeId(input.runtime) });
  }

  const earlier = input.earlier?.result;
  const result = {
    ...joined(earlier, resultOf(input, ended, progress.trail)),
    ...(input.move && wasUnproven(input, begun.proof) ? { unproven: true as const } : {}),
  };
  // Told before the end is remembered: a run that begins again after that has nothing more to tell.
  const by = askedBy(input.startedBy);
  yield* tellRuntime(look, ended, { ofRotation: input.move !== undefined, earlier, by });
  const { again } = yield* finish(look, looks, ended, result);
  if (!again) return result;

  progress.note('something happened to the runtime meanwhile: one more look', 'finish');
  const onwards: Input = { ...input, earlier: { looks, result: { ...result, trail: progress.trail } } };
  continueAsNew(context, onwards);
  return undefined;
}

/** The look that a run would take next, as long as the runtime's record has not been asked. */
function nextLookOf(context: OrchestrationContext, input: Input, progress: Progress, number: number): Look {
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
    label: `${runId}-${number}`,
    holder: {
      runId,
      ...(parentRunId && !unstoppable ? { parentRunId } : {}),
      leased: false,
      unstoppable,
      ...(move ? { rotation: { ...move.rotation, since: Date.parse(input.createdAt) } } : {}),
    },
  };
}

/** Asks the runtime's record to let this run work on it. */
function* begin({ context, progress, holder, asked }: Look, input: Input, look: number) {
  progress.begin('begin');
  const asksAgain = input.move !== undefined && nowMs(context) < input.move.waitUntil;
  return yield* callRecord<'begun' | 'busy' | 'ended'>(context, runtimeRecordKey(input.runtime), {
    kind: 'begin',
    runId: holder.runId,
    look,
    now: nowMs(context),
    holdMs: HOLD_MS,
    ...(input.move ? { quiet: true } : {}),
    ...(asked === 'person' ? { asked: true } : {}),
    ...(asksAgain ? { asksAgain } : {}),
    ...(input.inPlaceOf ? { inPlaceOf: input.inPlaceOf } : {}),
  });
}

/** Another run works on the runtime: waits a moment and begins anew, as long as nobody cancels. */
function* askAgainLater(look: Look, input: Input): Flow<RunResult | undefined> {
  const { context, holder, progress } = look;
  yield* pause(context, BUSY_PAUSE_MS);
  const standing = yield* renewStanding(context, holder, LEASE_MS);
  if (standing !== 'held') return resultOf(input, endStopped(look, standing), progress.trail);
  continueAsNew(context, input);
  return undefined;
}

/** Lets go of the runtime and leaves with its record what the look has found. */
function* finish(look: Look, looks: number, ended: LookEnd, result: RunResult) {
  const { context, progress, holder, runtime } = look;
  // Whatever keeps happening to the runtime, a run has an end; the next event starts another.
  const enough = looks >= MAX_LOOKS || ended.outcome === 'cancelled' || ended.outcome === 'interrupted';
  progress.begin('finish');
  return yield* callRecord<'finished'>(context, runtimeRecordKey(runtime), {
    kind: 'finish',
    runId: holder.runId,
    look: looks,
    now: nowMs(context),
    holdMs: HOLD_MS,
    end: endOf(result),
    ...(ended.recordedProof ? { proof: ended.recordedProof } : {}),
    ...(ended.carried === undefined ? {} : { carried: ended.carried }),
    ...ended.learned,
    ...(ended.lookedAfter ? { lookedAfter: true } : {}),
    ...(ended.revokesProof && ended.problem ? { revoked: ended.problem.code } : {}),
    ...(ended.outcome === 'gone' ? { forgetProof: true } : {}),
    ...(tellsOfRuntime(ended) ? { failed: !SETTLED.has(ended.outcome) } : {}),
    ...(enough ? { last: true } : {}),
  });
}

/** Who wants what was there before the app to be enabled, too; nobody does by asking for a check. */
function askedOf({ action, startedBy, asked, move }: Input): Pick<Look, 'asked'> {
  if (move) return { asked: 'rotation' };
  if (action === 'enable' && startedBy.kind === 'request') return { asked: 'person' };
  return asked ? { asked } : {};
}

/** Whether access was not proven before the run: what an earlier look of it has found is its own doing. */
function wasUnproven({ earlier }: Input, proof: RecordedProof | undefined): boolean {
  return earlier ? earlier.result.unproven === true : proof === undefined;
}

/** Whether the end says how the runtime is: a person's cancel does not, nor a worker that went. */
function tellsOfRuntime({ outcome, problem }: LookEnd): boolean {
  return outcome !== 'cancelled' && outcome !== 'reported' && !isOfHost(problem);
}

/** Settings whose check has failed in the look before. */
function failedBefore(earlier: RunResult | undefined): Pick<Look, 'failedFingerprint'> {
  const failed = earlier?.outcome === 'checkFailed' ? earlier.plan?.fingerprint : undefined;
  return failed === undefined ? {} : { failedFingerprint: failed };
}

/** Whatever a flow throws becomes an explained end: a run must let go of the runtime in every case. */
function* guarded(look: Look, flow: (look: Look) => Flow<LookEnd>): Flow<LookEnd> {
  try {
    return yield* flow(look);
  } catch (error) {
    const problem = explained(look.context, `The run on ${displayRuntime(look.runtime)}`, error);
    return end(look, 'interrupted', problem.message, { problem });
  }
}
