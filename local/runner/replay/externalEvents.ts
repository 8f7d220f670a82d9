/** External events, by name: who waits for one, and what came while nobody did. */
import { immediateTask, openTask, type Task } from './tasks.js';

export class ExternalEvents {
  readonly #waiters = new Map<string, Task[]>();
  readonly #buffered = new Map<string, number>();

  /** A task that waits for an event of this name; one that came before is taken at once. */
  wait(name: string, parent: Task | undefined): Task {
    const buffered = this.#buffered.get(name) ?? 0;
    if (buffered > 0) {
      this.#buffered.set(name, buffered - 1);
      return immediateTask(parent);
    }
    const task = openTask(parent);
    this.#waiters.set(name, [...(this.#waiters.get(name) ?? []), task]);
    return task;
  }

  /** The task that an event of this name is for; where there is none, the event is kept. */
  raised(name: string): Task | undefined {
    // The newest waiter is served first, in the host as in the SDK.
    const waiter = this.#waiters.get(name)?.pop();
    if (!waiter) this.#buffered.set(name, (this.#buffered.get(name) ?? 0) + 1);
    return waiter;
  }
}
