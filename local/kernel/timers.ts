/** A queue of timers: earliest first, and among those of the same time in the order in which they were scheduled. */

export interface Timer {
  readonly at: number;
  readonly order: number;
  readonly background: boolean;
  readonly work: () => void | Promise<void>;
  cancelled: boolean;
}

/** A binary heap; cancelled timers leave it when they come to the top. */
export class TimerQueue {
  readonly #heap: Timer[] = [];

  push(timer: Timer): void {
    this.#heap.push(timer);
    let child = this.#heap.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#swapIfEarlier(child, parent)) break;
      child = parent;
    }
  }

  /** The earliest timer that is not cancelled; it stays in the queue. */
  peek(): Timer | undefined {
    while (this.#heap[0]?.cancelled) this.#removeTop();
    return this.#heap[0];
  }

  pop(): Timer | undefined {
    const top = this.peek();
    if (top) this.#removeTop();
    return top;
  }

  clear(): void {
    this.#heap.length = 0;
  }

  #removeTop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    let parent = 0;
    for (;;) {
      const left = 2 * parent + 1;
      const right = left + 1;
      const [l, r] = [this.#heap[left], this.#heap[right]];
      const child = l && r && earlier(r, l) ? right : left;
      if (!this.#swapIfEarlier(child, parent)) return;
      parent = child;
    }
  }

  #swapIfEarlier(child: number, parent: number): boolean {
    const [c, p] = [this.#heap[child], this.#heap[parent]];
    if (!c || !p || !earlier(c, p)) return false;
    this.#heap[child] = p;
    this.#heap[parent] = c;
    return true;
  }
}

/** Whether `left` comes before `right`. */
export function earlier(left: Timer, right: Timer): boolean {
  return left.at < right.at || (left.at === right.at && left.order < right.order);
}
