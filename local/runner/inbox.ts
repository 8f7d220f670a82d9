/** An instance's inbox: what an episode may take, and what waits. */
import { EventType, type HistoryEvent } from './history.js';
import type { Instance } from './state.js';

/**
 * What an episode may take from the inbox. An entity's answer waits until its request is in the history: after a crash
 * between the two, the entity may be faster than the episode that asks it again, and the SDK would not know the answer.
 */
export function takeable({ inbox, history }: Instance): HistoryEvent[] {
  return inbox.filter(
    (event) =>
      event.EntityResponse !== true ||
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

/**
 * Puts back what a suspended instance took, all but the suspension itself, and resolves once there is a point in
 * looking again: at once where nothing was put back, or else with the next message.
 */
export async function waitWhileSuspended(instance: Instance, taken: readonly HistoryEvent[]): Promise<void> {
  const kept = taken.filter((event) => event.EventType !== EventType.ExecutionSuspended);
  instance.inbox = [...kept, ...instance.inbox.filter((event) => !taken.includes(event))];
  if (kept.length === 0) return;
  const before = instance.inbox.length;
  while (instance.inbox.length === before) await new Promise((resolve) => setImmediate(resolve));
}
