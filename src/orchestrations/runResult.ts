/** What a run on a runtime gives back: the result of one pass, of several, and of a run that has ended before. */
import type { RuntimeRunInput } from '../domain/runs/inputs.js';
import type { RunEnd } from '../domain/runs/repeatable.js';
import { endedBefore } from '../domain/runs/runProblems.js';
import type { RunResult, TrailEntry } from '../domain/runs/runs.js';
import { formatRuntimeId } from '../domain/values/runtimeId.js';
import type { PassResult } from './pass.js';
import type { Progress } from './progress.js';

/** The result of a run as one pass of it has ended. */
export function resultOf(input: RuntimeRunInput, ended: PassResult, trail: readonly TrailEntry[]): RunResult {
  const {
    recordedProof: _,
    revokesProof: __,
    carried: ___,
    learned: ____,
    lookedAfter: _____,
    readyAfterMs,
    plan,
    ...rest
  } = ended;
  const runtime = formatRuntimeId(input.runtime);
  // A fleet's orchestration gets hundreds of these: plan and trail stay in the run's own status.
  return input.move
    ? { ...rest, ...(readyAfterMs === undefined ? {} : { readyAfterMs }), runtime, trail: [] }
    : { ...rest, ...(plan ? { plan } : {}), runtime, trail };
}

/** The result of a run of more than one pass: a pass that found nothing to do does not hide what was done before. */
export function joined(earlier: RunResult | undefined, latest: RunResult): RunResult {
  if (!earlier) return latest;
  const nothingNew =
    (latest.outcome === 'alreadyEnabled' && earlier.outcome === 'enabled') ||
    (latest.outcome === 'checkFailed' && latest.problem === undefined);
  if (nothingNew) return { ...earlier, trail: latest.trail };
  return { ...latest, changed: latest.changed || earlier.changed };
}

/** What a run keeps of its result for the case that it is started again. */
export function endOf({ outcome, changed, problem }: RunResult): RunEnd {
  return { outcome, ...(changed ? { changed } : {}), ...(problem ? { code: problem.code } : {}) };
}

/** The result of a run that the record has among those that ended, or that is told no for good. */
export function resultOfEnded(
  input: RuntimeRunInput,
  { outcome, changed, code, otherRunId }: RunEnd,
  progress: Progress,
): RunResult {
  const summary =
    outcome === 'busy'
      ? `Run ${otherRunId ?? ''} works on the runtime and looks once more afterwards.`
      : `This run has ended before: ${outcome}.`;
  progress.logStep(summary);
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
