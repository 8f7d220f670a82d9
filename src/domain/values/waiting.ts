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
 * The pause before a runtime that is waited for is looked at again: a quarter of the wait so far, not shorter than the
 * profile's pace, nor longer than four times that. What has taken long takes some more; looking as often as in the
 * beginning would tell nothing sooner that matters.
 *
 * @param waitedMs since the wait began
 * @param leftMs until its deadline, at which it is looked at for the last time
 */
export function nextPollMs(waitedMs: number, pollMs: number, leftMs: number): number {
  const pause = Math.min(Math.max(waitedMs / 4, pollMs), 4 * pollMs);
  return Math.max(Math.min(Math.round(pause), leftMs), 1);
}

/**
 * The pause before a runtime of a fleet is looked at again, where another of it has told how long a restart takes: once half
 * way, for what fails soon; then from shortly before that time on, often for a while, since the whole fleet waits for the
 * last one; after that at the profile's pace.
 *
 * @param waitedMs since the wait began
 * @param expectedMs how long the other one took
 */
export function nextExpectedPollMs(waitedMs: number, expectedMs: number, pollMs: number): number {
  const half = expectedMs / 2;
  const shortlyBefore = expectedMs * 0.98;
  if (waitedMs < half) return half - waitedMs;
  if (waitedMs < shortlyBefore) return shortlyBefore - waitedMs;
  return waitedMs < expectedMs * 1.1 ? eagerPollMs(pollMs) : pollMs;
}

/** The pause where others wait for the end of the wait. */
export function eagerPollMs(pollMs: number): number {
  return Math.ceil(pollMs / 4);
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
