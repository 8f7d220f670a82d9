import { longestGap, nextOpening } from '../maintenance.js';
import type { Profile } from '../profile.js';

/** How long moving a fleet takes at most, pilot and rest one after the other, each an update with its check. Seconds. */
export function moveSeconds(profiles: readonly Profile[]): number {
  return 2 * moveOneSeconds(profiles);
}

/**
 * How long a move that begins now waits for maintenance windows: the pilot for the next one of its profile, the rest for
 * the one after the pilot. The profile that waits longest counts. Seconds.
 *
 * @param now milliseconds since the epoch
 */
export function windowSeconds(profiles: readonly Profile[], now: number): number {
  const one = moveOneSeconds(profiles) * 1000;
  const waits = profiles.map(({ maintenance: { windows, drainSeconds = 0 } }) => {
    const pilot = nextOpening(windows, now);
    const rest = nextOpening(windows, pilot + one);
    return (rest - one - now) / 1000 + 2 * drainSeconds;
  });
  return Math.max(0, ...waits);
}

/** The longest that windows can make a move wait, whenever it begins. Seconds. */
export function longestWindowSeconds(profiles: readonly Profile[]): number {
  const waits = profiles.map(
    ({ maintenance: { windows, drainSeconds = 0 } }) => (2 * longestGap(windows)) / 1000 + 2 * drainSeconds,
  );
  return Math.max(0, ...waits);
}

/** How long one runtime takes at most to get another credential and prove it. Seconds. */
export function moveOneSeconds(profiles: readonly Profile[]): number {
  return Math.max(
    0,
    ...profiles.map(({ limits }) => limits.changeableSeconds + limits.readySeconds + limits.checkSeconds),
  );
}
