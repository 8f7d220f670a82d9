/** Function apps that were deployed: whether they run, and what was published to them when. */
import { z } from 'zod';
import type { Kernel } from '../../../kernel/types.js';
import { same } from './world.js';

const APP = z.object({
  id: z.string(),
  running: z.boolean(),
  functions: z.array(z.string()),
  /** Milliseconds on the local cloud's clock. */
  publishedAt: z.number(),
});

export interface Apps {
  /** A new app runs and has no functions; one that is there stays as it is. */
  add(siteId: string): void;
  publish(siteId: string, functions: readonly string[]): void;
  /** Names of the functions that are indexed; none where there is no such app. */
  functionsOf(siteId: string): readonly string[];
  /** False where there is no such app. */
  setRunning(siteId: string, running: boolean): boolean;
  isRunning(siteId: string): boolean;
  snapshot(): unknown;
  restore(state: unknown): void;
}

/** @param indexMs milliseconds from the upload of a package until its functions are there */
export function createApps(
  { clock, changed }: Pick<Kernel, 'clock' | 'changed'>,
  indexMs: () => number,
): Apps {
  let apps: z.infer<typeof APP>[] = [];
  const find = (siteId: string) => apps.find(({ id }) => same(id, siteId));
  return {
    add(siteId) {
      if (find(siteId) === undefined) {
        apps = [...apps, { id: siteId, running: true, functions: [], publishedAt: 0 }];
      }
    },
    publish(siteId, functions) {
      const app = find(siteId);
      if (app === undefined) return;
      app.functions = [...functions];
      app.publishedAt = clock.now();
      changed();
    },
    functionsOf(siteId) {
      const app = find(siteId);
      return app !== undefined && clock.now() >= app.publishedAt + indexMs() ? app.functions : [];
    },
    setRunning(siteId, running) {
      const app = find(siteId);
      if (app === undefined) return false;
      app.running = running;
      changed();
      return true;
    },
    isRunning: (siteId) => find(siteId)?.running ?? false,
    snapshot: () => structuredClone(apps),
    restore(saved) {
      apps = z.array(APP).parse(saved);
    },
  };
}
