/** What a runtime has of somebody else, by the ledger: no write of the app may change it. */
import type { LedgerEntry } from '../../local/kernel/types.js';

/** What a write would break if the app had made it. */
interface Broken {
  /** Number of the rule in the design. */
  readonly rule: number;
  readonly what: string;
}

export class OthersSettings {
  /** By runtime: which back end reads which vault as whom. */
  readonly #reads = new Map<string, string>();
  /** By runtime: what in its settings is somebody else's. */
  readonly #foreign = new Map<string, string>();

  /** Takes a write of anybody, the app or not. */
  written({ subject = '', detail = {} }: LedgerEntry): readonly Broken[] {
    const name = nameOf(subject);
    const foreignBefore = this.#foreign.get(subject);
    const foreign = String(detail['foreign']);
    this.#foreign.set(subject, foreign);
    const readBefore = this.#reads.get(subject);
    const reads = typeof detail['reads'] === 'string' ? detail['reads'] : undefined;
    if (reads === undefined) this.#reads.delete(subject);
    else this.#reads.set(subject, reads);
    const broken: Broken[] = [];
    if (foreignBefore !== undefined && foreignBefore !== foreign) {
      broken.push({ rule: 1, what: `settings of somebody else changed in ${name}` });
    }
    if (readBefore !== undefined && readBefore !== reads) {
      broken.push({ rule: 2, what: `took ${name} over from somebody else` });
    }
    if (detail['unchanged'] === true) broken.push({ rule: 10, what: `wrote ${name} and changed nothing` });
    return broken;
  }
}

/** A runtime's name, of its resource id. */
export function nameOf(runtime: string): string {
  return runtime.split('/').at(-1) ?? runtime;
}
