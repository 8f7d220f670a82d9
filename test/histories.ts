/** What the recorded histories hold: shared by those who record them and those who replay them. */

/** A loop that grows without end would be a longer one. */
const MOST_EVENTS = 60;
/** A rotation goes from taking stock to its last check in one execution. */
const MOST_EVENTS_OF: Readonly<Record<string, number>> = { rotateCredential: 400 };

/** How many events an execution of this orchestration has at most. */
export function mostEvents(orchestration: string): number {
  return MOST_EVENTS_OF[orchestration] ?? MOST_EVENTS;
}
