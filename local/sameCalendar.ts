/** Later years with the calendar of an earlier one: what falls on a day, a weekday or a turn of the year does so again. */

const DAY_MS = 24 * 3600 * 1000;
/** How many years must agree: whatever a scenario runs through, with what a credential of that time lives beyond. */
const SPAN = 4;
/** Schedules are reckoned no further than this. */
const LAST_YEAR = 2990;

const firstOf = (year: number) => Date.UTC(year, 0, 1);
const daysOf = (year: number) => (firstOf(year + 1) - firstOf(year)) / DAY_MS;

function agree(one: number, other: number): boolean {
  if (new Date(firstOf(one)).getUTCDay() !== new Date(firstOf(other)).getUTCDay()) return false;
  return Array.from({ length: SPAN }, (_, n) => daysOf(one + n) === daysOf(other + n)).every(Boolean);
}

/**
 * How many milliseconds the `nth` year is away that has the calendar of the year of `moment`, and so have those after
 * it. `undefined`: there is no such year any more.
 */
export function yearsOn(moment: number, nth: number): number | undefined {
  const year = new Date(moment).getUTCFullYear();
  let found = 0;
  for (let later = year; later <= LAST_YEAR; later += 1) {
    if (!agree(year, later)) continue;
    if (found === nth) return firstOf(later) - firstOf(year);
    found += 1;
  }
  return undefined;
}
