/** Counts the work under way, so that virtual time can wait for it. */
import { AsyncLocalStorage } from 'node:async_hooks';

/** How many turns of the event loop must pass without news, so that finished I/O can start what follows from it. */
const QUIET_TURNS = 3;

/**
 * How long nothing may happen at all before work that holds no call of its own counts as waiting for somebody else's:
 * long enough for a connection to be made, which nobody counts. Milliseconds of the machine's clock.
 */
const STANDSTILL_MS = 25;

/** A piece of work with all that it calls; nested work in it counts once, as the same piece. */
interface Piece {
  readonly of: WorkCounter;
  depth: number;
}

/** One for all worlds that a process plays: Node hands each on to every promise, also those of worlds that have ended. */
const pieces = new AsyncLocalStorage<Piece>();

export class WorkCounter {
  #active = 0;
  #waiting = 0;
  /** Calls under way that do not sleep. */
  #awake = 0;
  /** Grows with every change, so that a look before and a look after show whether anything happened. */
  #changes = 0;
  #listeners: (() => void)[] = [];

  async busy<T>(work: () => Promise<T>): Promise<T> {
    const outer = pieces.getStore();
    if (outer?.of === this) return this.#count(outer, work);
    const piece = { of: this, depth: 0 };
    return pieces.run(piece, () => this.#count(piece, work));
  }

  /** Runs `work` as a piece of its own, whatever it was called from. */
  detached<T>(work: () => Promise<T>): Promise<T> {
    return pieces.exit(() => this.busy(work));
  }

  /**
   * Lets a call sleep until `over`, which only the passing of time brings. Whoever made it is under way and cannot go
   * on before: one piece of work does not hold time back meanwhile, unless it has `left` and goes on with something
   * else.
   */
  async sleep(over: Promise<unknown>, left?: Promise<unknown>): Promise<void> {
    this.#waiting += 1;
    this.#awake -= 1;
    this.#changed();
    await (left ? Promise.race([over, left]) : over);
    this.#waiting -= 1;
    this.#changed();
    await over;
    this.#awake += 1;
    this.#changed();
  }

  /** A call that a service answers, from its first byte to its last. */
  async call<T>(answer: () => Promise<T>): Promise<T> {
    this.#awake += 1;
    this.#changed();
    try {
      return await answer();
    } finally {
      this.#awake -= 1;
      this.#changed();
    }
  }

  /** Something happened that is not work by itself, for example a timer that came due. */
  touch(): void {
    this.#changed();
  }

  /** Resolves once no work is under way and `settled` holds, and has for some turns of the event loop. */
  async quiet(settled: () => boolean): Promise<void> {
    for (;;) {
      if (this.#isIdle() && settled()) {
        const before = this.#changes;
        for (let turn = 0; turn < QUIET_TURNS; turn += 1) await nextTurn();
        if (before === this.#changes && this.#isIdle() && settled()) return;
      } else if (this.#onlySleepersCall() && settled()) {
        if (await this.#standsStill()) return;
      } else {
        await new Promise<void>((resolve) => this.#listeners.push(resolve));
      }
    }
  }

  #isIdle(): boolean {
    return this.#active - this.#waiting <= 0;
  }

  /**
   * Every call under way waits on time. Work that is not idle all the same may share an answer that another piece of
   * work called for: it goes on when that one does.
   */
  #onlySleepersCall(): boolean {
    return this.#waiting > 0 && this.#awake <= 0;
  }

  async #standsStill(): Promise<boolean> {
    const before = this.#changes;
    const began = performance.now();
    while (performance.now() - began < STANDSTILL_MS) {
      await nextTurn();
      if (before !== this.#changes) return false;
    }
    return true;
  }

  async #count<T>(piece: Piece, work: () => Promise<T>): Promise<T> {
    if (piece.depth === 0) this.#active += 1;
    piece.depth += 1;
    this.#changed();
    try {
      return await work();
    } finally {
      piece.depth -= 1;
      if (piece.depth === 0) this.#active -= 1;
      this.#changed();
    }
  }

  #changed(): void {
    this.#changes += 1;
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
