/**
 * The clock of the local cloud, in two modes. `real` runs with the machine's clock, on an offset that `advance`
 * moves. `virtual` stands still by itself and moves only by `run` and `advance`, from timer to timer, while no
 * work is under way. In both modes a timer whose time has come runs at the next turn of the event loop.
 */
import { earlier, type Timer, TimerQueue } from './timers.js';
import type { Clock, ClockMode } from './types.js';
import { WorkCounter } from './work.js';

/** Node fires a longer timeout at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** What a restart needs to go on: `offset` is the distance to the machine's clock. Milliseconds. */
export interface ClockState {
  readonly now: number;
  readonly offset: number;
}

interface RunLimits {
  /** Epoch milliseconds: time does not move beyond. */
  readonly untilMs?: number;
  /** How many times it may jump; timers of the same time are one jump. */
  readonly maxSteps?: number;
}

interface RunResult {
  readonly now: number;
  /** True where nothing but background timers was left. */
  readonly idle: boolean;
  readonly steps: number;
}

export interface LocalClock extends Clock {
  /**
   * Waits so many milliseconds of this clock on behalf of a caller that is under way, as an emulated service does
   * that answers late: the caller does not hold virtual time back meanwhile. Not to be called inside `busy`.
   *
   * @param left resolves when the caller waits no longer
   */
  sleep(ms: number, left?: Promise<unknown>): Promise<void>;
  /** A call that a service answers, with what it sleeps. */
  call<T>(answer: () => Promise<T>): Promise<T>;
  /** Resolves when no work is under way and no timer is due. */
  quiet(): Promise<void>;
  /** Moves time by exactly so much; what comes due on the way fires in order, each at its own time. */
  advance(ms: number): Promise<void>;
  /** Virtual time only: jumps from timer to timer until nothing but background timers is left, or to the limit. */
  run(limits?: RunLimits): Promise<RunResult>;
  snapshot(): ClockState;
  /** No timer fires any more; a run or advance under way ends. */
  stop(): void;
}

export interface ClockOptions {
  readonly mode: ClockMode;
  /** Where an earlier clock left off. Without it time begins with the machine's clock. */
  readonly state?: ClockState;
  /** Gets what the work of a timer throws. */
  readonly onError: (error: unknown) => void;
}

export function createClock(options: ClockOptions): LocalClock {
  return new TimerClock(options);
}

class TimerClock implements LocalClock {
  readonly mode: ClockMode;
  readonly #onError: (error: unknown) => void;
  readonly #foreground = new TimerQueue();
  readonly #background = new TimerQueue();
  readonly #work = new WorkCounter();
  #virtualNow: number;
  #offset: number;
  #order = 0;
  #stopped = false;
  #wakeUp: NodeJS.Timeout | undefined;
  #drainPlanned = false;
  /** Moves of time follow each other, never side by side. */
  #lastMove: Promise<unknown> = Promise.resolve();

  constructor({ mode, state, onError }: ClockOptions) {
    this.mode = mode;
    this.#onError = onError;
    this.#virtualNow = state?.now ?? Date.now();
    this.#offset = state?.offset ?? 0;
  }

  now(): number {
    return this.mode === 'virtual' ? this.#virtualNow : Date.now() + this.#offset;
  }

  schedule(at: number, work: () => void | Promise<void>, options?: { background?: boolean }): () => void {
    if (Number.isNaN(at)) throw new RangeError('A timer needs a time; got NaN.');
    const background = options?.background ?? false;
    const timer: Timer = { at, order: this.#order++, background, work, cancelled: false };
    (background ? this.#background : this.#foreground).push(timer);
    this.#work.touch();
    this.#arm();
    return () => {
      timer.cancelled = true;
      this.#work.touch();
    };
  }

  busy<T>(work: () => Promise<T>): Promise<T> {
    return this.#work.busy(work);
  }

  sleep(ms: number, left?: Promise<unknown>): Promise<void> {
    const over = new Promise<void>((resolve) => {
      this.schedule(this.now() + ms, resolve);
    });
    return this.#work.sleep(over, left);
  }

  call<T>(answer: () => Promise<T>): Promise<T> {
    return this.#work.call(answer);
  }

  quiet(): Promise<void> {
    return this.#work.quiet(() => this.#stopped || !this.#isDue());
  }

  advance(ms: number): Promise<void> {
    if (!(ms >= 0)) throw new RangeError(`Time moves forward only; got ${ms} ms.`);
    return this.#alone(async () => {
      const target = this.now() + ms;
      await this.quiet();
      for (let next = this.#next(); next && next.at <= target && !this.#stopped; next = this.#next()) {
        this.#moveTo(next.at);
        await this.quiet();
      }
      this.#moveTo(target);
      await this.quiet();
    });
  }

  run(limits: RunLimits = {}): Promise<RunResult> {
    if (this.mode !== 'virtual')
      throw new Error('Only virtual time can be run; this clock follows real time.');
    const { untilMs = Infinity, maxSteps = Infinity } = limits;
    return this.#alone(async () => {
      let steps = 0;
      await this.quiet();
      while (!this.#stopped) {
        const wanted = this.#foreground.peek();
        if (!wanted) return { now: this.now(), idle: true, steps };
        if (steps >= maxSteps) break;
        const next = this.#next() ?? wanted;
        if (next.at > untilMs) {
          this.#moveTo(untilMs);
          break;
        }
        this.#moveTo(next.at);
        steps += 1;
        await this.quiet();
      }
      return { now: this.now(), idle: false, steps };
    });
  }

  snapshot(): ClockState {
    const now = this.now();
    return { now, offset: this.mode === 'real' ? this.#offset : now - Date.now() };
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#wakeUp);
    this.#foreground.clear();
    this.#background.clear();
    this.#work.touch();
  }

  #next(): Timer | undefined {
    const [foreground, background] = [this.#foreground.peek(), this.#background.peek()];
    if (!foreground || !background) return foreground ?? background;
    return earlier(background, foreground) ? background : foreground;
  }

  #isDue(): boolean {
    const next = this.#next();
    return next !== undefined && next.at <= this.now();
  }

  #moveTo(time: number): void {
    if (this.mode === 'virtual') this.#virtualNow = Math.max(this.#virtualNow, time);
    else this.#offset = Math.max(this.#offset, time - Date.now());
    this.#arm();
  }

  /** Sees to it that what is due fires at the next turn, and on real time that a later timer wakes the clock. */
  #arm(): void {
    if (this.#stopped) return;
    const next = this.#next();
    if (!next) return;
    const wait = next.at - this.now();
    if (wait <= 0) {
      this.#planDrain();
      return;
    }
    if (this.mode === 'virtual') return;
    clearTimeout(this.#wakeUp);
    this.#wakeUp = setTimeout(() => this.#arm(), Math.min(Math.max(1, wait), LONGEST_TIMEOUT_MS));
    // What keeps the process is its servers; a clock by itself does not.
    this.#wakeUp.unref();
  }

  #planDrain(): void {
    if (this.#drainPlanned) return;
    this.#drainPlanned = true;
    setImmediate(() => {
      this.#drainPlanned = false;
      while (!this.#stopped && this.#isDue()) this.#fire();
      this.#arm();
    });
  }

  #fire(): void {
    const next = this.#next();
    const timer = (next?.background ? this.#background : this.#foreground).pop();
    if (!timer) return;
    this.#work.detached(async () => timer.work()).catch(this.#onError);
  }

  #alone<T>(move: () => Promise<T>): Promise<T> {
    const result = this.#lastMove.then(move);
    this.#lastMove = result.catch(() => undefined);
    return result;
  }
}
