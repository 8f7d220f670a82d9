/** How often the app restarts which runtime: a change is an interruption. */
import type { LedgerEntry } from '../../local/kernel/types.js';

/** Forward, back, and forward again, each once more: nothing that a rotation does needs more. */
const MOST = 6;

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
      if (operation !== 'runtime.updated' || detail?.by !== this.app || detail.unchanged === true) continue;
      const name = subject.split('/').at(-1) ?? subject;
      this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    }
  }

  /** Runtimes that were restarted more often than they may be. */
  beyond(most: Readonly<Record<string, number>>): string[] {
    return [...this.#counts]
      .filter(([name, count]) => count > (most[name] ?? MOST))
      .map(
        ([name, count]) => `the app restarted ${name} ${count} times, at most ${most[name] ?? MOST} are due`,
      );
  }
}
