import type { OrchestrationContext } from 'durable-functions';
import type { RecordedProof } from '../domain/records/runtimeRecord.js';
import { isOfHost } from '../domain/runs/hostEnded.js';
import type { RuntimeRunInput } from '../domain/runs/inputs.js';
import type { RunEnd } from '../domain/runs/repeatable.js';
import { endedBefore } from '../domain/runs/runProblems.js';
import { type RunResult, SETTLED, type TrailEntry } from '../domain/runs/runs.js';
import { learned } from '../domain/settings/shownSettings.js';
import { displayRuntime, formatRuntimeId, runtimeRecordKey } from '../domain/values/runtimeId.js';
import { callRecord, HOLD_MS, type Holder, renewStanding } from './calls.js';
import { tellCancelled } from './cancelling.js';
import { explained, refuseAlone } from './children.js';
import { enableRuntime } from './enableRuntime.js';
import { type Flow, nowMs, pause } from './flow.js';
import { inspect } from './inspect.js';
import { LEASE_MS } from './leasing.js';
import { end, endReported, endStopped, type Look, type LookEnd } from './look.js';
import { Progress } from './progress.js';
import { ensureCanary, proveAccess } from './proveAccess.js';
import { tellRuntime } from './tellRuntime.js';
import { askedBy, startedByWords } from './words.js';

/** Looks of one run at its runtime. */
const MAX_LOOKS = 20;

/** A rotation asks again after this pause where another run works on the runtime. */
const BUSY_PAUSE_MS = 60_000;

/** Input of the orchestration: what was asked, and what earlier looks of the same run left. */
type Input = RuntimeRunInput & { readonly earlier?: { readonly looks: number; readonly result: RunResult } };

/**
 * One run on one runtime. The runtime's record lets one run at a time work on it; what comes meanwhile is noted there
 * and leads to one more look, for which this orchestration continues as new.
 */
