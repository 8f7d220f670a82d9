/**
 * Resource Manager lets a principal write 200 times at once and 10 times a second after that, and read 250 times and 25
 * times a second, in each subscription
 * (https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling). A runtime costs
 * one write and about two reads: so many may start at once, so many a second after that.
 */
const AT_ONCE = 100;
const A_SECOND = 10;
/** Starts go together in steps of a second. */
const STEP_MS = 1000;

/**
 * How long the runtime of this place in its subscription waits before its run starts. Runtimes that start together wait as
 * long as the last of them. Milliseconds.
 */
export function startDelayMs(place: number): number {
  const over = Math.max(0, place - AT_ONCE);
  return Math.ceil(over / A_SECOND) * STEP_MS;
}
