/** What an orchestrator sends to entities: calls and signals, and the lock and releases of its critical section. */
import { entityId } from '../entityId.js';
import { type Action, EventType } from '../history.js';
import type { Decisions } from './decisions.js';

export interface Sender {
  readonly instanceId: string;
  /** A GUID that is the same whenever this event of this episode is walked again. */
  guid(eventId: number): string;
}

export class EntityRequests {
  readonly #decisions: Pick<Decisions, 'next'>;
  readonly #sender: Sender;
  #locks: { id: string; set: { name: string; key: string }[] } | undefined;

  constructor(decisions: Pick<Decisions, 'next'>, sender: Sender) {
    this.#decisions = decisions;
    this.#sender = sender;
  }

  /** Asks an entity. Returns the id of the request, by which the answer comes. */
  call(action: Action): string {
    return (JSON.parse(this.#operation(action, {})) as { id: string }).id;
  }

  /** Tells an entity; no answer comes. */
  signal(action: Action): void {
    this.#operation(action, { signal: true });
  }

  /** Asks for all entities of a critical section, the first of them first. Returns the id by which the grant comes. */
  lock(action: Action): string {
    const set = action.lockSet ?? [];
    this.#locks = { id: action.lockRequestId ?? '', set };
    const [first] = set;
    const InstanceId = first ? entityId(first.name, first.key) : '';
    const event = this.#decisions.next(EventType.EventSent, { Name: 'op', InstanceId });
    event.Input ??= JSON.stringify({
      id: action.lockRequestId,
      parent: this.#sender.instanceId,
      lockset: set,
      pos: 0,
    });
    return this.#locks.id;
  }

  /** Leaves the critical section: one message to each of its entities. Nothing outside of one. */
  release(): void {
    if (!this.#locks) return;
    for (const { name, key } of this.#locks.set) {
      const InstanceId = entityId(name, key);
      const event = this.#decisions.next(EventType.EventSent, { Name: 'release', InstanceId });
      event.Input ??= JSON.stringify({ parent: this.#sender.instanceId, id: this.#locks.id });
    }
    this.#locks = undefined;
  }

  /** Returns the request as it stands in the history, or is to stand there. */
  #operation(action: Action, kind: { signal?: true }): string {
    const event = this.#decisions.next(
      EventType.EventSent,
      {
        Name: 'op',
        InstanceId: action.instanceId ?? '',
      },
      { operation: action.operation ?? '', input: action.input },
    );
    event.Input ??= JSON.stringify({
      op: action.operation,
      ...kind,
      ...(action.input === undefined ? {} : { input: JSON.stringify(action.input) }),
      id: this.#sender.guid(event.EventId),
      parent: this.#sender.instanceId,
    });
    return event.Input;
  }
}
