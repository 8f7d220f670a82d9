/** In which order rotations have changed the credential: once another one has, an earlier one changes nothing any more. */
import type { LedgerEntry } from '../../local/kernel/types.js';

export class RotationOrder {
  /** Rotations in the order in which they first changed something, each with the number of that entry. */
  readonly #began = new Map<string, number>();
  #latest: string | undefined;

  /** The number of the entry with which a rotation first changed something. */
  beganAt(runId: string | undefined): number | undefined {
    return this.#began.get(runId ?? '');
  }

  /** A rotation changes something; gives what is wrong with that. */
  changed({ n }: LedgerEntry, runId: string | undefined): string | undefined {
    if (runId === undefined) return undefined;
    if (!this.#began.has(runId)) {
      this.#began.set(runId, n);
      this.#latest = runId;
    }
    if (this.#latest === runId) return undefined;
    return `${runId} still changes the credential after ${this.#latest}`;
  }
}
