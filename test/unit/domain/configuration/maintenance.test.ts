import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isTimeZone,
  longestGap,
  type MaintenanceWindow,
  nextOpening,
  shortestWindow,
  WEEKDAYS,
} from '../../../../src/domain/configuration/maintenance.js';

const HOUR = 3_600_000;
const window = (given: Partial<MaintenanceWindow>): MaintenanceWindow => ({
  days: ['sat'],
  start: 22 * 60,
  end: 4 * 60,
  timeZone: 'Europe/Berlin',
  ...given,
});
const at = (iso: string) => Date.parse(iso);
const opening = (windows: MaintenanceWindow[], iso: string) =>
  new Date(nextOpening(windows, at(iso))).toISOString();

/** Whether clocks of the zone show a time inside the window, minute by minute: the rule said differently. */
function isInside({ days, start, end, timeZone }: MaintenanceWindow, instant: number): boolean {
  const show = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...options }).format(instant);
  const today = WEEKDAYS.indexOf(show({ weekday: 'short' }).toLowerCase() as (typeof WEEKDAYS)[number]);
  const minute = Number(show({ hour: 'numeric' })) * 60 + Number(show({ minute: 'numeric' }));
  const begins = (day: number) => days.includes(WEEKDAYS[(day + 7) % 7] ?? 'sun');
  if (end > start) return begins(today) && minute >= start && minute < end;
  return (begins(today) && minute >= start) || (begins(today - 1) && minute < end);
}

describe('maintenance windows', () => {
  it('are open at once without any, and inside one', () => {
    expect(opening([], '2026-11-23T12:00:00Z')).toBe('2026-11-23T12:00:00.000Z');
    expect(opening([window({})], '2026-11-28T23:00:00Z')).toBe('2026-11-28T23:00:00.000Z');
    expect(opening([window({})], '2026-11-29T02:59:00Z')).toBe('2026-11-29T02:59:00.000Z');
  });

  it('open at their start, in their own time zone', () => {
    expect(opening([window({})], '2026-11-23T12:00:00Z')).toBe('2026-11-28T21:00:00.000Z');
    expect(opening([window({})], '2026-11-29T03:00:00Z')).toBe('2026-12-05T21:00:00.000Z');
    expect(opening([window({ timeZone: 'Asia/Kolkata' })], '2026-11-23T12:00:00Z')).toBe(
      '2026-11-28T16:30:00.000Z',
    );
  });

  it('open at the change of the clocks where their start is skipped, and once where it is repeated', () => {
    const night = window({ days: ['sun'], start: 150, end: 240 });
    expect(opening([night], '2026-03-28T12:00:00Z')).toBe('2026-03-29T01:00:00.000Z');
    expect(opening([night], '2026-10-24T12:00:00Z')).toBe('2026-10-25T00:30:00.000Z');
  });

  it('say how long a change may have to wait', () => {
    expect(longestGap([])).toBe(0);
    // Where the clocks go back inside the gap, it is an hour longer than on the clock.
    expect(longestGap([window({ days: ['sat'], start: 12 * 60, end: 13 * 60 })]) / HOUR).toBe(168);
    expect(longestGap([window({ days: [...WEEKDAYS], start: 0, end: 0 })])).toBe(0);
  });

  it.each([
    { label: 'always, without any', windows: [], hours: Number.POSITIVE_INFINITY },
    {
      label: 'always, where they touch',
      windows: [window({ days: [...WEEKDAYS], start: 0, end: 0 })],
      hours: Number.POSITIVE_INFINITY,
    },
    {
      label: 'as long as the shortest',
      windows: [window({}), window({ days: ['wed'], start: 60, end: 240 })],
      hours: 3,
    },
    {
      label: 'an hour less where the clocks go forward',
      windows: [window({ start: 0, end: 0, days: ['sun'] })],
      hours: 23,
    },
    // The first of January is a Thursday.
    {
      label: 'three days where days touch',
      windows: [window({ days: ['wed', 'thu', 'fri'], start: 0, end: 0 })],
      hours: 72,
    },
  ])('stay open $label', ({ windows, hours }) => {
    expect(shortestWindow(windows) / HOUR).toBe(hours);
  });

  it('know time zones', () => {
    expect(isTimeZone('Europe/Berlin')).toBe(true);
    expect(isTimeZone('Mars/Olympus')).toBe(false);
  });

  it('agree with what clocks show, also around changes', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC'];
    const changes = ['2026-03-08', '2026-03-29', '2026-04-05', '2026-10-04', '2026-10-25', '2026-11-01'];
    const windows = fc.record({
      days: fc.subarray([...WEEKDAYS], { minLength: 1 }),
      start: fc.integer({ min: 0, max: 47 }).map((half) => half * 30),
      end: fc.integer({ min: 0, max: 47 }).map((half) => half * 30),
      timeZone: fc.constantFrom(...zones),
    });
    const instant = fc
      .tuple(fc.constantFrom(...changes), fc.integer({ min: -96, max: 96 }))
      .map(([day, halves]) => at(`${day}T00:00:00Z`) + halves * (HOUR / 2));
    fc.assert(
      fc.property(fc.array(windows, { minLength: 1, maxLength: 2 }), instant, (some, now) => {
        const open = nextOpening(some, now);
        const inside = (moment: number) => some.some((one) => isInside(one, moment));
        expect(inside(open) || isSkippedStart(some, open)).toBe(true);
        for (let moment = now; moment < Math.min(open, now + 30 * HOUR); moment += HOUR / 2) {
          expect(inside(moment) && !isRepeated(some, moment)).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** A window may open at the change of the clocks itself, later on the clock than it says. */
function isSkippedStart(windows: readonly MaintenanceWindow[], open: number): boolean {
  return windows.some(({ timeZone }) => offset(timeZone, open - 1) !== offset(timeZone, open));
}

/** In the hour that the clocks show twice a window of the first time may have ended. */
function isRepeated(windows: readonly MaintenanceWindow[], moment: number): boolean {
  return windows.some(({ timeZone }) => offset(timeZone, moment) !== offset(timeZone, moment - 3 * HOUR));
}

function offset(timeZone: string, instant: number): string {
  return new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).format(instant).slice(-9);
}
