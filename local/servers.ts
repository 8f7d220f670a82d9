/** The servers of the emulated Azure: the proxy to its public host names, and the managed-identity endpoint. */
import { createServer } from 'node:http';
import type { EmulatedAzure } from './azure.js';
import type { LocalKernel } from './kernel/kernel.js';
import type { CertificateAuthority } from './net/ca.js';
import { createFront, KEEP_ALIVE_MS } from './net/front.js';
import { closeServer, listen, startProxy } from './net/proxy.js';
import { routeHttps } from './net/route.js';
import { IDENTITY_PATH } from './services/identity/identity.js';

export interface AzureServers {
  readonly proxyPort: number;
  readonly identityPort: number;
  readonly proxy: string;
  /** Lets the HTTPS connections of this process lead here, without the proxy, until the servers close. */
  route(): void;
  readonly identityEndpoint: string;
  close(): Promise<void>;
}

export interface AzureServersOptions {
  readonly kernel: LocalKernel;
  readonly azure: EmulatedAzure;
  readonly ca: CertificateAuthority;
  /** 0: a free one. */
  readonly ports: { readonly proxy: number; readonly identity: number };
  readonly log: (line: string) => void;
}

/** Throws `PortTaken`. */
export async function startAzureServers(options: AzureServersOptions): Promise<AzureServers> {
  const { kernel, azure, ca, ports, log } = options;
  const onRefused = (target: string) => {
    kernel.ledger.record({ service: 'proxy', operation: 'refused', subject: target, status: 502 });
    log(`${target} is refused: nobody plays that host here.`);
  };
  const proxy = await startProxy({
    port: ports.proxy,
    ca,
    isKnown: azure.resolves,
    front: createFront({ kernel, scheme: 'https', serviceFor: azure.serviceFor, log }),
    onRefused,
  });
  const identity = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS },
    createFront({ kernel, scheme: 'http', serviceFor: () => azure.identity, log }),
  );
  const identityPort = await listen(identity, ports.identity);
  let endRoute = () => {};
  return {
    proxyPort: proxy.port,
    identityPort,
    proxy: `http://127.0.0.1:${proxy.port}`,
    identityEndpoint: `http://127.0.0.1:${identityPort}${IDENTITY_PATH}`,
    route() {
      endRoute = routeHttps({ port: proxy.tlsPort, isKnown: azure.resolves, onRefused });
    },
    async close() {
      endRoute();
      await proxy.close();
      await closeServer(identity);
    },
  };
}
