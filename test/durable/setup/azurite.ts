/** Azurite, Microsoft's emulator of Azure Storage, as a process of its own in a temporary folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { installAzurite } from './install.js';

export interface Azurite {
  readonly connectionString: string;
  /** Folder with all that was ever stored, as far as Azurite has not cleaned it up. */
  readonly folder: string;
  stop(): Promise<void>;
}

/** The account and key of every Azurite, as its documentation gives them. */
const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

const SERVICES = ['Blob', 'Queue', 'Table'] as const;
const LISTENING = /^Azurite (Blob|Queue|Table) service is successfully listening at (\S+)/;

/** Ends the process when its stdin does, and so with whoever started it, however that happens. */
const END_WITH_STDIN = 'data:text/javascript,process.stdin.on("close",()=>process.exit()).resume()';

/** Starts it on free ports; the folder is the caller's, who removes it. Rejects with `NotPossible` without npm. */
export async function startAzurite(folder: string): Promise<Azurite> {
  const main = await installAzurite();
  const ports = SERVICES.flatMap((service) => [`--${service.toLowerCase()}Port`, '0']);
  const child = spawn(
    process.execPath,
    [
      '--import',
      END_WITH_STDIN,
      main,
      '--silent',
      '--skipApiVersionCheck',
      '--disableTelemetry',
      '--location',
      folder,
      ...ports,
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  child.stdin.on('error', () => {});
  const endpoints = await listening(child);
  return {
    connectionString: [
      'DefaultEndpointsProtocol=http',
      `AccountName=${ACCOUNT}`,
      `AccountKey=${KEY}`,
      ...SERVICES.map((service) => `${service}Endpoint=${endpoints.get(service)}/${ACCOUNT}`),
    ].join(';'),
    folder,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
  };
}

function listening(child: ChildProcess): Promise<ReadonlyMap<string, string>> {
  const endpoints = new Map<string, string>();
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`Azurite ended (${signal ?? code}).`)));
    if (!child.stdout) return;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [, service, url] = LISTENING.exec(line) ?? [];
      if (service === undefined || url === undefined) return;
      endpoints.set(service, url);
      if (endpoints.size === SERVICES.length) resolve(endpoints);
    });
  });
}
