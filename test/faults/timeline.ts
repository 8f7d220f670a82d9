/** What is still to happen in a story, and how much of it has gone by. */
import type { Happening } from './happenings.js';

export class Timeline {
  readonly #ahead: Happening[];
  #passed = 0;

  constructor(happenings: readonly Happening[]) {
    this.#ahead = [...happenings].sort((one, other) => one.afterSeconds - other.afterSeconds);
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
  pass(seconds: number): Happening[] {
    this.#passed += seconds;
    const due = this.#ahead.filter(({ afterSeconds }) => afterSeconds <= this.#passed);
    this.#ahead.splice(0, due.length);
    return due;
  }
}
