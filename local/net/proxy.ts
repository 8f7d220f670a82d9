/**
 * The way in: a CONNECT proxy on loopback that ends TLS itself, in the name of the hosts that the emulated services
 * answer for. Everything else is refused, so that nothing ever leaves the machine.
 */

import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { CertificateAuthority } from './ca.js';
import { KEEP_ALIVE_MS } from './front.js';

export interface Proxy {
  readonly port: number;
  /** Port of the TLS server behind it, for whoever finds the way without a proxy. */
  readonly tlsPort: number;
  close(): Promise<void>;
}

export interface ProxyOptions {
  readonly port: number;
  readonly ca: CertificateAuthority;
  readonly isKnown: (host: string) => boolean;
  /** Answers the requests that come in through the proxy. */
  readonly front: RequestListener;
  /** Called with the host and port that somebody asked for in vain. */
  readonly onRefused: (target: string) => void;
}

/** Starts the proxy on 127.0.0.1; port 0 takes a free one. Throws where the port is taken. */
export async function startProxy({ port, ca, isKnown, front, onRefused }: ProxyOptions): Promise<Proxy> {
  const tls = createTlsServer(
    { SNICallback: (host, done) => done(null, ca.contextFor(host)), keepAliveTimeout: KEEP_ALIVE_MS },
    front,
  );
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    onRefused(request.url ?? '');
    response.writeHead(502, { 'content-type': 'text/plain' });
    response.end('This proxy serves CONNECT to known hosts only; plain http is not forwarded.\n');
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('connect', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const target = request.url ?? '';
    const host = /^([a-z0-9.-]+):443$/i.exec(target)?.[1]?.toLowerCase();
    if (host === undefined || !isKnown(host)) {
      onRefused(target);
      socket.end(
        'HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\nUnknown host.\n',
      );
      return;
    }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) socket.unshift(head);
    tls.emit('connection', socket);
  });
  // A client that does not trust the CA, or goes away in the middle of a handshake, is its own business.
  tls.on('tlsClientError', () => {});

  const listening = await listen(server, port);
  const tlsPort = await listen(tls, 0);
  return {
    port: listening,
    tlsPort,
    async close() {
      for (const socket of sockets) socket.destroy();
      await closeServer(tls);
      await closeServer(server);
    },
  };
}

/** Listens on 127.0.0.1 and gives the port. Throws `PortTaken` where somebody else has it. */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new PortTaken(port) : error);
    });
    server.listen(port, '127.0.0.1', () => {
      const address: AddressInfo | string | null = server.address();
      if (address === null || typeof address === 'string') reject(new Error('No port was given.'));
      else resolve(address.port);
    });
  });
}

/** Ends a server and its connections. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

export class PortTaken extends Error {
  constructor(readonly port: number) {
    super(`Port ${port} on 127.0.0.1 is taken.`);
    this.name = 'PortTaken';
  }
}
