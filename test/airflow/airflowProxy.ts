/** Through which an Airflow's processes reach the emulated hosts: a proxy of their own, on which a host can be cut off. */
import { createServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { closeServer, listen } from '../../local/net/proxy.js';

export class AirflowProxy {
  readonly #cutOff = new Set<string>();
  /** Open tunnels by host. */
  readonly #tunnels = new Map<Socket, string>();

  private constructor(
    private readonly server: Server,
    /** For example `http://127.0.0.1:40123`. */
    readonly url: string,
  ) {}

  /** In front of the local cloud's proxy, which knows who answers. */
  static async open(cloudProxy: string): Promise<AirflowProxy> {
    const { hostname, port } = new URL(cloudProxy);
    const server = createServer((_request, response) => response.writeHead(502).end());
    const proxy = new AirflowProxy(server, `http://127.0.0.1:${await listen(server, 0)}`);
    server.on('connect', (request, client: Socket, head: Buffer) => {
      const target = request.url ?? '';
      const host = target.split(':')[0] ?? '';
      if (proxy.#cutOff.has(host)) {
        client.end('HTTP/1.1 502 Bad Gateway\r\nconnection: close\r\n\r\n');
        return;
      }
      proxy.#tunnels.set(client, host);
      const cloud = connect(Number(port), hostname);
      // The cloud's proxy answers the same request, and the client hears its answer.
      cloud.write(`CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\n\r\n`);
      cloud.write(head);
      client.pipe(cloud).pipe(client);
      client.on('error', () => cloud.destroy()).on('close', () => cloud.destroy());
      cloud.on('error', () => client.destroy()).on('close', () => client.destroy());
      client.on('close', () => proxy.#tunnels.delete(client));
    });
    return proxy;
  }

  /** From now on nothing reaches the host, open connections included. */
  cutOff(host: string): void {
    this.#cutOff.add(host);
    for (const [socket, to] of this.#tunnels) if (to === host) socket.destroy();
  }

  /** Every host is reached again. */
  restore(): void {
    this.#cutOff.clear();
  }

  async close(): Promise<void> {
    for (const socket of this.#tunnels.keys()) socket.destroy();
    await closeServer(this.server);
  }
}
