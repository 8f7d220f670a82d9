/** A client for the emulated hosts: one https call through the proxy, trusting the local cloud's CA alone. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface WayIn {
  /** For example `http://127.0.0.1:40123`. */
  readonly proxy: string;
  /** The CA's certificate as PEM. */
  readonly ca: string;
}

export interface OutgoingCall {
  readonly method?: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object goes out as JSON. */
  readonly body?: string | Buffer | object;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body read as JSON. Throws where it is none. */
  json(): unknown;
}

/** Makes the call on a connection of its own. Rejects where the proxy refuses the host or the connection breaks. */
export async function callThroughProxy(way: WayIn, call: OutgoingCall): Promise<Answer> {
  const url = new URL(call.url);
  const tunnel = await openTunnel(way.proxy, url.hostname);
  const isJson = typeof call.body === 'object' && !Buffer.isBuffer(call.body);
  const payload = isJson ? JSON.stringify(call.body) : call.body;
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      url,
      {
        method: call.method ?? 'GET',
        headers: {
          ...(isJson ? { 'content-type': 'application/json' } : {}),
          connection: 'close',
          ...call.headers,
        },
        createConnection: () => connectTls({ socket: tunnel, servername: url.hostname, ca: way.ca }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const { statusCode = 0, headers } = response;
          resolve({ status: statusCode, headers, text, json: () => JSON.parse(text) });
        });
      },
    );
    request.on('error', reject);
    request.end(payload);
  });
}

function openTunnel(proxy: string, host: string): Promise<Socket> {
  const { hostname, port } = new URL(proxy);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: hostname, port, method: 'CONNECT', path: `${host}:443` });
    request.on('connect', (response, socket: Socket) => {
      if (response.statusCode === 200) resolve(socket);
      else reject(new Error(`The proxy refused ${host} with ${response.statusCode}.`));
    });
    request.on('error', reject);
    request.end();
  });
}
