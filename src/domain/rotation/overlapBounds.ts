/** How far a person may shorten or extend the overlap of a rotation. Moments in milliseconds since the epoch. */

import type { RotationSettings } from '../configuration/rotationSettings.js';
import { FENCE_MS } from '../values/timing.js';

/**
 * The latest end: the old credential is to be gone when the new one is due, or the next rotation would find both. Where
 * nobody knows when that is, what the configuration says stays the latest.
 *
 * @param expiresOn of the new credential, ISO 8601
 * @param configured end as configured
 */
export function latestOverlapEnd(
  expiresOn: string | undefined,
  { rotateBeforeSeconds }: Pick<RotationSettings, 'rotateBeforeSeconds'>,
  configured: number,
): number {
  const expiry = Date.parse(expiresOn ?? '');
  return Number.isNaN(expiry) ? configured : expiry - rotateBeforeSeconds * 1000;
}

/** The earliest end: a write with the old credential may still be under way. */
export function earliestOverlapEnd(now: number): number {
  return now + FENCE_MS;
}
