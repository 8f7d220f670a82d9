/**
 * Ids, and what stands under them. One counter from 0 gives an id to all that is scheduled, in the order in which it is
 * asked for. What the history has under an id must have been asked for by the time that the replay comes to it: if it
 * was not, the orchestrator is not deterministic.
 */
import { type Decision, EventType, type HistoryEvent } from '../history.js';
import type { Asked } from './compare.js';
import { askedForOther, askedForOtherName, askedOtherEntity, notAskedFor } from './nonDeterminism.js';

const SCHEDULED = new Set<number>([
  EventType.TaskScheduled,
  EventType.SubOrchestrationInstanceCreated,
  EventType.TimerCreated,
  EventType.EventSent,
]);

/** Whether an event of the history says that something was scheduled. */
export function isScheduled({ EventType: type }: HistoryEvent): boolean {
  return SCHEDULED.has(type);
}

/** Hears of each decision that the history has, with what the replay asks for in its place. */
export type Confirmed = (known: HistoryEvent, decision: Decision, asked: Asked) => void;

export class Decisions {
  readonly #requests = new Map<number, Asked>();
  readonly #history = new Map<number, HistoryEvent>();
  /** Asked for, and not come upon in the history; in the order of their ids. */
  readonly #asked = new Map<number, Decision>();
  #nextId = 0;

  constructor(
    history: readonly HistoryEvent[],
    private readonly confirmed: Confirmed = () => undefined,
  ) {
    for (const event of history) if (isScheduled(event)) this.#history.set(event.EventId, event);
  }

  /** The decisions that the history does not have yet, in the order of their ids. */
  get made(): readonly Decision[] {
    return [...this.#asked.values()];
  }

  /** Takes the next id for what is asked for. What the history has there says the rest (an input, an instance's id). */
  next(type: number, fields: Partial<HistoryEvent>, asked: Asked = {}): Decision {
    const id = this.#nextId++;
    this.#requests.set(id, asked);
    const known = this.#history.get(id);
    const decision: Decision = { EventType: type, EventId: id, ...fields };
    if (known?.EventType === type) {
      if (known.Input !== undefined) decision.Input ??= known.Input;
      if (known.InstanceId !== undefined) decision.InstanceId ??= known.InstanceId;
    }
    this.#asked.set(id, decision);
    return decision;
  }

  /** The replay has come to where the history says that this was scheduled. Throws `NonDeterminismError`. */
  confirm(known: HistoryEvent): void {
    const asked = this.#asked.get(known.EventId);
    if (!asked) throw notAskedFor(known);
    if (asked.EventType !== known.EventType) throw askedForOther(known, asked.EventType);
    if (asked.EventType === EventType.EventSent) {
      if (asked.InstanceId !== known.InstanceId) throw askedOtherEntity(known, asked.InstanceId ?? '');
    } else if (asked.Name?.toLowerCase() !== known.Name?.toLowerCase()) {
      throw askedForOtherName(known, asked.Name ?? '');
    }
    this.#asked.delete(known.EventId);
    this.confirmed(known, asked, this.#requests.get(known.EventId) ?? {});
  }
}
