import { isEmittedAsFailed } from '../domain/events/ends.js';
import type { Problem } from '../domain/problems/problem.js';
import type { ProfileRunInput, RuntimeRunInput } from '../domain/runs/inputs.js';
import { memberRunId } from '../domain/runs/instanceIds.js';
import { needsAttention, type RunOutcome } from '../domain/runs/outcomes.js';
import { cancelledAfter, endOfProfileRun } from '../domain/runs/profileRuns.js';
import { firstUnproven } from '../domain/runs/runProblems.js';
import { ORCHESTRATIONS, type ProfileRunResult, type RunResult } from '../domain/runs/runs.js';
import { profileSubject } from '../domain/runs/runTargets.js';
import { amount } from '../domain/values/amount.js';
import { canonicalRuntimeId, displayRuntime, type RuntimeId } from '../domain/values/runtimeId.js';
import { LEASE_MS } from '../domain/values/timing.js';
import { callWithRetry, type RunClaim, renewClaim } from './calls.js';
import { emitCancelled } from './cancelling.js';
import { callMembers, explained, runResultOf } from './children.js';
import { continueAsNew, inputOf, instanceIdOf, type OrchestrationContext } from './durable.js';
import { type Flow, isoNow } from './flow.js';
import { notify } from './notify.js';
import { Progress } from './progress.js';
import { formatStartedBy } from './startedBy.js';

/** Side by side at most: Airflows restart for many minutes, a service's budget of writes refills slowly. */
const GROUP = 10;
/** Runs listed in the result by name; the counts hold them all. */
const MAX_LISTED = 50;

/** What the groups before came to. */
type SoFar = Pick<ProfileRunResult, 'total' | 'outcomes' | 'runs' | 'changed' | 'trail'> & {
  /** Access is proven in one of the runtimes that were there before the app. */
  readonly firstProven?: true;
};

type Input = ProfileRunInput & { readonly soFar?: SoFar & { readonly after: string } };

/** How one group went: on to the next one, or how the run ends. */
type GroupEnd =
  | { readonly kind: 'goesOn'; readonly soFar: SoFar & { readonly after: string } }
  | { readonly kind: 'ended'; readonly end: ProfileRunEnd; readonly soFar: SoFar };

type ProfileRunEnd = Pick<ProfileRunResult, 'outcome' | 'summary' | 'problem'>;

const NOTHING: SoFar = { total: 0, outcomes: {}, runs: [], changed: false, trail: [] };

/**
 * One action on every runtime of a profile, in groups; one runtime's failure never stops the others. However it ends, it
 * says how, what it came to, and what is left.
 */
export function* profileRun(context: OrchestrationContext): Flow<ProfileRunResult | undefined> {
  const input = inputOf<Input>(context);
  const { profile, action } = input;
  const soFar = input.soFar ?? NOTHING;
  const progress = new Progress(context, soFar.trail);
  if (!input.soFar) progress.logStep(formatStartedBy(input.startedBy), `start: ${action} of ${profile}`);
  const group = yield* guarded(context, input, soFar, () => runGroup(context, input, soFar, progress));
  if (group.kind === 'goesOn') {
    const next: Input = { ...input, soFar: { ...group.soFar, trail: progress.trail } };
    continueAsNew(context, next);
    return undefined;
  }
  yield* emitEvents(context, profile, group.end);
  progress.logStep(group.end.summary, 'finish');
  const { firstProven: _, ...soFarToEmit } = group.soFar;
  return { profile, action, ...soFarToEmit, ...group.end, trail: progress.trail };
}

/** Lists the next runtimes, runs on them side by side and adds them up. */
function* runGroup(
  context: OrchestrationContext,
  input: Input,
  soFar: SoFar,
  progress: Progress,
): Flow<GroupEnd> {
  const runId = instanceIdOf(context);
  const claim: RunClaim = { runId, leased: false };
  const ended = (end: ProfileRunEnd): GroupEnd => ({ kind: 'ended', end, soFar });

  // An execution that goes on as new has no status until it sets one.
  progress.begin(
    `list the runtimes of ${input.profile}${soFar.total > 0 ? ` after the first ${soFar.total}` : ''}`,
  );
  const claimStatus = yield* renewClaim(context, claim, LEASE_MS);
  if (claimStatus === 'cancelled') {
    yield* emitCancelled(context, progress, claim, { subject: profileSubject(input.profile) });
    return ended(endProblem('cancelled', cancelledAfter(soFar.total)));
  }

  const listed = yield* callWithRetry(
    context,
    'listRuntimes',
    {
      profile: input.profile,
      limit: GROUP,
      ...(input.soFar ? { after: input.soFar.after } : {}),
    },
    claim,
    `${runId}-list${soFar.total}`,
  );
  switch (listed.kind) {
    case 'refused':
      return ended(endProblem('refused', listed.problem));
    case 'exhausted':
      return ended(endProblem('interrupted', listed.problem));
    case 'stopped':
      return ended(endProblem('cancelled', cancelledAfter(soFar.total)));
  }

  const { runtimes, next, existing = [] } = listed;
  progress.begin(`${input.action} of ${amount(runtimes.length, 'runtime')}, ${soFar.total} done before`);
  const byTurns = input.action === 'enable' ? existing.map(canonicalRuntimeId) : [];
  const there = (runtime: RuntimeId) => byTurns.includes(canonicalRuntimeId(runtime));
  const others = runtimes.filter((runtime) => !there(runtime));
  const besides = (yield* runAll(context, input, others, soFar)).soFar;
  const { soFar: done, problem } = yield* runByTurns(context, input, runtimes.filter(there), besides);
  progress.logStep(`${amount(done.total - soFar.total, 'runtime')} done`);
  if (problem) return { kind: 'ended', end: endProblem('incomplete', problem), soFar: done };
  if (next !== undefined) return { kind: 'goesOn', soFar: { ...done, after: next } };
  return { kind: 'ended', end: endOfProfileRun(input.action, done.outcomes), soFar: done };
}

