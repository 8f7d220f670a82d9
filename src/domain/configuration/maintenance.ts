/**
 * Maintenance windows: when a change may begin. A change must begin inside a window and may end after it. Times are
 * milliseconds since the epoch; the time zones are those of the runtime's own ICU data.
 */

export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
type Weekday = (typeof WEEKDAYS)[number];

export interface MaintenanceWindow {
  /** Days on which the window begins. */
  readonly days: readonly Weekday[];
  /** Minutes after midnight. */
  readonly start: number;
  /** Minutes after midnight; not after `start`: the window ends on the next day. */
  readonly end: number;
  /** IANA name. */
  readonly timeZone: string;
}

export interface Maintenance {
  /** Empty: a change may begin at any time. */
  readonly windows: readonly MaintenanceWindow[];
  /** How long a change waits until no task is running. Seconds; absent: it does not wait for tasks. */
  readonly drainSeconds?: number;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

interface Interval {
  readonly from: number;
  readonly to: number;
}

/** When a change may begin: `now` itself inside a window, otherwise the start of the next one. */
export function nextOpening(windows: readonly MaintenanceWindow[], now: number): number {
  if (windows.length === 0) return now;
  // A window that began the day before may still be open, and each weekday comes within the next eight days.
  const [next] = intervals(windows, now - 2 * DAY, 11).filter(({ to }) => to > now);
  return Math.max(now, next?.from ?? now);
}

/** The longest time between two windows within a year, with daylight saving: how long a change may have to wait. */
export function longestGap(windows: readonly MaintenanceWindow[]): number {
  const year = aYear(windows);
  return year.reduce((longest, { from }, index) => {
    const before = year[index - 1];
    return before ? Math.max(longest, from - before.to) : longest;
  }, 0);
}

/** The shortest time within a year that windows stay open, with daylight saving; without windows they always are. */
export function shortestWindow(windows: readonly MaintenanceWindow[]): number {
  // The year cuts the first and the last one off.
  return Math.min(
    ...aYear(windows)
      .slice(1, -1)
      .map(({ from, to }) => to - from),
  );
}

function aYear(windows: readonly MaintenanceWindow[]): Interval[] {
  return intervals(windows, Date.UTC(2026, 0, 1), 370);
}

/** Whether the name is one of a time zone. */
export function isTimeZone(name: string): boolean {
  try {
    formatter(name);
    return true;
  } catch {
    return false;
  }
}

/** The windows of so many days, joined where they touch, in order. */
function intervals(windows: readonly MaintenanceWindow[], from: number, days: number): Interval[] {
  const all: Interval[] = [];
  for (const { days: weekdays, start, end, timeZone } of windows) {
    const first = wallClock(timeZone, from);
    for (let day = 0; day < days; day++) {
      const midnight = Date.UTC(first.year, first.month - 1, first.day + day);
      const weekday = WEEKDAYS[new Date(midnight).getUTCDay()];
      if (weekday === undefined || !weekdays.includes(weekday)) continue;
      const endDay = end > start ? midnight : midnight + DAY;
      all.push({
        from: instantOf(timeZone, midnight + start * MINUTE),
        to: instantOf(timeZone, endDay + end * MINUTE),
      });
    }
  }
  const joined: Interval[] = [];
  for (const { from: begin, to } of all.sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last && begin <= last.to) joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else if (to > begin) joined.push({ from: begin, to });
  }
  return joined;
}

/**
 * The instant at which clocks of the zone show this wall time, given as if it were UTC. A time that the spring change
 * skips is the moment of the change; of a time that the autumn change repeats, the first one.
 */
function instantOf(timeZone: string, wall: number): number {
  const [before, after] = [offsetAt(timeZone, wall - DAY), offsetAt(timeZone, wall + DAY)];
  const candidates = [wall - before, wall - after].filter((at) => at + offsetAt(timeZone, at) === wall);
  if (candidates.length > 0) return Math.min(...candidates);
  let [low, high] = [wall - Math.max(before, after), wall - Math.min(before, after)];
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(timeZone, middle) === before) low = middle;
    else high = middle;
  }
  return Math.ceil(high / 1000) * 1000;
}

/** What the zone's clocks are ahead of UTC at an instant, in milliseconds. */
function offsetAt(timeZone: string, at: number): number {
  const { year, month, day, hour, minute, second } = wallClock(timeZone, at);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

type WallClock = Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>;

function wallClock(timeZone: string, at: number): WallClock {
  const parts = formatter(timeZone).formatToParts(at);
  const part = (type: keyof WallClock) => Number(parts.find((one) => one.type === type)?.value ?? 0);
  return {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
    second: part('second'),
  };
}

/** Making a formatter costs a hundred times what using one does. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formatters.set(timeZone, made);
  return made;
}
