/** A proxy in front of a storage account that counts its operations, as they are billed: by requests. */
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Operations {
  readonly queue: number;
  readonly table: number;
  readonly blob: number;
  /** Of those on queues: looks for messages that found none. */
  readonly emptyLooks: number;
}

export interface CountedStorage {
  readonly connectionString: string;
  /** All since the beginning. */
  count(): Operations;
  close(): void;
}

const SERVICES = ['queue', 'table', 'blob'] as const;
type Service = (typeof SERVICES)[number];

export function billed({ queue, table, blob }: Operations): number {
  return queue + table + blob;
}

/** Without those that looked for a message and found none: how many these are is a matter of time. */
export function withoutLooks(operations: Operations): number {
  return billed(operations) - operations.emptyLooks;
}

/** Counts what goes to the account of an Azurite. */
export async function countStorage(connectionString: string): Promise<CountedStorage> {
  const counts = { queue: 0, table: 0, blob: 0, emptyLooks: 0 };
  const servers: Server[] = [];
  let counted = connectionString;
  for (const service of SERVICES) {
    const endpoint = new RegExp(`${service}Endpoint=(http://[^/;]+)`, 'i').exec(connectionString)?.[1];
    if (endpoint === undefined) throw new Error(`The connection string names no ${service} endpoint.`);
    const server = createServer((incoming, outgoing) =>
      forward(new URL(endpoint), incoming, outgoing, (answer) => {
        counts[service] += 1;
        if (foundNone(service, incoming, answer)) counts.emptyLooks += 1;
      }),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    counted = counted.replace(endpoint, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }
  return {
    connectionString: counted,
    count: () => ({ ...counts }),
    close() {
      for (const server of servers) server.close().closeAllConnections();
    },
  };
}

/** The signature of a request is not over its host, so that it can be handed on as it is. */
function forward(
  { hostname, port }: URL,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  onAnswer: (body: string) => void,
): void {
  const { method, url, headers } = incoming;
  const onward = request({ hostname, port, method, path: url, headers }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('end', () => onAnswer(Buffer.concat(chunks).toString('utf8')));
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
}

function foundNone(service: Service, { method, url = '' }: IncomingMessage, answer: string): boolean {
  return (
    service === 'queue' && method === 'GET' && /\/messages\?/.test(url) && !answer.includes('<QueueMessage>')
  );
}
