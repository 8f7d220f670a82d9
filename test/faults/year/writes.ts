/** Which runtimes the app has written, and when: by the ledger, not by what the app counts. */
import type { LedgerEntry } from '../../../local/kernel/types.js';

interface Write {
  /** Resource id, lower case. */
  readonly runtime: string;
  /** Milliseconds. */
  readonly at: number;
}

export class Writes {
  #writes: readonly Write[] = [];

  /** @param app client id of the app's identity */
  constructor(private readonly app: string) {}

  /** A write restarts a runtime also where the credential's value is the same. */
  take(entries: readonly LedgerEntry[]): void {
    for (const { operation, subject = '', at, detail = {} } of entries) {
      if (operation !== 'runtime.updated' || detail['by'] !== this.app) continue;
      this.#writes = [...this.#writes, { runtime: subject.toLowerCase(), at: Date.parse(at) }];
    }
  }

  /** How many of these runtimes were written from one moment to another. */
  count(runtimes: readonly string[], from: number, to: number): number {
    const those = new Set(runtimes.map((id) => id.toLowerCase()));
    const written = this.#writes.filter(({ runtime, at }) => those.has(runtime) && at >= from && at <= to);
    return new Set(written.map(({ runtime }) => runtime)).size;
  }
}
