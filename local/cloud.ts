/** The local cloud as one object: kernel, emulated Azure, functions host and control API, in one state folder. */
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { createAzure, type EmulatedAzure } from './azure.js';
import { cloudRoutes } from './control/cloudRoutes.js';
import { hostRoutes } from './control/hostRoutes.js';
import { kernelRoutes } from './control/kernelRoutes.js';
import { createControlServer } from './control/router.js';
import { durableFault } from './durableFaults.js';
import { appEnvironment } from './environment.js';
import type { ClockState } from './kernel/clock.js';
import { createKernel, type LocalKernel } from './kernel/kernel.js';
import { openStore, type Snapshot } from './kernel/store.js';
import type { LedgerEntry } from './kernel/types.js';
import { createLogBook } from './logBook.js';
import { openCertificateAuthority } from './net/ca.js';
import { closeServer, listen, PortTaken } from './net/proxy.js';
import type { LocalOptions } from './options.js';
import { projectFile } from './project.js';
import type { ReadyLine } from './ready.js';
import { createAppService } from './runner/appService.js';
import type { FunctionsHost, FunctionsHostOptions } from './runner/functionsHost.js';
import { appSettings } from './sample/appSettings.js';
import {
  AIRFLOW_VAULT,
  FACTORY,
  OPERATOR_VAULT,
  RESOURCE_GROUP,
  SUBSCRIPTION,
  TENANT,
  vaultHost,
} from './sample/names.js';
import { seed, subscribe } from './sample/seed.js';
import { type AzureServers, startAzureServers } from './servers.js';
import { type LocalSettings, loadSettings, saveSettings } from './settings.js';

/** What the local cloud needs of the host that runs the app's functions; `createFunctionsHost` gives it. */
export interface AppHost extends Pick<FunctionsHost, 'start' | 'stop' | 'snapshot' | 'restore'> {
  stats(): unknown;
  history(instanceId: string): unknown;
}

export type CreateAppHost = (options: FunctionsHostOptions & { readonly kernel: LocalKernel }) => AppHost;

export interface CloudOptions extends LocalOptions {
  readonly state: string;
  /** Nothing is kept: the folder is a temporary one. */
  readonly temporary: boolean;
  readonly createHost: CreateAppHost;
  /** Gets each line that the app or the local cloud logs. */
  readonly out: (line: string) => void;
  /** The control API was asked to end the local cloud. */
  readonly onShutdown: () => void;
}

