/** The ledger: what the emulated cloud saw, one entry for each call. */
import type { Clock, Ledger, LedgerEntry } from './types.js';

/** Old entries go once there are this many. */
const DEFAULT_CAP = 50_000;

export interface LedgerFilter {
  readonly service?: string;
  readonly operation?: string;
  readonly caller?: string;
  /** Only entries with a greater number. */
  readonly since?: number;
}

export interface LocalLedger extends Ledger {
  entries(filter?: LedgerFilter): readonly LedgerEntry[];
  /** What says who held which credential when, and the newest entry: they survive a kill, other calls do not. */
  snapshot(): readonly LedgerEntry[];
  restore(entries: readonly LedgerEntry[]): void;
}

export function createLedger(clock: Pick<Clock, 'now'>, cap = DEFAULT_CAP): LocalLedger {
  const entries: LedgerEntry[] = [];
  let n = 0;
  return {
    record(entry) {
      n += 1;
      entries.push({ n, at: new Date(clock.now()).toISOString(), ...entry });
      // Removed in bulk, so that a full ledger does not shift its whole length at each entry.
      if (entries.length > cap * 1.25) entries.splice(0, entries.length - cap);
    },
    // The newest goes along whatever it is: numbers go on after it, or who asks `since` would miss some.
    snapshot: () =>
      entries.filter((entry) => (entry.detail !== undefined && 'trace' in entry.detail) || entry.n === n),
    restore(kept) {
      entries.push(...kept);
      n = kept.at(-1)?.n ?? 0;
    },
    entries(filter) {
      const recent = entries.slice(-cap);
      return filter ? recent.filter((entry) => matches(entry, filter)) : recent;
    },
  };
}

function matches(entry: LedgerEntry, filter: LedgerFilter): boolean {
  return (
    (filter.service === undefined || entry.service === filter.service) &&
    (filter.operation === undefined || entry.operation === filter.operation) &&
    (filter.caller === undefined || entry.caller === filter.caller) &&
    (filter.since === undefined || entry.n > filter.since)
  );
}
