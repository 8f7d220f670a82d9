/** An instance's inbox: what an episode may take, and what waits. */
import { EventType, type HistoryEvent } from './history.js';
import type { Instance } from './state.js';

/** Events that a suspended instance hears. */
const HEARD_SUSPENDED = new Set<number>([
  EventType.ExecutionSuspended,
  EventType.ExecutionResumed,
  EventType.ExecutionTerminated,
]);

/**
 * What an episode may take from the inbox. An entity's answer waits until its request is in the history: after a crash
 * between the two, the entity may be faster than the episode that asks it again, and the SDK would not know the answer.
 */
export function takeable({ inbox, history, suspended }: Instance): HistoryEvent[] {
  if (suspended && !inbox.some((event) => HEARD_SUSPENDED.has(event.EventType))) return [];
  return inbox.filter(
    (event) =>
      event['EntityResponse'] !== true ||
      history.some(
        (sent) => sent.EventType === EventType.EventSent && sent.Input?.includes(`"${event.Name}"`),
      ),
  );
}

/** The instance is suspended or resumed where one of these messages says so; the last that does counts. */
export function suspendOrResume(instance: Instance, taken: readonly HistoryEvent[]): void {
  for (const event of taken) {
    if (event.EventType === EventType.ExecutionSuspended) instance.suspended = true;
    if (event.EventType === EventType.ExecutionResumed) instance.suspended = false;
  }
}

/** A suspended instance keeps what it was told meanwhile, all but that it is to be suspended. */
export function keepWhileSuspended(instance: Instance): void {
  instance.inbox = instance.inbox.filter((event) => !HEARD_SUSPENDED.has(event.EventType));
}
