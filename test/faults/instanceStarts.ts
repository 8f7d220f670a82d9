/** How often instances have been started, and may have been: the host may start one of them again by itself. */
import type { LedgerEntry } from '../../local/kernel/types.js';

export class InstanceStarts {
  readonly #starts = new Map<string, number>();
  readonly #repeats = new Map<string, number>();

  /** The host starts an instance again. */
  repeated(instanceId: string): void {
    this.#repeats.set(instanceId, (this.#repeats.get(instanceId) ?? 0) + 1);
  }

  /**
   * One start, one more for each that the host repeated; and a parent that began again starts its children again. Gives what
   * is wrong with this one.
   */
  started({ subject = '', detail }: LedgerEntry): string | undefined {
    const starts = (this.#starts.get(subject) ?? 0) + 1;
    this.#starts.set(subject, starts);
    const byParent = this.#starts.get(String(detail?.['parent'])) ?? 1;
    const allowed = byParent + (this.#repeats.get(subject) ?? 0);
    if (starts <= allowed) return undefined;
    return `${subject} ran ${starts === 2 ? 'twice' : `${starts} times`}`;
  }
}
