import type { Pace } from '../values/runtimeBatch.js';

/** Starts go together in steps of a second. */
const STEP_MS = 1000;

/**
 * How long the runtime of this place in its budget waits before its run starts. Runtimes that start together wait as long as
 * the last of them. Milliseconds.
 */
export function startDelayMs({ atOnce, perSecond }: Pace, place: number): number {
  const over = Math.max(0, place - atOnce);
  return Math.ceil(over / perSecond) * STEP_MS;
}
