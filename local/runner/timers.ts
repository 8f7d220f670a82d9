/** Durable timers on the local cloud's clock: kept in the state, set again after a restart, never quite punctual. */
import type { Backend } from './backend.js';
import { EventType } from './history.js';
import type { Instances } from './instances.js';
import type { PendingTimer } from './state.js';

export class Timers {
  readonly #cancels = new Map<string, () => void>();

  constructor(
    private readonly backend: Pick<Backend, 'state' | 'clock' | 'latencies' | 'event' | 'changed'>,
    private readonly instances: Pick<Instances, 'postTo'>,
  ) {}

  /** Keeps a timer and sets it. When it fires, a little early or late, its execution hears of it. */
  add(asked: Omit<PendingTimer, 'firesAt'>): void {
    const { executionId, timerId, fireAt } = asked;
    const { clock, latencies, state } = this.backend;
    const id = `${executionId}:${timerId}`;
    const timer = { ...asked, firesAt: latencies.timerAt(clock.now(), fireAt, `timer ${timerId}`) };
    // After a crash an episode may ask for it again: one that fires twice is one.
    this.#drop(id);
    state.timers[id] = timer;
    this.#arm(id, timer);
  }

  /** After a restart: sets every timer of the state. */
  resume(): void {
    for (const [id, timer] of Object.entries(this.backend.state.timers)) this.#arm(id, timer);
  }

  /** Drops one timer of an execution; nothing where it has fired. */
  drop(executionId: string, timerId: number): void {
    this.#drop(`${executionId}:${timerId}`);
  }

  /** Drops all timers of an execution that is over. */
  dropAllOf(executionId: string): void {
    for (const [id, timer] of Object.entries(this.backend.state.timers)) {
      if (timer.executionId === executionId) this.#drop(id);
    }
  }

  #arm(id: string, timer: PendingTimer): void {
    const cancel = this.backend.clock.schedule(timer.firesAt, () => {
      this.#cancels.delete(id);
      delete this.backend.state.timers[id];
      this.#fire(timer);
    });
    this.#cancels.set(id, cancel);
  }

  #fire({ instanceId, executionId, timerId, fireAt }: PendingTimer): void {
    const FireAt = new Date(fireAt).toISOString();
    const fired = this.backend.event(EventType.TimerFired, { TimerId: timerId, FireAt });
    this.instances.postTo(instanceId, executionId, fired);
    this.backend.changed();
  }

  #drop(id: string): void {
    this.#cancels.get(id)?.();
    this.#cancels.delete(id);
    delete this.backend.state.timers[id];
  }
}
