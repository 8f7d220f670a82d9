/** Durable timers on the local cloud's clock: kept in the state, set again after a restart. */
import type { Clock } from '../kernel/types.js';
import type { DurableState, PendingTimer } from './state.js';

export class Timers {
  readonly #cancels = new Map<string, () => void>();

  constructor(
    private readonly clock: Clock,
    private readonly state: () => DurableState,
    private readonly fire: (timer: PendingTimer) => void,
  ) {}

  add(timer: PendingTimer): void {
    const id = `${timer.executionId}:${timer.timerId}`;
    this.state().timers[id] = timer;
    this.#arm(id, timer);
  }

  /** After a restart: sets every timer of the state. */
  resume(): void {
    for (const [id, timer] of Object.entries(this.state().timers)) this.#arm(id, timer);
  }

  drop(executionId: string, timerId: number): void {
    this.#drop(`${executionId}:${timerId}`);
  }

  /** Drops all timers of an execution that is over. */
  dropAllOf(executionId: string): void {
    for (const [id, timer] of Object.entries(this.state().timers)) {
      if (timer.executionId === executionId) this.#drop(id);
    }
  }

  #arm(id: string, timer: PendingTimer): void {
    const cancel = this.clock.schedule(timer.fireAt, () => {
      this.#cancels.delete(id);
      delete this.state().timers[id];
      this.fire(timer);
    });
    this.#cancels.set(id, cancel);
  }

  #drop(id: string): void {
    this.#cancels.get(id)?.();
    this.#cancels.delete(id);
    delete this.state().timers[id];
  }
}
