import type { CheckTarget } from '../domain/activities/checkActivities.js';
import type { InspectedRuntime } from '../domain/activities/runtimeActivities.js';
import { nextOpening } from '../domain/configuration/maintenance.js';
import { COUNT_TASKS_EVERY_MS, LEASE_MS, SILENT_MS } from '../domain/values/timing.js';
import { type ClaimStatus, callActivity, type RunClaim, renewClaim, SUB_ORCHESTRATIONS } from './calls.js';
import { callWait } from './children.js';
import { inputOf, type OrchestrationContext } from './durable.js';
import { type Flow, nowMs, pause } from './flow.js';
import { endStopped, type Pass, type PassResult } from './pass.js';
import { poll, type Round } from './poll.js';

const ROUNDS_AN_EXECUTION = 4;

/** What waiting came to: the change may begin, on the runtime as it was seen or (after a wait) after another pass. */
export type Readiness = 'ready' | 'inspectAgain' | 'drained' | PassResult;

/**
 * Waits, without a lease, until a change may interrupt the runtime: for its maintenance window, then for its tasks. A
 * runtime that has never run has nothing to interrupt, and one whose credential would not work for so long waits for
 * nothing.
 */
export function* awaitMaintenance(pass: Pass, runtime: InspectedRuntime): Flow<Readiness> {
  const { windows, drainSeconds } = runtime.maintenance;
  const inUse = runtime.phase === 'ready' || runtime.marker !== undefined || pass.knownProof !== undefined;
  if (pass.urgent || !inUse) return 'ready';
  const { context, progress, claim } = pass;
  const opensAt = nextOpening(windows, nowMs(context));
  const changesAt = Math.max(opensAt, nowMs(context)) + (drainSeconds ?? 0) * 1000;
  if (isTooLate(runtime, changesAt)) {
    progress.logStep('what the runtime has stops working before that: the change does not wait');
    return 'ready';
  }
  if (opensAt > nowMs(context)) {
    progress.begin(`wait for the maintenance window at ${new Date(opensAt).toISOString()}`);
    const claimStatus = yield* waitUntil(context, { claim, until: opensAt }, `${pass.label}-window`);
    if (claimStatus !== 'held') return endStopped(pass, claimStatus, { profile: runtime.profile });
    progress.logStep('it is open');
    return 'inspectAgain';
  }
  if (drainSeconds !== undefined && !pass.drained && runtime.webUrl && runtime.phase === 'ready') {
    const { dagsFromGit, profile, webUrl } = runtime;
    const input: DrainInput = {
      claim,
      target: { runtime: pass.runtime, profile, webUrl, dagsFromGit },
      until: nowMs(context) + drainSeconds * 1000,
    };
    progress.begin('wait until no task is running');
    const childId = `${pass.label}-drain`;
    const drained = yield* callWait<DrainResult>(
      context,
      SUB_ORCHESTRATIONS.awaitDrained,
      () => input,
      childId,
    );
    if (drained.kind === 'stopped')
      return endStopped(pass, drained.claimStatus, { profile: runtime.profile });
    progress.logStep(drained.words);
    if (drained.rounds > 1) return 'drained';
  }
  return 'ready';
}

/** Whether what the runtime has works no more when a change that begins then is through. */
function isTooLate({ worksUntil, limits }: InspectedRuntime, changesAt: number): boolean {
  const { changeableSeconds, readySeconds } = limits;
  return worksUntil !== undefined && changesAt + (changeableSeconds + readySeconds) * 1000 >= worksUntil;
}

interface WaitInput {
  readonly claim: RunClaim;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

function* waitUntil(context: OrchestrationContext, input: WaitInput, childId: string): Flow<ClaimStatus> {
  return yield* callWait<ClaimStatus>(context, SUB_ORCHESTRATIONS.awaitMoment, () => input, childId);
}

/** Waits for a moment that may be days away, and shows now and then that the run is alive. */
export function awaitMoment(context: OrchestrationContext): Flow<ClaimStatus | undefined> {
  const input = inputOf<WaitInput>(context);
  return poll(context, ROUNDS_AN_EXECUTION, input, function* (wait): Flow<Round<WaitInput, ClaimStatus>> {
    const left = wait.until - nowMs(context);
    if (left <= 0) return { result: 'held' };
    yield* pause(context, Math.min(left, SILENT_MS));
    const claimStatus = yield* renewClaim(context, wait.claim, LEASE_MS);
    return claimStatus === 'held' ? { state: wait } : { result: claimStatus };
  });
}

interface DrainInput {
  readonly claim: RunClaim;
  readonly target: CheckTarget;
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly rounds?: number;
}

type DrainResult =
  | { readonly kind: 'over'; readonly words: string; readonly rounds: number }
  | { readonly kind: 'stopped'; readonly claimStatus: 'lost' | 'cancelled' };

/** Asks Airflow every minute until no task is running or queued, or the limit has passed. */
export function awaitDrained(context: OrchestrationContext): Flow<DrainResult | undefined> {
  const input = inputOf<DrainInput>(context);
  return poll(context, ROUNDS_AN_EXECUTION, input, (state) => askForTasks(context, state));
}

function* askForTasks(
  context: OrchestrationContext,
  state: DrainInput,
): Flow<Round<DrainInput, DrainResult>> {
  const counted = yield* callActivity(context, 'countTasks', state.target);
  const rounds = (state.rounds ?? 0) + 1;
  const over = (words: string) => ({ result: { kind: 'over' as const, words, rounds } });
  if (counted.kind === 'counted' && counted.tasks === 0) return over('no task is running');
  // An Airflow that cannot be asked must not keep its fixing away.
  if (counted.kind === 'refused') return over(`not known: ${counted.problem.message}`);
  if (nowMs(context) >= state.until) {
    const left = counted.kind === 'counted' ? `tasks still running: ${counted.tasks}` : counted.message;
    return over(`waited long enough: ${left}`);
  }
  yield* pause(context, COUNT_TASKS_EVERY_MS);
  const claimStatus = yield* renewClaim(context, state.claim, LEASE_MS);
  if (claimStatus !== 'held') return { result: { kind: 'stopped', claimStatus } };
  return { state: { ...state, rounds } };
}
