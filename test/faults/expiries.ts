/** Processes that run with a key that has come to its end: found as the clock passes it, and once. */
import type { Holdings } from './holdings.js';

export class Expiries {
  /** Runtimes that may run with a key that has expired: somebody but the app is to blame. */
  readonly #excused = new Set<string>();
  /** Runtimes with the key that they are known to run with although it has expired. */
  readonly #expired = new Map<string, string>();
  /** The end of the key that expires next among those that processes run with, milliseconds. */
  #next = Infinity;

  constructor(private readonly holdings: Holdings) {}

  /** From now on, or no more: nothing that the app could do keeps the key of this runtime alive. */
  excuse(runtime: string, excused: boolean): void {
    if (excused) this.#excused.add(runtime.toLowerCase());
    else this.#excused.delete(runtime.toLowerCase());
  }

  isExcused(runtime: string): boolean {
    return this.#excused.has(runtime.toLowerCase());
  }

  /** It is known already that this runtime runs with a key that is gone. */
  know(runtime: string, trace: string): void {
    this.#expired.set(runtime.toLowerCase(), trace);
  }

  /** The processes of a runtime run with another key, or with none. */
  changed(runtime: string): void {
    this.#expired.delete(runtime.toLowerCase());
    const { keys, running } = this.holdings;
    const ends = [...running.values()].map((held) => keys.get(held)?.endsAt ?? Infinity);
    this.#next = Math.min(...ends, Infinity);
  }

  /** Runtimes whose processes run with a key that has expired by now, each with the key's id. */
  passed(at: string): readonly (readonly [runtime: string, keyId: string])[] {
    const now = Date.parse(at);
    if (now < this.#next) return [];
    const found: [string, string][] = [];
    let next = Infinity;
    for (const [runtime, trace] of this.holdings.running) {
      const key = this.holdings.keys.get(trace);
      if (key === undefined || this.#expired.get(runtime) === trace) continue;
      if (now < key.endsAt) {
        next = Math.min(next, key.endsAt);
        continue;
      }
      this.#expired.set(runtime, trace);
      if (!this.isExcused(runtime)) found.push([runtime, key.keyId]);
    }
    this.#next = next;
    return found;
  }
}
