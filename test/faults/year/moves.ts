/** Which runtimes the app has given another credential, and when: by the ledger, not by what the app counts. */
import type { LedgerEntry } from '../../../local/kernel/types.js';

interface Move {
  /** Resource id, lower case. */
  readonly runtime: string;
  /** Milliseconds. */
  readonly at: number;
}

export class Moves {
  readonly #traces = new Map<string, string>();
  #moves: readonly Move[] = [];

  /** @param app client id of the app's identity */
  constructor(private readonly app: string) {}

  take(entries: readonly LedgerEntry[]): void {
    for (const { operation, subject = '', at, detail = {} } of entries) {
      if (operation !== 'runtime.created' && operation !== 'runtime.updated') continue;
      const runtime = subject.toLowerCase();
      const before = this.#traces.get(runtime);
      const trace = typeof detail.trace === 'string' ? detail.trace : '';
      this.#traces.set(runtime, trace);
      const isMove = before !== undefined && before !== '' && before !== trace;
      if (isMove && detail.by === this.app) this.#moves = [...this.#moves, { runtime, at: Date.parse(at) }];
    }
  }

  /** How many of these runtimes were moved from one moment to another. */
  count(runtimes: readonly string[], from: number, to: number): number {
    const those = new Set(runtimes.map((id) => id.toLowerCase()));
    const moved = this.#moves.filter(({ runtime, at }) => those.has(runtime) && at >= from && at <= to);
    return new Set(moved.map(({ runtime }) => runtime)).size;
  }
}
