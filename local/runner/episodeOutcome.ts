/** What comes of an episode, and how the host tells of one that failed. */
import type { Decision, HistoryEvent } from './history.js';
import { NO_WORKER, netException, ownFailure } from './netException.js';
import { isScheduled } from './replay/decisions.js';
import { type NonDeterminismError, notAskedFor } from './replay/nonDeterminism.js';
import type { Instance } from './state.js';

export type EpisodeOutcome = {
  readonly customStatus?: unknown;
  readonly decisions: readonly Decision[];
  readonly cancelledTimers: ReadonlySet<number>;
} & (
  | { readonly kind: 'running' }
  | { readonly kind: 'completed'; readonly output: string | null }
  /** `details`: what a parent hears besides the output. */
  | { readonly kind: 'failed'; readonly output: string; readonly details: string }
  | { readonly kind: 'continueAsNew'; readonly input: string | null }
  | { readonly kind: 'terminated'; readonly output: string }
);

/** Somebody terminated the instance: the episode does not take place. */
export function terminated(reason: string): EpisodeOutcome {
  return {
    kind: 'terminated',
    output: JSON.stringify(reason),
    decisions: [],
    cancelledTimers: new Set(),
  };
}

/** The worker died under the orchestrator: the host takes that for the orchestrator's own failure, which is final. */
export function workerGone(
  instance: Pick<Instance, 'name'>,
  history: readonly HistoryEvent[],
): EpisodeOutcome {
  const why = `One or more errors occurred. (${NO_WORKER})`;
  return failedUnheard(instance, history, why, netException('System.AggregateException', why));
}

/**
 * The instance fails before the host has heard what the orchestrator asks for. Where the history says that something
 * was scheduled, that is what the host complains of, and no word of the cause.
 */
export function failedUnheard(
  { name }: Pick<Instance, 'name'>,
  history: readonly HistoryEvent[],
  why: string,
  details: string = ownFailure(why),
): EpisodeOutcome {
  const missing = history.find(isScheduled);
  if (missing) return nonDeterministic(notAskedFor(missing));
  return ended(`Orchestrator function '${name}' failed: ${why}`, details);
}

export function nonDeterministic({ message }: NonDeterminismError): EpisodeOutcome {
  const details = netException('DurableTask.Core.Exceptions.NonDeterministicOrchestrationException', message);
  return ended(message, details);
}

/** Nothing of this episode is carried out, and the custom status is gone. */
function ended(output: string, details: string): EpisodeOutcome {
  return {
    kind: 'failed',
    output: JSON.stringify(output),
    details,
    customStatus: null,
    decisions: [],
    cancelledTimers: new Set(),
  };
}

/** The orchestrator itself failed; what it asked for before is carried out. */
export function failed(
  instance: Pick<Instance, 'name'>,
  why: string,
  decisions: readonly Decision[],
  cancelledTimers: ReadonlySet<number>,
): EpisodeOutcome {
  const output = JSON.stringify(`Orchestrator function '${instance.name}' failed: ${why}`);
  return { kind: 'failed', output, details: ownFailure(why), decisions, cancelledTimers };
}
