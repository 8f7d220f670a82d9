import type { Activities } from '../../domain/activities/activities.js';
import type { Problem } from '../../domain/problems/problem.js';
import { sweptRuntimeRunId } from '../../domain/runs/instanceIds.js';
import { byNeed, COUNTED, type Finding } from '../../domain/sweep/findings.js';
import { followUpOf, swept } from '../../domain/sweep/followUps.js';
import type { SurveyedRuntime, SweptProfile } from '../../domain/sweep/sweep.js';
import { type Flow, nowMs } from '../flow.js';
import { emitProfileFailed } from './events.js';
import { rememberFirstSeen } from './rememberFirstSeen.js';
import { startRuntimeRuns } from './startRuntimeRuns.js';
import { ask, type Sweeping } from './sweeping.js';

/** Enablements that one sweep starts for one profile: what is over waits for the next one. */
const MAX_ENABLEMENTS = 25;
/** Checks: nothing restarts, so that there may be more. With four sweeps a day, a day's proofs of 1,000 runtimes. */
const MAX_CHECKS = 250;
/** Runtimes that a sweep names, for one profile and for all together: the result is kept, and read by people. */
const MAX_NAMED = 200;
const MAX_NAMED_IN_ALL = 1_000;

type Surveyed = Extract<Activities['surveyProfile']['output'], { kind: 'surveyed' }>;

/** Ids of the runs that were started. */
interface Started {
  readonly enabled: ReadonlySet<string>;
  readonly checked: ReadonlySet<string>;
}

/** Judges the runtimes of a profile and starts what they need. */
export function* sweepProfile(
  sweeping: Sweeping,
  profile: string,
  before: readonly SweptProfile[],
): Flow<SweptProfile> {
  const { context, progress, dryRun } = sweeping;
  progress.begin(`profile ${profile}`);
  const room = roomBeside(before);
  const limits = { enable: MAX_ENABLEMENTS, check: MAX_CHECKS, name: room };
  const surveyed = yield* ask(sweeping, 'surveyProfile', { profile, limits, now: nowMs(context) }, profile);
  if ('problem' in surveyed) {
    progress.logStep(surveyed.problem.message);
    if (!dryRun) yield* emitProfileFailed(context, profile, surveyed.problem);
    return notSwept(profile, surveyed.problem);
  }
  const { findings, enable, check, others, shown } = surveyed;
  progress.logStep(formatFindings(findings));
  // Before anything is started: what the list shows counts as there before from then on.
  if (shown && !dryRun) yield* rememberFirstSeen(context, profile, shown, others);

  const enabled = yield* startRuntimeRuns(
    sweeping,
    'enable',
    enable.map(({ runtime, finding }) =>
      finding === 'existing' ? { runtime, asked: 'profile' } : { runtime },
    ),
    profile,
  );
  const checked = yield* startRuntimeRuns(
    sweeping,
    'check',
    check.map((runtime) => ({ runtime })),
    profile,
  );
  return sweptProfile(sweeping, profile, surveyed, { enabled, checked }, room);
}

/** How many runtimes of the next profile the sweep may name. */
function roomBeside(before: readonly SweptProfile[]): number {
  const left = MAX_NAMED_IN_ALL - before.reduce((sum, { runtimes }) => sum + runtimes.length, 0);
  return Math.max(0, Math.min(MAX_NAMED, left));
}

/** A profile whose runtimes could not be listed or judged. */
function notSwept(profile: string, problem: Problem): SweptProfile {
  return { profile, findings: {}, runtimes: [], enablements: 0, checks: 0, waiting: 0, problem };
}

/** What the sweep says of a profile: its runtimes with what follows, those that need somebody first, and the counts. */
function sweptProfile(
  { runId, dryRun }: Sweeping,
  profile: string,
  { findings, enable, check, others, observed, takesTurns }: Surveyed,
  { enabled, checked }: Started,
  room: number,
): SweptProfile {
  const runIdOf = ({ runtime }: SurveyedRuntime) => sweptRuntimeRunId(runtime, runId);
  const runtimes = [
    ...others.map((one) => swept(one, followUpOf(one.finding, observed === true, takesTurns === true))),
    ...enable.map((one) => {
      const id = runIdOf(one);
      if (dryRun) return swept(one, 'enable');
      return enabled.has(id) ? { ...swept(one, 'enable'), runId: id } : swept(one, 'nextSweep');
    }),
  ].sort(byNeed);
  const named = runtimes.slice(0, room);
  const total = Object.entries(findings).reduce(
    (sum, [finding, count]) => sum + (COUNTED.has(finding as Finding) ? 0 : count),
    0,
  );
  const checks = dryRun ? check.length : checked.size;
  const candidates = (findings.drifted ?? 0) + (findings.unproven ?? 0) + (findings.proofDue ?? 0);
  const begun = dryRun ? enable : enable.filter((one) => enabled.has(runIdOf(one)));
  const candidatesBegun = begun.filter(({ finding }) => finding !== 'existing').length;
  return {
    profile,
    ...(observed ? { observed: true as const } : {}),
    findings,
    runtimes: named,
    ...(total > named.length ? { unnamed: total - named.length } : {}),
    enablements: begun.length,
    checks,
    waiting: observed ? 0 : candidates - candidatesBegun - checks,
  };
}

function formatFindings(findings: SweptProfile['findings']): string {
  const parts = Object.entries(findings).map(([finding, count]) => `${count} ${finding}`);
  return parts.join(', ') || 'no runtimes';
}
