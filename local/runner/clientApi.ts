/**
 * The durable extension's HTTP API: what the SDK's client calls (`/durabletask/`, loopback only) and the same under
 * `/runtime/webhooks/durabletask/`, where the host demands its system key.
 */
import type { Engine } from './engine.js';
import { entityId } from './entityId.js';
import { EventType, type HistoryEvent } from './history.js';
import { DurableRequestError } from './limits.js';
import { type Instance, isFinished } from './state.js';

export interface ApiRequest {
  readonly method: string;
  /** Decoded segments after `durabletask/`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const TYPE_NAMES = new Map<number, string>(Object.entries(EventType).map(([name, type]) => [type, name]));
const DEFAULT_PAGE = 100;

/** What the durable client binding gives a function. The management URLs are what an app must never hand out. */
export function durableClientBinding(origin: string, systemKey: string): Record<string, unknown> {
  const root = `${origin}/runtime/webhooks/durabletask`;
  const query = `taskHub=Airlock&connection=Storage&code=${systemKey}`;
  const instance = `${root}/instances/INSTANCEID`;
  return {
    taskHubName: 'Airlock',
    creationUrls: {
      createNewInstancePostUri: `${root}/orchestrators/{functionName}[/{instanceId}]?code=${systemKey}`,
      createAndWaitOnNewInstancePostUri: `${root}/orchestrators/{functionName}[/{instanceId}]?timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}&code=${systemKey}`,
    },
    managementUrls: {
      id: 'INSTANCEID',
      statusQueryGetUri: `${instance}?${query}`,
      sendEventPostUri: `${instance}/raiseEvent/{eventName}?${query}`,
      terminatePostUri: `${instance}/terminate?reason={text}&${query}`,
      rewindPostUri: `${instance}/rewind?reason={text}&${query}`,
      purgeHistoryDeleteUri: `${instance}?${query}`,
      restartPostUri: `${instance}/restart?${query}`,
      suspendPostUri: `${instance}/suspend?reason={text}&${query}`,
      resumePostUri: `${instance}/resume?reason={text}&${query}`,
    },
    baseUrl: root,
    requiredQueryStringParameters: `code=${systemKey}`,
    rpcBaseUrl: `${origin}/durabletask/`,
  };
}

/** Answers one request. */
export function answerClientApi(engine: Engine, request: ApiRequest): ApiAnswer {
  try {
    const [area, ...rest] = request.path;
    if (area === 'orchestrators' && request.method === 'POST') return startInstance(engine, request, rest);
    if (area === 'instances') return instances(engine, request, rest.filter(Boolean));
    if (area === 'entities') return entities(engine, request, rest.filter(Boolean));
    return { status: 404 };
  } catch (error) {
    if (!(error instanceof DurableRequestError)) throw error;
    return { status: error.status, body: { message: error.message } };
  }
}

function startInstance(engine: Engine, { body }: ApiRequest, [name = '', id]: readonly string[]): ApiAnswer {
  const instance = engine.start(name, body === '' ? null : body, id);
  return { status: 202, body: { id: instance.instanceId }, headers: { 'retry-after': '10' } };
}

function instances(engine: Engine, request: ApiRequest, path: readonly string[]): ApiAnswer {
  const [id, action, detail] = path;
  if (id === undefined) return many(engine, request);
  const instance = engine.state.instances[id];
  if (request.method === 'GET') {
    if (!instance) return { status: 404 };
    const shown = show(instance, {
      input: request.query.get('showInput') !== 'false',
      history: request.query.get('showHistory') === 'true',
    });
    return isFinished(instance)
      ? { status: 200, body: shown }
      : { status: 202, body: shown, headers: { 'retry-after': '5' } };
  }
  if (request.method === 'DELETE') {
    const status = engine.purge(id);
    return status === 200 ? { status, body: { instancesDeleted: 1 } } : { status };
  }
  const reason = request.query.get('reason') ?? '';
  switch (action) {
    case 'raiseEvent':
      return { status: engine.raise(id, detail ?? '', request.body === '' ? null : request.body) };
    case 'terminate':
      return { status: engine.terminate(id, reason) };
    case 'suspend':
    case 'resume':
      return { status: engine.suspend(id, action === 'resume') };
    default:
      return { status: 501, body: { message: `The runner does not ${action ?? 'answer that'}.` } };
  }
}

function many(engine: Engine, { method, query, headers }: ApiRequest): ApiAnswer {
  const wanted = (query.get('runtimeStatus') ?? '').split(',').filter(Boolean);
  const prefix = query.get('instanceIdPrefix') ?? '';
  const from = Date.parse(query.get('createdTimeFrom') ?? '') || Number.NEGATIVE_INFINITY;
  const to = Date.parse(query.get('createdTimeTo') ?? '') || Number.POSITIVE_INFINITY;
  const found = Object.values(engine.state.instances).filter(
    (instance) =>
      (wanted.length === 0 || wanted.includes(instance.status)) &&
      instance.instanceId.startsWith(prefix) &&
      instance.createdTime >= from &&
      instance.createdTime <= to,
  );
  if (method === 'DELETE') {
    const finished = found.filter(isFinished);
    for (const instance of finished) engine.purge(instance.instanceId);
    return finished.length > 0
      ? { status: 200, body: { instancesDeleted: finished.length } }
      : { status: 404 };
  }
  const start = Number(headers['x-ms-continuation-token'] ?? 0) || 0;
  const size = Number(query.get('top')) || DEFAULT_PAGE;
  const page = found.slice(start, start + size);
  const next = start + size < found.length ? { 'x-ms-continuation-token': String(start + size) } : {};
  const options = { input: query.get('showInput') !== 'false', history: false };
  return { status: 200, body: page.map((instance) => show(instance, options)), headers: next };
}

function entities(engine: Engine, request: ApiRequest, [name = '', key = '']: readonly string[]): ApiAnswer {
  const id = entityId(name, key);
  if (request.method === 'POST') {
    engine.signal(id, request.query.get('op') ?? '', request.body === '' ? null : request.body);
    return { status: 202 };
  }
  const entity = engine.state.entities[id];
  if (!entity?.exists || entity.state === null) return { status: 404 };
  return { status: 200, body: JSON.parse(entity.state) as unknown };
}

function show(instance: Instance, options: { input: boolean; history: boolean }): Record<string, unknown> {
  return {
    name: instance.name,
    instanceId: instance.instanceId,
    runtimeStatus: instance.status,
    input: options.input ? value(instance.input) : null,
    customStatus: instance.customStatus ?? null,
    output: value(instance.output),
    // The host's times have whole seconds.
    createdTime: wholeSeconds(instance.createdTime),
    lastUpdatedTime: wholeSeconds(instance.lastUpdatedTime),
    ...(options.history ? { historyEvents: namedHistory(instance.history) } : {}),
  };
}

/** The history with its types by name, as the host shows it to people. */
export function namedHistory(history: readonly HistoryEvent[]): Record<string, unknown>[] {
  return history.map((event) => ({
    ...event,
    EventType: TYPE_NAMES.get(event.EventType) ?? event.EventType,
  }));
}

function value(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function wholeSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
