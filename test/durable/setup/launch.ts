/** Starts local clouds on Azure's own extensions, all on one Azurite, and ends everything that it started. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LaunchOptions, type LocalCloudHandle, launchLocalCloud } from '../../../local/launch.js';
import { projectFile } from '../../../local/project.js';
import { type ExtensionSettings, SETTINGS_VARIABLE } from '../extension/settings.js';
import { type Azurite, startAzurite } from './azurite.js';
import { buildJobHost, DURABLE_VERSIONS, type DurableVersion } from './build.js';

export interface ExtensionCloudOptions
  extends Omit<LaunchOptions, 'main' | 'environment' | 'clock' | 'state'> {
  /** Version of the durable extension; absent: the newest. */
  readonly version?: DurableVersion;
  /** Name of the task hub; absent: one of its own. */
  readonly hub?: string;
  /** C# hosts on the hub; absent: one. */
  readonly hosts?: number;
  /** Application settings of the C# hosts, over those of host.json. */
  readonly hostEnvironment?: Readonly<Record<string, string>>;
  /** Puts something in front of the storage account: gives the connection string for the C# hosts. */
  readonly storageThrough?: (connectionString: string) => Promise<string>;
}

export interface ExtensionCloud extends LocalCloudHandle {
  readonly hub: string;
  readonly storage: Azurite;
}

const folders = new Set<string>();
const launched = new Set<Promise<LocalCloudHandle>>();
let azurite: Promise<Azurite> | undefined;
let hubs = 0;
let ending = false;

/** The one Azurite of this process. */
function storage(): Promise<Azurite> {
  azurite ??= startAzurite(temporaryFolder('airlock-azurite-'));
  return azurite;
}

/** A folder that `endEverything` removes. */
export function temporaryFolder(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  folders.add(folder);
  return folder;
}

/**
 * Starts a local cloud, on real time, whose functions host is on the real extensions, and waits until it is ready: its
 * `ready` has the functions host's origin, the system key and the control API. Builds the C# host where that has not
 * been done. Whoever calls it calls `endEverything` before the process ends. Rejects with `NotPossible` without .NET.
 */
export async function launchExtensionCloud(options: ExtensionCloudOptions = {}): Promise<ExtensionCloud> {
  const {
    version = DURABLE_VERSIONS[0],
    hosts = 1,
    hostEnvironment = {},
    hub = nextHub(),
    storageThrough = async (connectionString) => connectionString,
    ...rest
  } = options;
  const [dll, emulator] = [await buildJobHost(version), await storage()];
  const settings: ExtensionSettings = {
    dll,
    storage: await storageThrough(emulator.connectionString),
    hub,
    hosts,
    environment: { ...hostEnvironment },
  };
  const state = temporaryFolder('airlock-durable-');
  const launching = inTurn(() =>
    launchLocalCloud({
      port: 0,
      ...rest,
      state,
      main: projectFile('build', 'durable-cloud.js'),
      environment: { ...process.env, [SETTINGS_VARIABLE]: JSON.stringify(settings) },
    }),
  );
  launched.add(launching);
  const gone = () => {
    launched.delete(launching);
    removeFolder(state);
  };
  launching.then(({ exit }) => exit.then(gone), gone);
  return { ...(await launching), hub, storage: emulator };
}

/** A start keeps the machine's cores busy by itself: one after the other is as quick, and disturbs nobody. */
let lastStart: Promise<unknown> = Promise.resolve();

function inTurn<T>(start: () => Promise<T>): Promise<T> {
  const started = lastStart.then(() => {
    if (ending) throw new Error('Everything is being ended: no local cloud is started any more.');
    return start();
  });
  lastStart = started.catch(() => undefined);
  return started;
}

/** Ends the local clouds, those that are just being started included, and Azurite, and removes what they left. */
export async function endEverything(): Promise<void> {
  ending = true;
  await Promise.all(
    [...launched].map((launching) =>
      launching.then(
        (handle) => handle.stop(),
        () => undefined,
      ),
    ),
  );
  await (await azurite)?.stop();
  for (const folder of folders) removeFolder(folder);
}

function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  folders.delete(folder);
}

/** Also apart from the hubs of another process on the same machine's Azurite, of which there is none. */
function nextHub(): string {
  hubs += 1;
  return `Hub${hubs}`;
}
