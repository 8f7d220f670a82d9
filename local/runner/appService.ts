/**
 * What App Service does around the functions host: a stopped app answers 403 and runs nothing, and the first event for an
 * app without instances is refused.
 */
import { z } from 'zod';
import type { Kernel } from '../kernel/types.js';
import type { HostAnswer, HostRequest } from './server.js';

const SETTINGS = z.strictObject({
  /** False after `az functionapp stop`. */
  running: z.boolean(),
  /**
   * Seconds without an event after which a function has no instance any more; null: it always has one. On Flex
   * Consumption every function with an Event Grid trigger is scaled by itself.
   */
  zeroAfterSeconds: z.number().positive().nullable(),
});
export const APP_PATCH = SETTINGS.partial();
export type AppSettings = z.infer<typeof SETTINGS>;

const STATE = SETTINGS.extend({
  /** By function: when its instances began and when the last event came, milliseconds on the local cloud's clock. */
  instances: z.record(z.string(), z.object({ since: z.number(), used: z.number() })),
});

/** So long a new instance takes events without knowing Event Grid's key yet (Azure/azure-functions-host#11834). */
const UNTIL_KEY_MS = 10_000;

const EVENT_GRID = '/runtime/webhooks/eventgrid';
/** The way of the SDK to its own host, which no front of App Service sees. */
const LOCAL = '/durabletask/';

export interface AppService {
  readonly settings: AppSettings;
  /** Throws a ZodError where a setting is unknown or makes no sense. */
  configure(patch: Partial<AppSettings>): void;
  /** The answer to a request that does not reach the functions; `undefined` where it does. */
  refusal(request: HostRequest): HostAnswer | undefined;
  /** Where the app is stopped: keeps the work for its start, and says true. */
  hold(work: () => void): boolean;
  snapshot(): unknown;
  restore(state: unknown): void;
}

export function createAppService(kernel: Pick<Kernel, 'clock' | 'ledger' | 'changed'>): AppService {
  let state: z.infer<typeof STATE> = { running: true, zeroAfterSeconds: null, instances: {} };
  let held: (() => void)[] = [];

  /** Whether an instance of the function knows Event Grid's key by now; without one there is one from now on. */
  const isWarm = (name: string, zeroAfterSeconds: number): boolean => {
    const now = kernel.clock.now();
    const known = state.instances[name];
    const isThere = known !== undefined && now - known.used < zeroAfterSeconds * 1000;
    const since = isThere ? known.since : now;
    state.instances[name] = { since, used: now };
    kernel.changed();
    return now - since >= UNTIL_KEY_MS;
  };

  const release = () => {
    const works = held;
    held = [];
    for (const work of works) work();
  };

  return {
    get settings() {
      const { running, zeroAfterSeconds } = state;
      return { running, zeroAfterSeconds };
    },
    configure(patch) {
      const { running, zeroAfterSeconds } = state;
      const settings = SETTINGS.parse({ running, zeroAfterSeconds, ...patch });
      // From a new setting on nobody is there yet.
      const instances = patch.zeroAfterSeconds === undefined ? state.instances : {};
      state = { ...settings, instances };
      kernel.changed();
      if (state.running) release();
    },
    refusal({ method, url }) {
      const { pathname } = url;
      if (pathname.startsWith(LOCAL)) return undefined;
      if (!state.running) return { status: 403, body: 'Error 403 - This web app is stopped.' };
      const isEvent = method === 'POST' && pathname.toLowerCase() === EVENT_GRID;
      if (state.zeroAfterSeconds === null || !isEvent) return undefined;
      const name = url.searchParams.get('functionName') ?? '';
      if (isWarm(name, state.zeroAfterSeconds)) return undefined;
      kernel.ledger.record({ service: 'host', operation: 'events.refused', subject: name, status: 401 });
      return { status: 401 };
    },
    hold(work) {
      if (!state.running) held.push(work);
      return !state.running;
    },
    snapshot: () => structuredClone(state),
    restore(saved) {
      state = STATE.parse(saved);
    },
  };
}
