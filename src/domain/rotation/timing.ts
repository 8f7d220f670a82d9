import type { Profile } from '../profile.js';

/** How long moving a fleet takes at most, pilot and rest one after the other, each an update with its check. Seconds. */
export function moveSeconds(profiles: readonly Profile[]): number {
  return 2 * moveOneSeconds(profiles);
}

/** How long one runtime takes at most to get another credential and prove it. Seconds. */
export function moveOneSeconds(profiles: readonly Profile[]): number {
  return Math.max(
    0,
    ...profiles.map(({ limits }) => limits.changeableSeconds + limits.readySeconds + limits.checkSeconds),
  );
}
