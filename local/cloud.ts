/** The local cloud as one object: a world, the servers in front of it and the control API, in one state folder. */
import { join, resolve } from 'node:path';
import { cloudRoutes } from './control/cloudRoutes.js';
import { hostRoutes } from './control/hostRoutes.js';
import { kernelRoutes } from './control/kernelRoutes.js';
import { type CompiledRoute, compileRoutes, createControlServer } from './control/router.js';
import { worldRoutes } from './control/worldRoutes.js';
import { appEnvironment } from './environment.js';
import { openStore } from './kernel/store.js';
import { realNow, setMachineAhead } from './machineTime.js';
import { openCertificateAuthority } from './net/ca.js';
import { closeServer, listen, PortTaken } from './net/proxy.js';
import type { LocalOptions } from './options.js';
import { projectFile } from './project.js';
import { ANEW_LINE, type ReadyLine } from './ready.js';
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
import { type AzureServers, startAzureServers } from './servers.js';
import { type LocalSettings, loadSettings, saveSettings } from './settings.js';
import {
  type AppHost,
  type CreateAppHost,
  createWorld,
  describe,
  KEPT,
  type Surroundings,
  type World,
  type WorldOptions,
} from './world.js';

export type { AppHost, CreateAppHost } from './world.js';

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

/** Starts a local cloud: a new one with the sample environment in it, or the one of the state folder. Throws `PortTaken`. */
export async function startLocalCloud(options: CloudOptions): Promise<LocalCloud> {
  const folder = resolve(options.state);
  const settings = loadSettings(folder, options.port);
  const ca = openCertificateAuthority(join(folder, 'cloud', 'ca'));
  const store = options.temporary ? undefined : openStore(folder);
  const kept = store?.loaded === undefined ? undefined : KEPT.parse(store.loaded);
  const around: Surroundings = {
    createHost: options.createHost,
    out: options.out,
    host: {
      appEntry: resolve(options.app ?? projectFile('dist', 'main.js')),
      functionKey: settings.functionKey,
      systemKey: settings.systemKey,
      onLog(line) {
        world.kernel.secrets.look('log', line);
        world.logs.add('app', line);
      },
    },
  };
  let world = createWorld(around, options, { kept });
  const log = (line: string) => world.logs.add('local', line);

  const servers = await startAzureServers({
    get kernel() {
      return world.kernel;
    },
    get azure() {
      return world.azure;
    },
    ca,
    ports: settings.ports,
    log,
  });
  servers.route();
  let app: AppOptions = options;
  let environment = setEnvironment({}, servers, world, app);
  if (store) {
    const failed = (error: unknown) => log(`The state could not be kept: ${describe(error)}`);
    world.kernel.keepIn(store.keep(world.take, failed));
  }
  let routes: readonly CompiledRoute[] = [];
  const control = createControlServer(() => routes, log);

  /** Starts the world's host, and lets the control API act on the world. */
  const open = async (functionsPort: number): Promise<number> => {
    const port = await startHost(world.host, functionsPort);
    const functions = `http://127.0.0.1:${port}`;
    const { kernel, azure, host, appService, logs } = world;
    azure.eventGrid.deliverTo({ origin: functions, code: settings.systemKey });
    routes = compileRoutes([
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
      ...worldRoutes(store === undefined ? beginAnew : undefined),
    ]);
    return port;
  };

  let ahead = 0;
  const beginAnew = async (asked: WorldOptions): Promise<ReadyLine | undefined> => {
    const wanted = asked.begin === undefined ? realNow() : Date.parse(asked.begin);
    const next = aheadOf(world.kernel.clock.now(), wanted, ahead);
    if (world.host.registrations === undefined || next === undefined) return undefined;
    ahead = next;
    await end(world);
    options.out(ANEW_LINE);
    setMachineAhead(ahead);
    const begin = asked.begin && new Date(Date.parse(asked.begin) + ahead).toISOString();
    const { clock } = options;
    app = { ...app, ...asked };
    environment = setEnvironment(environment, servers, world, app);
    world = createWorld(
      around,
      { ...asked, ...(clock && { clock }), ...(begin && { begin }) },
      { before: world },
    );
    const functionsPort = await open(0);
    return readyLine(settings, servers, { ...ready, functions: `http://127.0.0.1:${functionsPort}` });
  };

  const functionsPort = await open(settings.ports.functions);
  const controlPort = await listen(control, settings.ports.control);
  const { proxyPort: proxy, identityPort: identity } = servers;
  saveSettings(folder, {
    ...settings,
    ports: { functions: functionsPort, proxy, identity, control: controlPort },
  });
  world.kernel.changed();
  await world.kernel.persisted();
  const ready = readyLine(settings, servers, {
    functions: `http://127.0.0.1:${functionsPort}`,
    control: `http://127.0.0.1:${controlPort}`,
    ca: ca.certificateFile,
    identityHeader: world.azure.identity.header,
  });

  return {
    ready,
    async stop() {
      await closeServer(control);
      await world.host.stop();
      await servers.close();
      world.kernel.clock.stop();
      world.kernel.changed();
      await world.kernel.persisted();
    },
  };
}

const WEEK_MS = 7 * 24 * 3600 * 1000;
/** The SDK of Key Vault writes expiries with 32 bits, and so none after January 2038. */
const LATEST_BEGIN = Date.UTC(2035, 0, 1);

/**
 * How many milliseconds later than `wanted` another world begins: at the same time of the same weekday, after all that
 * the app may have kept of the world before, which ended at `last`. What it keeps of lists goes by that world's clock,
 * what it keeps of tokens by the machine's. `undefined`: no other world can begin.
 */
function aheadOf(last: number, wanted: number, before: number): number | undefined {
  const weeks = Math.max(Math.ceil((last - wanted) / WEEK_MS), before / WEEK_MS) + 1;
  return wanted + weeks * WEEK_MS > LATEST_BEGIN ? undefined : weeks * WEEK_MS;
}

/** Ends a world that another takes the place of: what is under way comes to rest, what waits for time never comes. */
async function end({ kernel, host }: World): Promise<void> {
  await kernel.clock.quiet();
  kernel.clock.stop();
  await host.stop();
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

/** What the app's environment depends on. */
type AppOptions = Pick<LocalOptions, 'config' | 'settings'>;

/** The environment is the app's, which runs in this process. Gives what is set, in place of what was `before`. */
function setEnvironment(
  before: Readonly<Record<string, string>>,
  { identityEndpoint }: AzureServers,
  { azure }: World,
  { config, settings }: AppOptions,
): Readonly<Record<string, string>> {
  const environment = appEnvironment({
    identityEndpoint,
    identityHeader: azure.identity.header,
    settings: { ...appSettings(config), ...settings },
  });
  for (const name of Object.keys(before)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
  return environment;
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
