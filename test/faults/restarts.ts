/** How often the app restarts which runtime: a change is an interruption. */
import type { LedgerEntry } from '../../local/kernel/types.js';

/** Forward, back, and forward again, each once more: nothing that a rotation does needs more. */
const MOST = 6;
/** Forward and back: a pause after failures is at most a day, so that a scenario that lasts has another try each day. */
const MOST_A_DAY = 2;

export class Restarts {
  #counts = new Map<string, number>();

  /** @param app client id of the app's identity */
  constructor(private readonly app: string) {}

  /** Counts anew. */
  begin(): void {
    this.#counts = new Map();
  }

  take(entries: readonly LedgerEntry[]): void {
    for (const { operation, subject = '', detail } of entries) {
      if (operation !== 'runtime.updated' || detail?.['by'] !== this.app || detail['unchanged'] === true)
        continue;
      const name = subject.split('/').at(-1) ?? subject;
      this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    }
  }

  /**
   * Runtimes that were restarted more often than they may be.
   *
   * @param most by name, where the scenario says it
   * @param days that the scenario has lasted
   */
  beyond(most: Readonly<Record<string, number>>, days: number): string[] {
    const others = MOST + (days < 1 ? 0 : MOST_A_DAY * Math.ceil(days));
    return [...this.#counts]
      .filter(([name, count]) => count > (most[name] ?? others))
      .map(
        ([name, count]) =>
          `the app restarted ${name} ${count} times, at most ${most[name] ?? others} are due`,
      );
  }
}