export function* runtimeRun(context: OrchestrationContext): Flow<RunResult | undefined> {
  const input = context.df.getInput<Input>();
  // What a rotation says of a move is the rotation's to say.
  if (input.move) refuseAlone(context, 'The move of a runtime');
  const progress = new Progress(context, input.earlier?.result.trail ?? []);
  const runId = context.df.instanceId;
  if (!input.earlier) progress.note(startedByWords(input.startedBy), `start: ${input.action}`);
  const parentRunId = input.startedBy.kind === 'run' ? input.startedBy.runId : undefined;
  const recordKey = runtimeRecordKey(input.runtime);
  const nextLook = (input.earlier?.looks ?? 0) + 1;
  const base = {
    context,
    progress,
    runtime: input.runtime,
    urgent: input.move?.urgent === true,
    proven: input.move?.proven === true,
    proveFirst: input.move?.proveFirst === true,
    ...askedOf(input),
    writesAgain: input.startedBy.kind === 'request' && input.earlier === undefined,
    ...(input.move?.credential ? { credential: input.move.credential } : {}),
  };
  const unstoppable = input.move?.unstoppable === true;
  const holder: Holder = {
    runId,
    ...(parentRunId && !unstoppable ? { parentRunId } : {}),
    leased: false,
    unstoppable,
    ...(input.move ? { rotation: { ...input.move.rotation, since: Date.parse(input.createdAt) } } : {}),
  };

  if (input.action === 'plan') {
    const label = `${runId}-${nextLook}`;
    return resultOf(input, yield* guarded({ ...base, label, holder }, planRuntime), progress.trail);
  }

  progress.begin('begin');
  const asksAgain = input.move !== undefined && nowMs(context) < input.move.waitUntil;
  const begun = yield* callRecord<'begun' | 'busy' | 'ended'>(context, recordKey, {
    kind: 'begin',
    runId,
    look: nextLook,
    now: nowMs(context),
    holdMs: HOLD_MS,
    ...(input.move ? { quiet: true } : {}),
    ...(base.asked === 'person' ? { asked: true } : {}),
    ...(asksAgain ? { asksAgain } : {}),
    ...(input.inPlaceOf ? { inPlaceOf: input.inPlaceOf } : {}),
  });
  if (begun.kind === 'busy') {
    yield* pause(context, BUSY_PAUSE_MS);
    const standing = yield* renewStanding(context, holder, LEASE_MS);
    if (standing !== 'held') {
      const label = `${runId}-${nextLook}`;
      return resultOf(input, endStopped({ ...base, label, holder }, standing), progress.trail);
    }
    context.df.continueAsNew(input);
    return undefined;
  }
  if (begun.kind === 'ended') return resultOfEnded(input, begun.end, progress);

  // Where the run was started again, the record knows better which of its looks this is.
  const looks = begun.look;
  const look: Look = {
    ...base,
    label: `${runId}-${looks}`,
    holder: { ...holder, record: { key: recordKey, look: looks } },
    ...(begun.proof ? { knownProof: begun.proof } : {}),
    ...failedBefore(input.earlier?.result),
  };
  const ended = yield* guarded(look, input.action === 'check' && looks === 1 ? checkOnly : enableRuntime);

  if (ended.outcome === 'cancelled') {
    yield* tellCancelled(context, progress, holder, { subject: formatRuntimeId(input.runtime) });
  }

  // Whatever keeps happening to the runtime, a run has an end; the next event starts another.
  const enough = looks >= MAX_LOOKS || ended.outcome === 'cancelled' || ended.outcome === 'interrupted';
  const result = {
    ...joined(input.earlier?.result, resultOf(input, ended, progress.trail)),
    ...(input.move && wasUnproven(input, begun.proof) ? { unproven: true as const } : {}),
  };
  // Told before the end is remembered: a run that begins again after that has nothing more to tell.
  const earlier = input.earlier?.result;
  const by = askedBy(input.startedBy);
  yield* tellRuntime(look, ended, { ofRotation: input.move !== undefined, earlier, by });
  progress.begin('finish');
  const finished = yield* callRecord<'finished'>(context, recordKey, {
    kind: 'finish',
    runId,
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
  if (!finished.again) return result;

  progress.note('something happened to the runtime meanwhile: one more look', 'finish');
  const next: Input = { ...input, earlier: { looks, result: { ...result, trail: progress.trail } } };
  context.df.continueAsNew(next);
  return undefined;
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

/** What a run keeps of its result for the case that it is started again. */
function endOf({ outcome, changed, problem }: RunResult): RunEnd {
  return { outcome, ...(changed ? { changed } : {}), ...(problem ? { code: problem.code } : {}) };
}

/** The result of a run that the record has among those that ended, or that is told no for good. */
function resultOfEnded(
  input: Input,
  { outcome, changed, code, otherRunId }: RunEnd,
  progress: Progress,
): RunResult {
  const summary =
    outcome === 'busy'
      ? `Run ${otherRunId ?? ''} works on the runtime and looks once more afterwards.`
      : `This run has ended before: ${outcome}.`;
  progress.note(summary);
  return {
    outcome,
    runtime: formatRuntimeId(input.runtime),
    summary,
    changed: changed === true,
    ...(code === undefined ? {} : { problem: endedBefore(code, summary) }),
    ...(otherRunId === undefined ? {} : { otherRunId }),
    trail: input.move ? [] : progress.trail,
  };
}

/** The dry run: reads and plans, changes nothing, holds nothing. */
function* planRuntime(look: Look): Flow<LookEnd> {
  const found = yield* inspect(look, 'plan');
  if (!('kind' in found)) return found;
  const { plan, runtime } = found;
  const words =
    plan.conflicts.length > 0
      ? `${plan.conflicts.length} conflict(s) would stop an enablement.`
      : plan.changes
        ? 'An enablement would write these settings.'
        : 'An enablement would change nothing.';
  return end(look, 'planned', words, { profile: runtime.profile, plan });
}

/** The access check alone: proves what is there, changes no setting. */
function* checkOnly(look: Look): Flow<LookEnd> {
  const found = yield* inspect(look, 'check');
  if (!('kind' in found)) return found;
  const { plan, runtime } = found;
  if (runtime.onlyReported === 'observed' && look.asked !== 'rotation') {
    return endReported(look, runtime.onlyReported, runtime.profile, plan);
  }
  const standing = yield* renewStanding(look.context, look.holder, LEASE_MS);
  if (standing !== 'held') return endStopped(look, standing, { profile: runtime.profile, plan });
  look.progress.begin('make sure of the canary');
  const noCanary = yield* ensureCanary(look, runtime);
  if (noCanary) return noCanary;
  const proven = yield* proveAccess(look, runtime, plan, {
    changed: false,
    outcome: 'accessProven',
    ...(runtime.marker === undefined ? {} : { expectedMarker: runtime.marker }),
  });
  return { ...proven, learned: learned(plan, false, runtime.seen) };
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

function resultOf(input: RuntimeRunInput, ended: LookEnd, trail: readonly TrailEntry[]): RunResult {
  const {
    recordedProof: _,
    revokesProof: __,
    carried: ___,
    learned: ____,
    lookedAfter: _____,
    plan,
    ...rest
  } = ended;
  const runtime = formatRuntimeId(input.runtime);
  // A fleet's orchestration gets hundreds of these: plan and trail stay in the run's own status.
  return input.move
    ? { ...rest, runtime, trail: [] }
    : { ...rest, ...(plan ? { plan } : {}), runtime, trail };
}

function failedBefore(earlier: RunResult | undefined): Pick<Look, 'failedFingerprint'> {
  const failed = earlier?.outcome === 'checkFailed' ? earlier.plan?.fingerprint : undefined;
  return failed === undefined ? {} : { failedFingerprint: failed };
}

/** The result of a run that looked more than once: a look that found nothing to do does not hide what was done before. */
function joined(earlier: RunResult | undefined, latest: RunResult): RunResult {
  if (!earlier) return latest;
  const nothingNew =
    (latest.outcome === 'alreadyEnabled' && earlier.outcome === 'enabled') ||
    (latest.outcome === 'checkFailed' && latest.problem === undefined);
  if (nothingNew) return { ...earlier, trail: latest.trail };
  return { ...latest, changed: latest.changed || earlier.changed };
}
