/**
 * How long things take that the durable extension does between two steps: a message that arrives, a function that is
 * called, a history that is written. Seeded, so that the same scenario takes the same time again.
 */
import { createHash } from 'node:crypto';

/** Measured on the real extension: 20 to 200 ms a step. */
const LEAST_MS = 20;
const MOST_MS = 200;
/** On real time things take their time anyway. */
const REAL_TIME_SHARE = 1 / 20;
/** In virtual time steps that begin at nearly the same moment begin together: each moment of its own is a jump. */
const GRID_MS = 20;

/** How long after a message became visible its queue is looked at, where it was empty for some time. */
const LONGEST_POLL_MS = 800;

export class Latencies {
  readonly #counts = new Map<string, number>();

  constructor(
    private readonly seed: number,
    private readonly mode: 'real' | 'virtual',
  ) {}

  /**
   * When a step begins that could begin now. Milliseconds since the epoch, as `now`.
   *
   * @param what the kind of step: the n-th of a kind takes as long as the n-th of that kind in another run
   */
  stepAt(now: number, what: string): number {
    const latency = LEAST_MS + this.#share(what) * (MOST_MS - LEAST_MS);
    if (this.mode === 'real') return now + latency * REAL_TIME_SHARE;
    return Math.ceil((now + latency) / GRID_MS) * GRID_MS;
  }

  /**
   * When a timer fires that is set now. The storage queue behind it hides a message for whole seconds, rounded down,
   * so that a timer may be early by up to a second; and a queue that was empty is looked at more seldom, so that it may
   * be late (measured: -874 ms to +850 ms).
   */
  timerAt(now: number, fireAt: number, what: string): number {
    const hidden = Math.max(0, Math.floor((fireAt - now) / 1000) * 1000);
    const share = this.#share(`poll ${what}`);
    return this.stepAt(now + hidden + (share < 0.75 ? 0 : (share - 0.75) * 4 * LONGEST_POLL_MS), what);
  }

  /** From 0 to 1. */
  #share(what: string): number {
    const nth = this.#counts.get(what) ?? 0;
    this.#counts.set(what, nth + 1);
    return createHash('sha1').update(`${this.seed} ${what} ${nth}`).digest().readUInt32BE(0) / 2 ** 32;
  }
}
