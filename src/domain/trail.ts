import type { TrailEntry } from './runs.js';

/** Keeps a run's payloads small however long the run takes. */
const MAX_ENTRIES = 40;
const MAX_OUTCOME_LENGTH = 300;

/**
 * The trail with one more entry. Where it grows too long, entries of the middle make room: the start (who asked, what
 * was found) and the end are what a reader needs.
 */
export function appendToTrail(trail: readonly TrailEntry[], ...entries: readonly TrailEntry[]): TrailEntry[] {
  const all = [...trail, ...entries.map(shortened)];
  if (all.length <= MAX_ENTRIES) return all;
  const head = all.slice(0, 10);
  const tail = all.slice(all.length - (MAX_ENTRIES - 11));
  const left = all.length - head.length - tail.length;
  const at = head.at(-1)?.at ?? '';
  return [...head, { at, step: '…', outcome: `${left} entries left out` }, ...tail];
}

function shortened(entry: TrailEntry): TrailEntry {
  if (entry.outcome.length <= MAX_OUTCOME_LENGTH) return entry;
  return { ...entry, outcome: `${entry.outcome.slice(0, MAX_OUTCOME_LENGTH - 1)}…` };
}
