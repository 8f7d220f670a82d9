import type { TrailEntry } from './runs.js';

/** Keeps a run's payloads small however long the run takes. */
const MAX_ENTRIES = 40;
const MAX_OUTCOME_LENGTH = 300;
/** The step of the entry that stands for those that were left out. */
const LEFT_OUT = '…';

/**
 * The trail with one more entry. Where it grows too long, entries of the middle make room: the start (who asked, what
 * was found) and the end are what a reader needs.
 */
export function appendToTrail(trail: readonly TrailEntry[], ...entries: readonly TrailEntry[]): TrailEntry[] {
  const all = [...trail, ...entries.map(shortened)];
  return all.length <= MAX_ENTRIES ? all : withoutMiddle(all, 10, MAX_ENTRIES - 11);
}

/**
 * The first and the last entries of a trail, and between them one that says how many there were in all, those that an
 * earlier such entry stands for among them.
 */
export function withoutMiddle(trail: readonly TrailEntry[], first: number, last: number): TrailEntry[] {
  if (trail.length <= first + last) return [...trail];
  const head = trail.slice(0, first);
  const middle = trail.slice(first, trail.length - last);
  const tail = trail.slice(trail.length - last);
  const count = middle.reduce((sum, entry) => sum + standsFor(entry), 0);
  const at = head.at(-1)?.at ?? middle[0]?.at ?? '';
  return [...head, { at, step: LEFT_OUT, outcome: `${count} entries left out` }, ...tail];
}

function standsFor({ step, outcome }: TrailEntry): number {
  return step === LEFT_OUT ? Number.parseInt(outcome, 10) || 1 : 1;
}

/** The text, cut to a size and marked where it is longer; no letter of two UTF-16 units is cut in half. */
export function clipped(
  text: string,
  most: number,
  sizeOf: (text: string) => number = (one) => one.length,
): string {
  if (sizeOf(text) <= most) return text;
  // Whatever a letter's size is, it is no smaller than one unit.
  const letters = [...text.slice(0, most)];
  let [fits, tooMany] = [0, letters.length + 1];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (sizeOf(`${letters.slice(0, middle).join('')}…`) <= most) fits = middle;
    else tooMany = middle;
  }
  return fits === 0 ? '' : `${letters.slice(0, fits).join('')}…`;
}

function shortened(entry: TrailEntry): TrailEntry {
  return { ...entry, outcome: clipped(entry.outcome, MAX_OUTCOME_LENGTH) };
}
