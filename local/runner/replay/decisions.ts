/**
 * Ids, and what stands under them. One counter from 0 gives an id to all that is scheduled, in the order in which it is
 * asked for. What the history has under an id and what the orchestrator asks for under it must agree: if they do not,
 * the orchestrator is not deterministic.
 */
import { type Decision, EventType, type HistoryEvent } from '../history.js';

export class NonDeterminismError extends Error {}

const SCHEDULED = new Set<number>([
  EventType.TaskScheduled,
  EventType.SubOrchestrationInstanceCreated,
  EventType.TimerCreated,
  EventType.EventSent,
]);

export class Decisions {
  readonly #scheduled = new Map<number, HistoryEvent>();
  readonly #made: Decision[] = [];
  #nextId = 0;

  constructor(history: readonly HistoryEvent[]) {
    for (const event of history)
      if (SCHEDULED.has(event.EventType)) this.#scheduled.set(event.EventId, event);
  }

  /** The decisions that the history does not have yet, in the order of their ids. */
  get made(): readonly Decision[] {
    return this.#made;
  }

  /**
   * Takes the next id. Returns the event of the history under it, or else a new decision of these fields. Throws
   * `NonDeterminismError` where the history has something else there.
   */
  next(type: number, fields: Partial<HistoryEvent>): Decision {
    const id = this.#nextId++;
    const known = this.#scheduled.get(id);
    if (!known) {
      const decision: Decision = { EventType: type, EventId: id, ...fields };
      this.#made.push(decision);
      return decision;
    }
    const fits =
      known.EventType === type &&
      (fields.Name === undefined || known.Name === fields.Name) &&
      (type !== EventType.EventSent || known.InstanceId === fields.InstanceId);
    if (!fits) {
      throw new NonDeterminismError(
        `Non-deterministic orchestrator: event ${id} of the history is type ${known.EventType} '${known.Name ?? ''}', the replay asks for type ${type} '${fields.Name ?? ''}'.`,
      );
    }
    return known as Decision;
  }
}
