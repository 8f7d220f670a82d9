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

interface KeptLedger {
  /** The last number that was given: numbers go on after it, or who asks `since` would miss some. */
  readonly last: number;
  readonly entries: readonly LedgerEntry[];
}

export interface LocalLedger extends Ledger {
  entries(filter?: LedgerFilter): readonly LedgerEntry[];
  /** What says who held which credential when: it survives a restart, calls do not, unless `keepAll` was called. */
  snapshot(): KeptLedger;
  /** From now on a snapshot holds every entry: nobody has read the last ones yet, and this process is about to die. */
  keepAll(): void;
  restore(kept: KeptLedger): void;
}

export function createLedger(clock: Pick<Clock, 'now'>, cap = DEFAULT_CAP): LocalLedger {
  const entries: LedgerEntry[] = [];
  let n = 0;
  let keepsAll = false;
  return {
    record(entry) {
      n += 1;
      entries.push({ n, at: new Date(clock.now()).toISOString(), ...entry });
      // Removed in bulk, so that a full ledger does not shift its whole length at each entry.
      if (entries.length > cap * 1.25) entries.splice(0, entries.length - cap);
    },
    snapshot: () => ({
      last: n,
      entries: keepsAll
        ? entries.slice(-cap)
        : entries.filter(({ detail }) => detail !== undefined && 'trace' in detail),
    }),
    keepAll() {
      keepsAll = true;
    },
    restore({ last, entries: kept }) {
      entries.push(...kept);
      n = last;
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
