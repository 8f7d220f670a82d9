/** What is still to happen in a scenario, and how much of it has gone by. */
import type { Disturbance } from './disturbances.js';

export class Timeline {
  readonly #ahead: Disturbance[];
  #passed = 0;

  constructor(disturbances: readonly Disturbance[]) {
    this.#ahead = [...disturbances].sort((one, other) => one.afterSeconds - other.afterSeconds);
  }

  /** Seconds since the beginning. */
  get passed(): number {
    return this.#passed;
  }

  isAhead(): boolean {
    return this.#ahead.length > 0;
  }

  /** Seconds until the next thing happens, at least one, at most so many. */
  untilNext(most: number): number {
    const next = this.#ahead[0];
    return Math.max(1, Math.min(most, next ? next.afterSeconds - this.#passed : most));
  }

  /** Lets time go by; gives what happens now. */
  pass(seconds: number): Disturbance[] {
    this.#passed += seconds;
    const due = this.#ahead.filter(({ afterSeconds }) => afterSeconds <= this.#passed);
    this.#ahead.splice(0, due.length);
    return due;
  }
}
