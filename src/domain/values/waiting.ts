import { sha256Hex } from './digest.js';
import { LONGEST_ASKED_MS } from './timing.js';

/** How long to wait before the next try or the next look, and when to give up. Times in milliseconds. */

/** A cap on tries and on time. */
export interface RetryPolicy {
  readonly firstMs: number;
  readonly maxMs: number;
  readonly maxAttempts: number;
}

/** Calls to Azure that were throttled, timed out or met a server error. */
export const CALL_POLICY: RetryPolicy = { firstMs: 5_000, maxMs: 120_000, maxAttempts: 12 };

/**
 * The pause before the next attempt: exponential, capped, with jitter so that runs that were refused together do not
 * come back together; never shorter than what the service asked for, up to a quarter of an hour.
 *
 * @param attempt number of the attempt that failed, from 1
 * @param afterSeconds the service's `Retry-After`, if it gave one
 * @param spread a number from 0 to 1 that differs from run to run
 */
export function retryPauseMs(
  policy: RetryPolicy,
  attempt: number,
  afterSeconds: number | undefined,
  spread: number,
): number {
  const backoff = Math.min(policy.firstMs * 2 ** (attempt - 1), policy.maxMs);
  const asked = Math.min((afterSeconds ?? 0) * 1000, LONGEST_ASKED_MS);
  return Math.round(Math.max(asked, backoff / 2) + spread * (backoff / 2));
}

/**
 * The pause until the next common moment, at least `afterMs` away: whole multiples of the poll's interval, so that all
 * who wait look at the same moments.
 *
 * @param now milliseconds since the epoch
 */
export function untilCommonMoment(now: number, afterMs: number, pollMs: number): number {
  return Math.ceil((now + afterMs) / pollMs) * pollMs - now;
}

/**
 * The pause after `failures` failed runs in a row, before the sweep starts another by itself: 1 h, doubling, at most
 * 24 h.
 */
export function pauseAfterFailures(failures: number): number {
  if (failures <= 0) return 0;
  return Math.min(2 ** (failures - 1), 24) * 3_600_000;
}

/** A number from 0 to 1 made from text: the same for the same text, spread evenly over different texts. */
export function spreadOf(text: string): number {
  return Number.parseInt(sha256Hex(text).slice(0, 8), 16) / 0x1_0000_0000;
}
