/** When in a scenario a disturbance comes. */
import { RUNTIMES } from './config.js';
import type { Disturbance, OutageOf } from './disturbances.js';

type What = Disturbance['what'];

export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 24 * HOUR;

/** Moments of the test cloud's rotation: the key is made, the pilot moves, the rest does, the overlap is waited out. */
export const PREPARING = 20;
export const MOVING_PILOT = 120;
export const MOVING = 360;
export const OVERLAP = 1500;

/** Restarts of each runtime in a rotation that goes through. */
export const ONCE_EACH = Object.fromEntries(RUNTIMES.map((runtime) => [runtime, 1]));

/** Something that happens so long after the beginning. */
export const at = (afterSeconds: number, what: What): Disturbance => ({ afterSeconds, what });

/** An outage of a service with its end. */
export function outage(of: OutageOf, from: number, seconds: number): Disturbance[] {
  return [at(from, { kind: 'outage', of }), at(from + seconds, { kind: 'outageEnds', of })];
}
