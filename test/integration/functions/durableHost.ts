/**
 * A stand-in for the durable extension that the host runs: just what its client calls, over a socket. A test can make
 * it refuse or lose an answer, which the local cloud's runner never does.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpRequest, InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import { controlOf, type RunControl } from '../../../src/domain/runs/runControl.js';

export interface Instance {
  name: string;
  instanceId: string;
  runtimeStatus: string;
  input: unknown;
  output: unknown;
  customStatus: unknown;
  createdTime: string;
  lastUpdatedTime: string;
}

export interface DurableHost {
  readonly instances: Map<string, Instance>;
  readonly entities: Map<string, unknown>;
  /** Method and path, with its query, of every call. */
  readonly calls: string[];
  /** What happens to the next start instead of what should; returns the status to answer, after which it is forgotten. */
  onStart: ((instance: Instance) => number) | undefined;
  /** A context in which a handler finds the durable client; its log lines go to `log`. */
  context(): InvocationContext;
  readonly log: string[];
  close(): Promise<void>;
}

export async function startDurableHost(): Promise<DurableHost> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    host.calls.push(`${request.method} ${url.pathname}${url.search}`);
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const [, , area, first = '', second = ''] = url.pathname.split('/');
      const body = Buffer.concat(parts).toString('utf8');
      if (area === 'orchestrators') return start(response, first, second, JSON.parse(body));
      if (area === 'entities')
        return entity(response, `${first}@${second}`, url.searchParams.get('op'), body);
      return first === '' ? list(response, url.searchParams) : one(response, first, request.method);
    });
  });

  function start(response: ServerResponse, name: string, instanceId: string, input: unknown): void {
    const instance = newInstance({ name, instanceId, input });
    const onStart = host.onStart;
    host.onStart = undefined;
    if (!onStart) host.instances.set(instanceId, instance);
    send(response, onStart ? onStart(instance) : 202, { id: instanceId });
  }

  /** `operation` is null where the state is read. */
  function entity(response: ServerResponse, id: string, operation: string | null, body: string): void {
    const known = host.entities.get(id) as RunControl | undefined;
    if (operation !== null) {
      host.entities.set(id, controlOf(known, { kind: operation, input: JSON.parse(body) as unknown }));
    }
    send(response, operation !== null ? 202 : known === undefined ? 404 : 200, known ?? {});
  }

  function one(response: ServerResponse, id: string, method: string | undefined): void {
    const instance = host.instances.get(id);
    if (method === 'DELETE') send(response, 200, { instancesDeleted: host.instances.delete(id) ? 1 : 0 });
    else send(response, instance ? 200 : 404, instance ?? {});
  }

  function list(response: ServerResponse, query: URLSearchParams): void {
    const statuses = (query.get('runtimeStatus') ?? '').split(',').filter(Boolean);
    const from = Date.parse(query.get('createdTimeFrom') ?? '1970-01-01');
    const to = Date.parse(query.get('createdTimeTo') ?? '2999-01-01');
    const found = [...host.instances.values()].filter(
      ({ runtimeStatus, createdTime }) =>
        (statuses.length === 0 || statuses.includes(runtimeStatus)) &&
        Date.parse(createdTime) >= from &&
        Date.parse(createdTime) <= to,
    );
    send(response, 200, found);
  }

  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const host: DurableHost = {
    instances: new Map(),
    entities: new Map(),
    calls: [],
    onStart: undefined,
    log: [],
    context() {
      const input = df.input.durableClient();
      const context = new InvocationContext({
        invocationId: 'invocation-1',
        logHandler: (level, ...parts) => host.log.push(`${level}: ${parts.map(String).join(' ')}`),
        options: { extraInputs: [input], extraOutputs: [] },
      });
      context.extraInputs.set(input, binding(origin));
      return context;
    },
    close: () => new Promise((done) => server.close(() => done())),
  };
  return host;
}

export function newInstance(given: Partial<Instance>): Instance {
  return {
    name: 'runtimeRun',
    instanceId: 'rq-0',
    runtimeStatus: 'Running',
    input: null,
    output: null,
    customStatus: null,
    createdTime: '2026-11-23T12:00:00Z',
    lastUpdatedTime: '2026-11-23T12:00:00Z',
    ...given,
  };
}

/** A request as the worker gives it to a handler. */
export function httpRequest(
  method: string,
  path: string,
  options: { body?: unknown; headers?: Record<string, string>; params?: Record<string, string> } = {},
): HttpRequest {
  const url = new URL(path, 'http://127.0.0.1:7071');
  return new HttpRequest({
    method,
    url: url.href,
    query: Object.fromEntries(url.searchParams),
    params: options.params ?? {},
    headers: { 'content-type': 'application/json', ...options.headers },
    ...(options.body === undefined ? {} : { body: { string: JSON.stringify(options.body) } }),
  });
}

/** What the binding gives: the keys in its URLs are what no answer may hold. */
function binding(origin: string): Record<string, unknown> {
  const url = `${origin}/runtime/webhooks/durabletask/instances/INSTANCEID?code=SYSTEM-KEY`;
  return {
    taskHubName: 'Airlock',
    creationUrls: { createNewInstancePostUri: url, createAndWaitOnNewInstancePostUri: url },
    managementUrls: {
      id: 'INSTANCEID',
      statusQueryGetUri: url,
      sendEventPostUri: url,
      terminatePostUri: url,
      rewindPostUri: url,
      purgeHistoryDeleteUri: url,
    },
    baseUrl: origin,
    requiredQueryStringParameters: 'code=SYSTEM-KEY',
    rpcBaseUrl: `${origin}/durabletask/`,
  };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
