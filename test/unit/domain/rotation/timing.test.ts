import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Maintenance,
  type MaintenanceWindow,
  WEEKDAYS,
} from '../../../../src/domain/configuration/maintenance.js';
import type { Limits, Profile } from '../../../../src/domain/configuration/profile.js';
import {
  longestWindowSeconds,
  moveOneSeconds,
  moveSeconds,
  windowSeconds,
} from '../../../../src/domain/rotation/timing.js';
import { PROFILE } from '../settings/bodies.js';
import { anyWindow, DAY, HOUR, NOW, SECOND } from './inventories.js';

const limits = (changeable: number, ready: number, check: number): Limits => ({
  changeableSeconds: changeable,
  readySeconds: ready,
  checkSeconds: check,
  pollSeconds: 10,
});
/** A profile whose runtimes take an hour each. */
const profile = (windows: readonly MaintenanceWindow[], drainSeconds?: number): Profile => {
  const maintenance: Maintenance = { windows, ...(drainSeconds === undefined ? {} : { drainSeconds }) };
  return { ...PROFILE, limits: limits(600, 2400, 600), maintenance };
};
const utc = (days: MaintenanceWindow['days'], from: number, to: number): MaintenanceWindow => ({
  days,
  start: from * 60,
  end: to * 60,
  timeZone: 'UTC',
});
const hours = (seconds: number) => (seconds * SECOND) / HOUR;

describe('how long a runtime and a fleet take at most', () => {
  it.each([
    { label: 'nothing without profiles', profiles: [], one: 0 },
    { label: 'all limits of a profile together', profiles: [limits(1, 20, 300)], one: 321 },
    { label: 'those of the slowest profile', profiles: [limits(1, 20, 300), limits(400, 10, 1)], one: 411 },
  ])('is $label, and twice that', ({ profiles, one }) => {
    const some = profiles.map((given) => ({ ...PROFILE, limits: given }));

    expect(moveOneSeconds(some)).toBe(one);
    expect(moveSeconds(some)).toBe(2 * one);
  });
});

// NOW is a Monday, 12:00 UTC.
const NIGHT = utc(['sat'], 22, 4);
describe('how long a move that begins now waits for windows', () => {
  it.each([
    { label: 'not without profiles', profiles: [], waits: 0 },
    { label: 'not without windows', profiles: [profile([])], waits: 0 },
    {
      label: 'not where pilot and rest fit into one that is open',
      profiles: [profile([utc(['mon'], 11, 14)])],
      waits: 0,
    },
    {
      label: 'for the next one alone where both fit into it',
      profiles: [profile([NIGHT])],
      waits: 5 * 24 + 10,
    },
    {
      label: 'for another one where the pilot takes all of it',
      profiles: [profile([utc(['mon'], 12, 13)])],
      waits: 7 * 24 - 1,
    },
    {
      label: 'for two where the pilot waits too',
      profiles: [profile([utc(['sat'], 22, 23)])],
      waits: 12 * 24 + 10 - 1,
    },
    { label: 'for tasks twice', profiles: [profile([], 1800)], waits: 1 },
    {
      label: 'for the profiles that wait longest, one for the pilot and one for the rest',
      profiles: [profile([]), profile([NIGHT]), profile([], 1800)],
      waits: 5 * 24 + 10 + 0.5,
    },
    {
      label: 'for the window of the rest after the pilot of another profile',
      profiles: [profile([NIGHT]), profile([utc(['fri'], 12, 18)])],
      waits: 11 * 24 - 1,
    },
    {
      label: 'for another window where the tasks run past the end of this one',
      profiles: [profile([utc(['mon'], 11, 14)], 2 * 3600)],
      // The pilot: 12:00, tasks until 14:00, next Monday 11:00. The rest: 12:00 there, and the same once more.
      waits: 7 * 24 - 1 + (7 * 24 - 1),
    },
  ])('$label', ({ profiles, waits }) => {
    expect(hours(windowSeconds(profiles, NOW))).toBe(waits);
  });

  it('is what stepping through the hours gives, whichever profile the pilot and the last one have', () => {
    fc.assert(
      fc.property(someProfiles, moment, (profiles, now) => {
        expect(hours(windowSeconds(profiles, now))).toBe(steppedThrough(profiles, now));
      }),
      { numRuns: 200 },
    );
  });

  it('is never longer than the longest that windows can make a move wait', () => {
    fc.assert(
      fc.property(someProfiles, moment, (profiles, now) => {
        expect(windowSeconds(profiles, now)).toBeLessThanOrEqual(longestWindowSeconds(profiles));
      }),
      { numRuns: 200 },
    );
  });
});

