/** What a local cloud plays: clock, emulated Azure, the host of the app's functions. Another may take its place. */
import { z } from 'zod';
import { createAzure, type EmulatedAzure } from './azure.js';
import { durableFault } from './durableFaults.js';
import type { ClockState } from './kernel/clock.js';
import { createKernel, type LocalKernel } from './kernel/kernel.js';
import type { Snapshot } from './kernel/store.js';
import type { LedgerEntry } from './kernel/types.js';
import { createLogBook, type LogBook } from './logBook.js';
import type { LocalOptions } from './options.js';
import { type AppService, createAppService } from './runner/appService.js';
import type { Registrations } from './runner/coreModule.js';
import type { FunctionsHost, FunctionsHostOptions } from './runner/functionsHost.js';
import { seed, subscribe } from './sample/seed.js';

/** What the local cloud needs of the host that runs the app's functions; `createFunctionsHost` gives it. */
export interface AppHost extends Pick<FunctionsHost, 'start' | 'stop' | 'snapshot' | 'restore'> {
  stats(): unknown;
  history(instanceId: string): unknown;
  /** Of the loaded app, where another host could serve it. */
  readonly registrations?: Registrations;
}

export type CreateAppHost = (options: FunctionsHostOptions & { readonly kernel: LocalKernel }) => AppHost;

/** What differs from world to world. */
export type WorldOptions = Pick<
  LocalOptions,
  'clock' | 'begin' | 'eventSchema' | 'runtimeStartSeconds' | 'keepHistories' | 'config' | 'settings'
>;

/** What every world of a process has from its surroundings. */
export interface Surroundings {
  readonly createHost: CreateAppHost;
  readonly host: Pick<FunctionsHostOptions, 'appEntry' | 'functionKey' | 'systemKey' | 'onLog'>;
  /** Gets each line that the app or the local cloud logs. */
  readonly out: (line: string) => void;
}

export interface World {
  readonly kernel: LocalKernel;
  readonly azure: EmulatedAzure;
  readonly appService: AppService;
  readonly host: AppHost;
  readonly logs: LogBook;
  /** All that survives a restart. */
  take(): Snapshot;
}

const LEDGER_ENTRY = z.object({
  n: z.number(),
  at: z.string(),
  service: z.string(),
  operation: z.string(),
  caller: z.string().optional(),
  subject: z.string().optional(),
  status: z.number().optional(),
  detail: z.record(z.string(), z.unknown()).optional(),
}) as unknown as z.ZodType<LedgerEntry>;

const LEDGER = z.object({ last: z.number(), entries: z.array(LEDGER_ENTRY) });

export const KEPT = z.object({
  cloud: z.object({ azure: z.unknown(), faults: z.unknown(), ledger: LEDGER }),
  host: z.object({
    clock: z.object({ now: z.number(), offset: z.number() }),
    functions: z.unknown(),
    appService: z.unknown().optional(),
  }),
});
/** The last state of a local cloud. */
export type Kept = z.infer<typeof KEPT>;

/**
 * A world as it was kept, or a new one with the sample environment in it. Its host is not started yet.
 *
 * @param before the world that this one takes the place of, in the same process: the app is loaded already, and knows
 *   how to ask for its identity
 */
export function createWorld(
  around: Surroundings,
  options: WorldOptions,
  { kept, before }: { readonly kept?: Kept | undefined; readonly before?: World } = {},
): World {
  const kernel = createKernel({
    mode: options.clock ?? 'real',
    ...clockStart(kept, options),
    onError: (error) => logs.add('local', `DEFECT: the work of a timer failed: ${describe(error)}`),
  });
  const logs = createLogBook(() => kernel.clock.now(), around.out);
  const azure = createAzure(kernel, before?.azure.identity.header);
  fill(azure, kernel, kept, options);
  const appService = createAppService(kernel);
  if (kept?.host.appService !== undefined) appService.restore(kept.host.appService);
  const registrations = before?.host.registrations;
  const host = around.createHost({
    ...around.host,
    kernel,
    appService,
    ...(registrations === undefined ? {} : { registrations }),
    durable: { keepHistories: options.keepHistories ?? false, fault: durableFault(kernel) },
  });
  if (kept !== undefined) host.restore(kept.host.functions);
  return {
    kernel,
    azure,
    appService,
    host,
    logs,
    take: () => ({
      cloud: {
        azure: azure.snapshot(),
        faults: kernel.faults.snapshot(),
        ledger: kernel.ledger.snapshot(),
      },
      host: { clock: kernel.clock.snapshot(), functions: host.snapshot(), appService: appService.snapshot() },
    }),
  };
}

/** A clock that goes on where it was, or begins at the time that was asked for. */
function clockStart(kept: Kept | undefined, { begin }: WorldOptions): { clockState?: ClockState } {
  if (kept !== undefined) return { clockState: kept.host.clock };
  if (begin === undefined) return {};
  const now = Date.parse(begin);
  return { clockState: { now, offset: now - Date.now() } };
}

/** Puts in what the last snapshot held, or the sample environment; then what was asked for of either. */
function fill(
  azure: EmulatedAzure,
  { clock, faults, ledger }: LocalKernel,
  kept: Kept | undefined,
  { eventSchema, runtimeStartSeconds }: WorldOptions,
): void {
  if (kept === undefined) {
    seed(azure, clock);
  } else {
    azure.restore(kept.cloud.azure);
    faults.restore(kept.cloud.faults);
    ledger.restore(kept.cloud.ledger);
  }
  if (kept === undefined || eventSchema !== undefined) {
    subscribe(azure.eventGrid, eventSchema ?? 'EventGridSchema');
  }
  if (runtimeStartSeconds !== undefined) {
    azure.resourceManager.setLifecycle({ startSeconds: runtimeStartSeconds });
  }
}

export function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
