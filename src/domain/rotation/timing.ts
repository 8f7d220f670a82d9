import { longestGap, nextOpening, shortestWindow } from '../configuration/maintenance.js';
import type { Profile } from '../configuration/profile.js';

/** How long moving a fleet takes at most, pilot and rest one after the other, each an update with its check. Seconds. */
export function moveSeconds(profiles: readonly Profile[]): number {
  return 2 * moveOneSeconds(profiles);
}

/**
 * How long a move that begins now waits for maintenance windows at most: the pilot for the next one of its profile, the
 * rest for the one after the pilot. Pilot and rest may have any of the profiles. Seconds.
 *
 * @param now milliseconds since the epoch
 */
export function windowSeconds(profiles: readonly Profile[], now: number): number {
  const one = moveOneSeconds(profiles) * 1000;
  const pilot = latestChange(profiles, now);
  return (latestChange(profiles, pilot + one) - one - now) / 1000;
}

/** The longest that windows can make a move wait, whenever it begins. Seconds. */
export function longestWindowSeconds(profiles: readonly Profile[]): number {
  const waits = profiles.map(({ maintenance: { windows, drainSeconds = 0 } }) => {
    // Tasks that may run past the end of a window may make a change wait for another one.
    const gaps = drainSeconds * 1000 < shortestWindow(windows) ? 1 : 2;
    return (gaps * longestGap(windows)) / 1000 + drainSeconds;
  });
  return 2 * Math.max(0, ...waits);
}

/** When the last of runtimes that wait side by side begins to change: in a window, its tasks drained, still in one. */
function latestChange(profiles: readonly Profile[], now: number): number {
  const starts = profiles.map(({ maintenance: { windows, drainSeconds = 0 } }) =>
    nextOpening(windows, nextOpening(windows, now) + drainSeconds * 1000),
  );
  return Math.max(now, ...starts);
}

/** How long one runtime takes at most to get another credential and prove it. Seconds. */
export function moveOneSeconds(profiles: readonly Profile[]): number {
  return Math.max(
    0,
    ...profiles.map(({ limits }) => limits.changeableSeconds + limits.readySeconds + limits.checkSeconds),
  );
}
