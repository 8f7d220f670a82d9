import type { RuntimeRunInput } from '../../domain/runs/inputs.js';
import { sweptRuntimeRunId } from '../../domain/runs/instanceIds.js';
import { ORCHESTRATIONS } from '../../domain/runs/runs.js';
import { byNeed, COUNTED, type Finding } from '../../domain/sweep/findings.js';
import type {
  FollowUp,
  Launch,
  SurveyedRuntime,
  SweptProfile,
  SweptRuntime,
} from '../../domain/sweep/sweep.js';
import { formatRuntimeId } from '../../domain/values/runtimeId.js';
import { type Flow, isoNow, nowMs, pause } from '../flow.js';
import { noteShown } from './noteShown.js';
import { ask, launch, type Sweeping } from './sweeping.js';
import { tellProfile } from './telling.js';

/** Enablements that one sweep starts for one profile: what is over waits for the next one. */
const MAX_ENABLEMENTS = 25;
/** Checks: nothing restarts, so that there may be more. With four sweeps a day, a day's proofs of 1,000 runtimes. */
const MAX_CHECKS = 250;
/** Started at once, and the pause after them: each begins with a read, and services grant some 25 a second. */
const AT_ONCE = 25;
const PAUSE_MS = 5_000;
/** Runtimes that a sweep names, for one profile and for all together: the result is kept, and read by people. */
const MAX_NAMED = 200;
const MAX_NAMED_IN_ALL = 1_000;

/** Judges the runtimes of a profile and starts what they need. */
export function* sweepProfile(
  sweeping: Sweeping,
  profile: string,
  before: readonly SweptProfile[],
): Flow<SweptProfile> {
  const { context, progress, dryRun } = sweeping;
  progress.begin(`profile ${profile}`);
  const left = MAX_NAMED_IN_ALL - before.reduce((sum, { runtimes }) => sum + runtimes.length, 0);
  const room = Math.max(0, Math.min(MAX_NAMED, left));
  const limits = { mend: MAX_ENABLEMENTS, check: MAX_CHECKS, name: room };
  const surveyed = yield* ask(sweeping, 'surveyProfile', { profile, limits, now: nowMs(context) }, profile);
  if ('problem' in surveyed) {
    progress.note(surveyed.problem.message);
    if (!dryRun) yield* tellProfile(context, profile, surveyed.problem);
    return {
      profile,
      findings: {},
      runtimes: [],
      enablements: 0,
      checks: 0,
      waiting: 0,
      problem: surveyed.problem,
    };
  }
  const { findings, mend, check, others, observed, takesTurns, shown } = surveyed;
  progress.note(wordsFor(findings));
  // Before anything is started: what the list shows counts as there before from then on.
  if (shown && !dryRun) yield* noteShown(context, profile, shown, others);

  const enabled = yield* startAll(
    sweeping,
    'enable',
    mend.map(({ runtime, finding }) =>
      finding === 'existing' ? { runtime, asked: 'profile' } : { runtime },
    ),
    profile,
  );
  const checked = yield* startAll(
    sweeping,
    'check',
    check.map((runtime) => ({ runtime })),
    profile,
  );
  const runtimes = [
    ...others.map((one) => swept(one, followUpOf(one.finding, observed === true, takesTurns === true))),
    ...mend.map((one) => {
      const runId = sweptRuntimeRunId(one.runtime, sweeping.runId);
      if (dryRun) return swept(one, 'enable');
      return enabled.has(runId) ? { ...swept(one, 'enable'), runId } : swept(one, 'nextSweep');
    }),
  ].sort(byNeed);
  const named = runtimes.slice(0, room);
  const total = Object.entries(findings).reduce(
    (sum, [finding, count]) => sum + (COUNTED.has(finding as Finding) ? 0 : count),
    0,
  );
  const checks = dryRun ? check.length : checked.size;
  const needy = (findings.drifted ?? 0) + (findings.unproven ?? 0) + (findings.proofDue ?? 0);
  const begun = dryRun
    ? mend
    : mend.filter(({ runtime }) => enabled.has(sweptRuntimeRunId(runtime, sweeping.runId)));
  const mended = begun.filter(({ finding }) => finding !== 'existing').length;
  return {
    profile,
    ...(observed ? { observed: true as const } : {}),
    findings,
    runtimes: named,
    ...(total > named.length ? { unnamed: total - named.length } : {}),
    enablements: begun.length,
    checks,
    waiting: observed ? 0 : needy - mended - checks,
  };
}

/** What follows on a finding where this sweep starts nothing. */
const FOLLOW_UPS: Readonly<Record<Finding, FollowUp>> = {
  fine: 'nextSweep',
  proofDue: 'nextSweep',
  drifted: 'nextSweep',
  unproven: 'nextSweep',
  existing: 'person',
  conflict: 'person',
  broken: 'person',
  changing: 'nextSweep',
  inWork: 'run',
  resting: 'pause',
};

/** Where nothing is started for the profile, only a person changes anything; a run that is at work goes on. */
function followUpOf(finding: Finding, observed: boolean, takesTurns: boolean): FollowUp {
  if (finding === 'existing') return takesTurns && !observed ? 'nextSweep' : 'person';
  return observed && finding !== 'inWork' ? 'person' : FOLLOW_UPS[finding];
}

function swept({ runtime, ...judged }: SurveyedRuntime, follows: FollowUp): SweptRuntime {
  return { runtime: formatRuntimeId(runtime), ...judged, follows };
}

/** Starts a run on each of these runtimes, some at once; gives the ids of those that are started. */
function* startAll(
  sweeping: Sweeping,
  action: 'enable' | 'check',
  runtimes: readonly Pick<RuntimeRunInput, 'runtime' | 'asked'>[],
  profile: string,
): Flow<ReadonlySet<string>> {
  const { context, runId, dryRun } = sweeping;
  const started = new Set<string>();
  if (dryRun) return started;
  for (let from = 0; from < runtimes.length; from += AT_ONCE) {
    if (from > 0) yield* pause(context, PAUSE_MS);
    const runs = runtimes.slice(from, from + AT_ONCE).map(({ runtime, asked }): Launch => {
      const input: RuntimeRunInput = {
        action,
        runtime,
        ...(asked ? { asked } : {}),
        startedBy: { kind: 'run', runId },
        createdAt: isoNow(context),
      };
      return {
        orchestration: ORCHESTRATIONS.runtimeRun,
        runId: sweptRuntimeRunId(runtime, runId),
        input,
      };
    });
    for (const id of yield* launch(sweeping, runs, `${action} ${profile} ${from}`)) started.add(id);
  }
  return started;
}

function wordsFor(findings: SweptProfile['findings']): string {
  const words = Object.entries(findings).map(([finding, count]) => `${count} ${finding}`);
  return words.join(', ') || 'no runtimes';
}