describe('the longest that windows can make a move wait', () => {
  const weekly = utc(['sat'], 12, 13);
  it.each([
    { label: 'nothing without profiles', profiles: [], waits: 0 },
    { label: 'nothing without windows', profiles: [profile([])], waits: 0 },
    { label: 'the gap twice', profiles: [profile([weekly])], waits: 2 * (7 * 24 - 1) },
    {
      label: 'the gap and the tasks twice',
      profiles: [profile([weekly], 1800)],
      waits: 2 * (7 * 24 - 1) + 1,
    },
    {
      label: 'two gaps twice where tasks may run past the end of a window',
      profiles: [profile([weekly], 3600)],
      waits: 4 * (7 * 24 - 1) + 2,
    },
    {
      label: 'that of the profile that waits longest',
      profiles: [profile([], 3600), profile([weekly])],
      waits: 2 * (7 * 24 - 1),
    },
  ])('is $label', ({ profiles, waits }) => {
    expect(hours(longestWindowSeconds(profiles))).toBe(waits);
  });
});

// Zones without changes of the clocks, windows at whole or half hours: an oracle may go by half hours.
const someProfiles = fc.array(
  fc
    .record({
      windows: fc.array(anyWindow, { maxLength: 2 }),
      drain: fc.constantFrom(undefined, 1800, 3600, 7 * 3600),
    })
    .map(({ windows, drain }) => profile(windows, drain)),
  { maxLength: 2 },
);
const moment = fc.integer({ min: 0, max: 14 * 48 }).map((half) => NOW + half * (HOUR / 2));

/** The worst of all pairs of a pilot's profile and another's, found by looking at every half hour. Hours. */
function steppedThrough(profiles: readonly Profile[], now: number): number {
  const pairs = profiles.flatMap((pilot) => profiles.map((last) => [pilot, last] as const));
  const waits = pairs.map(([pilot, last]) => {
    const pilotAt = changeAt(pilot, now);
    return changeAt(last, pilotAt + HOUR) - HOUR - now;
  });
  return Math.max(0, ...waits) / HOUR;
}

/** When a change begins at the latest: in a window, after tasks that take as long as they may, in a window still. */
function changeAt({ maintenance: { windows, drainSeconds = 0 } }: Profile, from: number): number {
  return firstOpen(windows, firstOpen(windows, from) + drainSeconds * SECOND);
}

function firstOpen(windows: readonly MaintenanceWindow[], from: number): number {
  let at = from;
  while (windows.length > 0 && !windows.some((window) => isOpen(window, at))) at += HOUR / 2;
  return at;
}

function isOpen({ days, start, end, timeZone }: MaintenanceWindow, at: number): boolean {
  const ahead = timeZone === 'UTC' ? 0 : 5.5 * HOUR;
  const minute = ((at + ahead) % DAY) / 60_000;
  const beginsOn = (day: number) => days.includes(WEEKDAYS[new Date(day).getUTCDay()] ?? 'sun');
  const today = at + ahead;
  if (end > start) return beginsOn(today) && minute >= start && minute < end;
  return (beginsOn(today) && minute >= start) || (beginsOn(today - DAY) && minute < end);
}
