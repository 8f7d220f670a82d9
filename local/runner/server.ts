/** The HTTP server of the functions host, on loopback alone. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HostRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

export interface HostAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text and bytes go out as they are, anything else as JSON. */
  readonly body?: unknown;
}

/** The host takes up to 100 MB; nothing here needs more than this. */
const MAX_BODY = 8 * 1024 * 1024;

export interface HostServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves on 127.0.0.1. A port of 0 takes a free one. Rejects where the port is taken. */
export async function serve(
  port: number,
  answer: (request: HostRequest) => Promise<HostAnswer>,
  onError: (error: unknown) => void,
): Promise<HostServer> {
  const server = createServer((incoming, outgoing) => {
    respond(incoming, outgoing, answer).catch((error: unknown) => {
      onError(error);
      if (!outgoing.headersSent) outgoing.writeHead(500);
      outgoing.end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

async function respond(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  answer: (request: HostRequest) => Promise<HostAnswer>,
): Promise<void> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > MAX_BODY) {
      outgoing.writeHead(413, { connection: 'close' }).end();
      return;
    }
    chunks.push(bytes);
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const {
    status,
    headers: out = {},
    body,
  } = await answer({
    method: incoming.method ?? 'GET',
    url: new URL(incoming.url ?? '/', `http://${incoming.headers.host ?? '127.0.0.1'}`),
    headers,
    body: Buffer.concat(chunks),
  });
  const plain = typeof body === 'string' || Buffer.isBuffer(body);
  const json = !plain && body !== undefined;
  outgoing.writeHead(status, {
    ...(json ? { 'content-type': 'application/json; charset=utf-8' } : {}),
    ...out,
  });
  outgoing.end(json ? JSON.stringify(body) : plain ? body : undefined);
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