export interface LocalCloud {
  readonly ready: ReadyLine;
  /** Ends everything and keeps the last state. */
  stop(): Promise<void>;
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

const KEPT = z.object({
  cloud: z.object({ azure: z.unknown(), faults: z.unknown(), ledger: LEDGER }),
  host: z.object({
    clock: z.object({ now: z.number(), offset: z.number() }),
    functions: z.unknown(),
    appService: z.unknown().optional(),
  }),
});
type Kept = z.infer<typeof KEPT>;

/** Starts a local cloud: a new one with the sample environment in it, or the one of the state folder. Throws `PortTaken`. */
export async function startLocalCloud(options: CloudOptions): Promise<LocalCloud> {
  const folder = resolve(options.state);
  const settings = loadSettings(folder, options.port);
  const ca = openCertificateAuthority(join(folder, 'cloud', 'ca'));
  const store = options.temporary ? undefined : openStore(folder);
  const kept = store?.loaded === undefined ? undefined : KEPT.parse(store.loaded);
  const kernel = createKernel({
    mode: options.clock ?? 'real',
    ...clockStart(kept, options),
    onError: (error) => logs.add('local', `DEFECT: the work of a timer failed: ${describe(error)}`),
  });
  const logs = createLogBook(() => kernel.clock.now(), options.out);
  const log = (line: string) => logs.add('local', line);
  const azure = createAzure(kernel);
  fill(azure, kernel, kept, options);

  const servers = await startAzureServers({ kernel, azure, ca, ports: settings.ports, log });
  servers.route();
  setEnvironment(servers, azure, options);
  const appService = createAppService(kernel);
  if (kept?.host.appService !== undefined) appService.restore(kept.host.appService);
  const host = options.createHost({
    kernel,
    appService,
    appEntry: resolve(options.app ?? projectFile('dist', 'main.js')),
    functionKey: settings.functionKey,
    systemKey: settings.systemKey,
    onLog(line) {
      kernel.secrets.look('log', line);
      logs.add('app', line);
    },
    durable: { keepHistories: options.keepHistories ?? false, fault: durableFault(kernel) },
  });
  if (kept !== undefined) host.restore(kept.host.functions);
  const take = (): Snapshot => ({
    cloud: {
      azure: azure.snapshot(),
      faults: kernel.faults.snapshot(),
      ledger: kernel.ledger.snapshot(),
    },
    host: { clock: kernel.clock.snapshot(), functions: host.snapshot(), appService: appService.snapshot() },
  });
  if (store) {
    kernel.keepIn(store.keep(take, (error) => log(`The state could not be kept: ${describe(error)}`)));
  }
  const functionsPort = await startHost(host, settings.ports.functions);
  const functions = `http://127.0.0.1:${functionsPort}`;
  azure.eventGrid.deliverTo({ origin: functions, code: settings.systemKey });

  const routes = [
    ...kernelRoutes(kernel),
    ...cloudRoutes({ azure, clock: kernel.clock, wayIn: { proxy: servers.proxy, ca: ca.certificate } }),
    ...hostRoutes({
      host,
      appService,
      clock: kernel.clock,
      eventGrid: azure.eventGrid,
      functions,
      systemKey: settings.systemKey,
      logs,
      shutDown: options.onShutdown,
    }),
  ];
  const control = createControlServer(routes, log);
  const controlPort = await listen(control, settings.ports.control);
  const { proxyPort: proxy, identityPort: identity } = servers;
  saveSettings(folder, {
    ...settings,
    ports: { functions: functionsPort, proxy, identity, control: controlPort },
  });
  kernel.changed();
  await kernel.persisted();

  return {
    ready: readyLine(settings, servers, {
      functions,
      control: `http://127.0.0.1:${controlPort}`,
      ca: ca.certificateFile,
      identityHeader: azure.identity.header,
    }),
    async stop() {
      await closeServer(control);
      await host.stop();
      await servers.close();
      kernel.clock.stop();
      kernel.changed();
      await kernel.persisted();
    },
  };
}

/** Throws `PortTaken`, and whatever the app throws as it loads. */
async function startHost(host: AppHost, port: number): Promise<number> {
  try {
    return await host.start(port);
  } catch (error) {
    throw error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
      ? new PortTaken(port)
      : error;
  }
}

/** A clock that goes on where it was, or begins at the time that the command line names. */
function clockStart(kept: Kept | undefined, { begin }: CloudOptions): { clockState?: ClockState } {
  if (kept !== undefined) return { clockState: kept.host.clock };
  if (begin === undefined) return {};
  const now = Date.parse(begin);
  return { clockState: { now, offset: now - Date.now() } };
}

/** Puts in what the last snapshot held, or the sample environment; then what the command line says of either. */
function fill(
  azure: EmulatedAzure,
  { clock, faults, ledger }: LocalKernel,
  kept: Kept | undefined,
  { eventSchema, runtimeStartSeconds }: CloudOptions,
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

/** The environment is the app's, which runs in this process and is loaded later. */
function setEnvironment(servers: AzureServers, azure: EmulatedAzure, options: CloudOptions): void {
  const { identityEndpoint } = servers;
  Object.assign(
    process.env,
    appEnvironment({
      identityEndpoint,
      identityHeader: azure.identity.header,
      settings: { ...appSettings(options.config), ...options.settings },
    }),
  );
}

function readyLine(
  { functionKey, systemKey }: LocalSettings,
  { proxy, identityEndpoint }: AzureServers,
  rest: Pick<ReadyLine, 'functions' | 'control' | 'ca' | 'identityHeader'>,
): ReadyLine {
  return {
    ready: true,
    functions: rest.functions,
    functionKey,
    systemKey,
    proxy,
    ca: rest.ca,
    identityEndpoint,
    identityHeader: rest.identityHeader,
    tenant: TENANT,
    subscription: SUBSCRIPTION,
    resourceGroup: RESOURCE_GROUP,
    factory: FACTORY,
    vaults: [vaultHost(OPERATOR_VAULT), vaultHost(AIRFLOW_VAULT)],
    control: rest.control,
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
