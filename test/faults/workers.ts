/** Test clouds side by side: each is a process of its own, so that scenarios share nothing but the machine's cores. */
import { availableParallelism } from 'node:os';

export const DEFAULT_WORKERS = availableParallelism();

/** Runs `work` on every item, by so many workers, each with a resource of its own that it may replace. */
export async function sideBySide<T, R>(
  items: readonly T[],
  workers: number,
  resource: { open: () => Promise<R>; close: (one: R) => Promise<void> },
  work: (item: T, one: R) => Promise<'kept' | 'spoilt'>,
): Promise<void> {
  const ahead = [...items];
  await Promise.all(
    Array.from({ length: Math.min(workers, items.length) }, async () => {
      let one = await resource.open();
      for (let item = ahead.shift(); item !== undefined; item = ahead.shift()) {
        if ((await work(item, one)) === 'kept') continue;
        await resource.close(one);
        one = await resource.open();
      }
      await resource.close(one);
    }),
  );
}
