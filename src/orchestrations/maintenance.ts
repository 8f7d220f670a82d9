import { nextOpening } from '../domain/configuration/maintenance.js';
import type { CheckTarget } from '../domain/steps/checkSteps.js';
import type { InspectedRuntime } from '../domain/steps/runtimeSteps.js';
import { COUNT_TASKS_EVERY_MS, LEASE_MS, SILENT_MS } from '../domain/values/timing.js';
import { callStep, type Holder, renewStanding, type Standing, SUB_ORCHESTRATIONS } from './calls.js';
import { callWait } from './children.js';
import { inputOf, type OrchestrationContext } from './durable.js';
import { type Flow, nowMs, pause } from './flow.js';
import { endStopped, type Look, type LookEnd } from './look.js';
import { poll, type Round } from './poll.js';

const ROUNDS_AN_EXECUTION = 4;

/** What waiting came to: the change may begin, on the runtime as it was seen or (after a wait) after another look. */
export type Readiness = 'ready' | 'lookAgain' | 'drained' | LookEnd;

/**
 * Waits, without a lease, until a change may interrupt the runtime: for its maintenance window, then for its tasks. A
 * runtime that has never run has nothing to interrupt, and one whose credential would not work for so long waits for
 * nothing.
 */
export function* awaitMaintenance(look: Look, runtime: InspectedRuntime): Flow<Readiness> {
  const { windows, drainSeconds } = runtime.maintenance;
  const inUse = runtime.phase === 'ready' || runtime.marker !== undefined || look.knownProof !== undefined;
  if (look.urgent || !inUse) return 'ready';
  const { context, progress, holder } = look;
  const opensAt = nextOpening(windows, nowMs(context));
  const changesAt = Math.max(opensAt, nowMs(context)) + (drainSeconds ?? 0) * 1000;
  if (isTooLate(runtime, changesAt)) {
    progress.note('what the runtime has does not work until then: nothing is waited for');
    return 'ready';
  }
  if (opensAt > nowMs(context)) {
    progress.begin(`wait for the maintenance window at ${new Date(opensAt).toISOString()}`);
    const standing = yield* waitUntil(context, { holder, until: opensAt }, `${look.label}-window`);
    if (standing !== 'held') return endStopped(look, standing, { profile: runtime.profile });
    progress.note('it is open');
    return 'lookAgain';
  }
  if (drainSeconds !== undefined && !look.drained && runtime.webUrl && runtime.phase === 'ready') {
    const { dagsFromGit, profile, webUrl } = runtime;
    const input: DrainInput = {
      holder,
      target: { runtime: look.runtime, profile, webUrl, dagsFromGit },
      until: nowMs(context) + drainSeconds * 1000,
    };
    progress.begin('wait until no task is running');
    const childId = `${look.label}-drain`;
    const drained = yield* callWait<DrainResult>(
      context,
      SUB_ORCHESTRATIONS.awaitDrained,
      () => input,
      childId,
    );
    if (drained.kind === 'stopped') return endStopped(look, drained.standing, { profile: runtime.profile });
    progress.note(drained.words);
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
  readonly holder: Holder;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

function* waitUntil(context: OrchestrationContext, input: WaitInput, childId: string): Flow<Standing> {
  return yield* callWait<Standing>(context, SUB_ORCHESTRATIONS.awaitMoment, () => input, childId);
}

/** Waits for a moment that may be days away, and shows now and then that the run is alive. */
export function awaitMoment(context: OrchestrationContext): Flow<Standing | undefined> {
  const input = inputOf<WaitInput>(context);
  return poll(context, ROUNDS_AN_EXECUTION, input, function* (wait): Flow<Round<WaitInput, Standing>> {
    const left = wait.until - nowMs(context);
    if (left <= 0) return { result: 'held' };
    yield* pause(context, Math.min(left, SILENT_MS));
    const standing = yield* renewStanding(context, wait.holder, LEASE_MS);
    return standing === 'held' ? { state: wait } : { result: standing };
  });
}

interface DrainInput {
  readonly holder: Holder;
  readonly target: CheckTarget;
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly rounds?: number;
}

type DrainResult =
  | { readonly kind: 'over'; readonly words: string; readonly rounds: number }
  | { readonly kind: 'stopped'; readonly standing: 'lost' | 'cancelled' };

/** Asks Airflow every minute until no task is running or queued, or the limit has passed. */
export function awaitDrained(context: OrchestrationContext): Flow<DrainResult | undefined> {
  const input = inputOf<DrainInput>(context);
  return poll(context, ROUNDS_AN_EXECUTION, input, (state) => askForTasks(context, state));
}

function* askForTasks(
  context: OrchestrationContext,
  state: DrainInput,
): Flow<Round<DrainInput, DrainResult>> {
  const counted = yield* callStep(context, 'countTasks', state.target);
  const rounds = (state.rounds ?? 0) + 1;
  const over = (words: string) => ({ result: { kind: 'over' as const, words, rounds } });
  if (counted.kind === 'counted' && counted.tasks === 0) return over('no task is running');
  // An Airflow that cannot be asked must not keep its mending away.
  if (counted.kind === 'refused') return over(`not known: ${counted.problem.message}`);
  if (nowMs(context) >= state.until) {
    const left = counted.kind === 'counted' ? `${counted.tasks} tasks are running still` : counted.message;
    return over(`waited long enough: ${left}`);
  }
  yield* pause(context, COUNT_TASKS_EVERY_MS);
  const standing = yield* renewStanding(context, state.holder, LEASE_MS);
  if (standing !== 'held') return { result: { kind: 'stopped', standing } };
  return { state: { ...state, rounds } };
}
