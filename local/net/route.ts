/**
 * The way from this process to the emulated hosts: every HTTPS connection that it makes goes to the server on loopback
 * that answers in their names. A proxy would do as well, but towards one the Azure SDKs make a tunnel and a TLS
 * handshake for each request, which would be most of the work here; in Azure their agents keep connections, too.
 */
import { Agent } from 'node:https';
import type { Socket } from 'node:net';
import type { ConnectionOptions as TlsOptions } from 'node:tls';

export interface Route {
  /** Port on 127.0.0.1 of the TLS server that has a certificate for every emulated host. */
  readonly port: number;
  readonly isKnown: (host: string) => boolean;
  /** Called with the host and port that somebody asked for in vain. */
  readonly onRefused: (target: string) => void;
}

type Connect = (
  this: Agent,
  options: TlsOptions & { host?: string; port?: number | string },
  callback: (error: Error | null, socket?: Socket) => void,
) => Socket | undefined;
/** What Node's agents have, and its types do not say. */
const agents = Agent.prototype as unknown as { createConnection: Connect };

/** Redirects the HTTPS agents of this process. A host that nobody plays is not found. Returns what ends it. */
export function routeHttps({ port, isKnown, onRefused }: Route): () => void {
  const connect = agents.createConnection;
  agents.createConnection = function (options, callback) {
    const host = options.host?.toLowerCase() ?? '';
    if (!isKnown(host) || Number(options.port) !== 443) {
      onRefused(`${host}:${options.port}`);
      callback(notFound(host));
      return undefined;
    }
    // `servername` is set by Node from the host: the name in the certificate stays the real one.
    return connect.call(this, { ...options, host: '127.0.0.1', port }, callback);
  };
  return () => {
    agents.createConnection = connect;
  };
}

function notFound(host: string): Error {
  const known = { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: host };
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), known);
}