function* runAll(
  context: OrchestrationContext,
  { action }: Input,
  runtimes: readonly RuntimeId[],
  soFar: SoFar,
): Flow<{ readonly soFar: SoFar; readonly results: readonly RunResult[] }> {
  const runId = instanceIdOf(context);
  const members = runtimes.map((runtime) => {
    const child: RuntimeRunInput = {
      action,
      runtime,
      ...(action === 'enable' ? { asked: 'person' as const } : {}),
      startedBy: { kind: 'run', runId },
      createdAt: isoNow(context),
    };
    return { id: memberRunId(runId, runtime), input: child };
  });
  const all = yield* callMembers<RunResult>(context, ORCHESTRATIONS.runtimeRun, members);
  const results = runtimes.map((runtime, index) => runResultOf(all[index], runtime));

  const outcomes: Partial<Record<RunOutcome, number>> = { ...soFar.outcomes };
  for (const { outcome } of results) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  const runs = results.map(({ runtime, outcome }, index) => ({
    runId: members[index]?.id ?? '',
    runtime,
    outcome,
  }));
  const known = [...soFar.runs, ...runs];
  const done: SoFar = {
    ...soFar,
    total: soFar.total + results.length,
    outcomes,
    // The ones that need somebody come first, so that the cap never hides them.
    runs: [
      ...known.filter((run) => needsAttention(run.outcome)),
      ...known.filter((run) => !needsAttention(run.outcome)),
    ].slice(0, MAX_LISTED),
    changed: soFar.changed || results.some(({ changed }) => changed),
    trail: [],
  };
  return { soFar: done, results };
}

/**
 * Runtimes that were there before the app: one after the other until access is proven in one, then the others side by side.
 * One that was written, or may have been, and is not proven is the last; one to which nothing was written says nothing of
 * the others.
 */
function* runByTurns(
  context: OrchestrationContext,
  input: Input,
  runtimes: readonly RuntimeId[],
  before: SoFar,
): Flow<{ readonly soFar: SoFar; readonly problem?: Problem }> {
  let soFar = before;
  for (const [place, runtime] of runtimes.entries()) {
    if (soFar.firstProven) return yield* runAll(context, input, runtimes.slice(place), soFar);
    const ran = yield* runAll(context, input, [runtime], soFar);
    soFar = ran.soFar;
    const [result] = ran.results;
    if (result?.outcome === 'enabled') soFar = { ...soFar, firstProven: true };
    else if (result?.outcome === 'cancelled') return { soFar };
    else if (result?.changed) {
      const id = memberRunId(instanceIdOf(context), runtime);
      return { soFar, problem: firstUnproven(displayRuntime(runtime), result.outcome, id) };
    }
  }
  return { soFar };
}

/** Whatever a flow throws becomes an explained end. What was under way may have changed something. */
function* guarded(
  context: OrchestrationContext,
  { profile }: Input,
  soFar: SoFar,
  flow: () => Flow<GroupEnd>,
): Flow<GroupEnd> {
  try {
    return yield* flow();
  } catch (error) {
    const end = endProblem('interrupted', explained(context, `The run over ${profile}`, error));
    return { kind: 'ended', end, soFar: { ...soFar, changed: true } };
  }
}

function* emitEvents(
  context: OrchestrationContext,
  profile: string,
  { outcome, problem }: ProfileRunEnd,
): Flow<void> {
  if (!problem || !isEmittedAsFailed('profile', outcome)) return;
  const data = { runId: instanceIdOf(context), target: profile, outcome, problem };
  yield* notify(context, { type: 'Airlock.RunFailed.v1', subject: profileSubject(profile), data });
}

function endProblem(outcome: RunOutcome, problem: Problem): ProfileRunEnd {
  return { outcome, summary: problem.message, problem };
}
