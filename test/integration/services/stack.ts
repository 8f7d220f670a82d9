import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCertificateAuthority } from '../../../local/net/ca.js';
import { createFront, findService } from '../../../local/net/front.js';
import { closeServer, listen, startProxy } from '../../../local/net/proxy.js';
import { IDENTITY_PATH } from '../../../local/services/identity/identity.js';
import { createCloud } from '../../unit/services/cloud.js';

export interface Stack {
  readonly cloud: ReturnType<typeof createCloud>;
  /** What a process needs in its environment to reach the emulated services. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** The emulated services behind proxy and CA, and the managed-identity endpoint, all on free ports. */
export async function startStack(): Promise<Stack> {
  const folder = mkdtempSync(join(tmpdir(), 'airlock-services-'));
  const cloud = createCloud();
  const services = [cloud.entra, cloud.arm, cloud.vault, cloud.eventGrid];
  const ca = openCertificateAuthority(folder);
  const log = (line: string) => console.error(line);
  const { kernel } = cloud;
  const isVault = (host: string) => findService([cloud.vault], host) !== undefined;
  const serviceFor = (host: string) => findService(services, host);
  const proxy = await startProxy({
    port: 0,
    ca,
    isKnown: (host) => (isVault(host) ? cloud.vault.knows(host) : serviceFor(host) !== undefined),
    front: createFront({ kernel, scheme: 'https', serviceFor, log }),
    onRefused: () => {},
  });
  const identity = createServer(
    createFront({ kernel, scheme: 'http', serviceFor: () => cloud.identity, log }),
  );
  const identityPort = await listen(identity, 0);
  return {
    cloud,
    environment: {
      HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
      NO_PROXY: 'localhost,127.0.0.1',
      NODE_EXTRA_CA_CERTS: ca.certificateFile,
      REQUESTS_CA_BUNDLE: ca.certificateFile,
      IDENTITY_ENDPOINT: `http://127.0.0.1:${identityPort}${IDENTITY_PATH}`,
      IDENTITY_HEADER: cloud.identity.header,
    },
    async close() {
      await proxy.close();
      await closeServer(identity);
      cloud.clock.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Runs a program to its end with the stack's environment; its stdout is JSON. Rejects with its stderr if it fails. */
export function run(
  { environment }: Stack,
  command: string,
  args: readonly string[],
  extra: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const { PATH = '', HOME = '' } = process.env;
  const child: ChildProcess = spawn(command, args, { env: { PATH, HOME, ...environment, ...extra } });
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    err += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(out));
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}: ${err}`));
    });
  });
}
