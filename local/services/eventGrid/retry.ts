/**
 * When Event Grid tries again, and when it gives up
 * (https://learn.microsoft.com/azure/event-grid/delivery-and-retry): for a destination that is an Azure resource.
 */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const LAST = 12 * HOUR;
const SCHEDULE_SECONDS = [
  10,
  30,
  MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
  LAST,
];
const MAX_ATTEMPTS = 30;
const TIME_TO_LIVE_SECONDS = 24 * 3600;

/** The shortest pauses after these answers. */
const SLOWER: Readonly<Record<number, number>> = {
  401: 5 * MINUTE,
  404: 5 * MINUTE,
  408: 2 * MINUTE,
  503: 30,
};

/** These answers say that no retry will ever succeed. */
const FINAL: readonly number[] = [400, 403, 413];

export function isAcknowledged(status: number): boolean {
  return status >= 200 && status <= 204;
}

/**
 * Seconds until the next attempt, or `undefined` to give up. `attempts` have been made (1 after the first one),
 * `ageSeconds` after the event was published; `status` is the last answer, `undefined` where there was none.
 */
export function nextAttempt(
  status: number | undefined,
  attempts: number,
  ageSeconds: number,
): number | undefined {
  if (status !== undefined && FINAL.includes(status)) return undefined;
  if (attempts >= MAX_ATTEMPTS) return undefined;
  const regular = SCHEDULE_SECONDS[attempts - 1] ?? LAST;
  const pause = Math.max(regular, status === undefined ? 0 : (SLOWER[status] ?? 0));
  return ageSeconds + pause > TIME_TO_LIVE_SECONDS ? undefined : pause;
}
