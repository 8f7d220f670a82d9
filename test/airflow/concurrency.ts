/** What is done side by side, as far as there is room. */

export interface Work {
  /** How many of the places it takes. */
  readonly places: number;
  run(): Promise<void>;
}

/** Starts each as soon as there is room for it, the first of the list first; ends when all have ended. */
export async function runConcurrently(works: readonly Work[], places: number): Promise<void> {
  const waiting = [...works];
  const running = new Set<Promise<void>>();
  let free = places;
  for (;;) {
    const fitting = waiting.findIndex((work) => work.places <= free);
    const [next] = fitting < 0 ? [] : waiting.splice(fitting, 1);
    if (next !== undefined) {
      free -= next.places;
      const done = next.run().finally(() => {
        free += next.places;
        running.delete(done);
      });
      running.add(done);
    } else if (running.size > 0) {
      await Promise.race(running);
    } else {
      return;
    }
  }
}
