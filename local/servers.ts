/** The servers of the emulated Azure: the proxy to its public host names, and the managed-identity endpoint. */
import { createServer } from 'node:http';
import type { EmulatedAzure } from './azure.js';
import type { LocalKernel } from './kernel/kernel.js';
import type { CertificateAuthority } from './net/ca.js';
import { createFront, type FrontOptions, KEEP_ALIVE_MS } from './net/front.js';
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
  /** The kernel and the services that answer; asked for at each request, so that others may take their place. */
  readonly kernel: LocalKernel;
  readonly azure: EmulatedAzure;
  readonly ca: CertificateAuthority;
  /** 0: a free one. */
  readonly ports: { readonly proxy: number; readonly identity: number };
  readonly log: (line: string) => void;
}

/** Throws `PortTaken`. */
export async function startAzureServers(options: AzureServersOptions): Promise<AzureServers> {
  const { ca, ports, log } = options;
  const onRefused = (target: string) => {
    options.kernel.ledger.record({ service: 'proxy', operation: 'refused', subject: target, status: 502 });
    log(`${target} is refused: nobody plays that host here.`);
  };
  const isKnown = (host: string) => options.azure.resolves(host);
  const front = (scheme: 'http' | 'https', serviceFor: FrontOptions['serviceFor']) =>
    createFront({
      get kernel() {
        return options.kernel;
      },
      scheme,
      serviceFor,
      log,
    });
  const proxy = await startProxy({
    port: ports.proxy,
    ca,
    isKnown,
    front: front('https', (host) => options.azure.serviceFor(host)),
    onRefused,
  });
  const identity = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS },
    front('http', () => options.azure.identity),
  );
  const identityPort = await listen(identity, ports.identity);
  let endRoute = () => {};
  return {
    proxyPort: proxy.port,
    identityPort,
    proxy: `http://127.0.0.1:${proxy.port}`,
    identityEndpoint: `http://127.0.0.1:${identityPort}${IDENTITY_PATH}`,
    route() {
      endRoute = routeHttps({ port: proxy.tlsPort, isKnown, onRefused });
    },
    async close() {
      endRoute();
      await proxy.close();
      await closeServer(identity);
    },
  };
}
