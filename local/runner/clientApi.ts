/**
 * The durable extension's HTTP API: what the SDK's client calls (`/durabletask/`, loopback only) and the same under
 * `/runtime/webhooks/durabletask/`, where the host demands its system key.
 */
import type { Clock } from '../kernel/types.js';
import type { Engine } from './engine.js';
import { entityId } from './entityId.js';
import { type InstanceFilter, meantInstances, showEntity, showInstance } from './instanceViews.js';
import { DurableRequestError } from './limits.js';
import { isFinished } from './state.js';

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

const DEFAULT_PAGE = 100;
/** Between the look whether an id is taken and the note that it is: a call of the storage account, on the machine's clock. */
const ACCEPTING_MS = 5;

/** Answers one request. */
export async function answerClientApi(engine: Engine, request: ApiRequest, clock: Clock): Promise<ApiAnswer> {
  const [area, ...rest] = request.path;
  // An id with a slash is another path.
  if (request.path.some((segment) => /[/\\]/.test(segment))) return { status: 404 };
  try {
    if (area === 'orchestrators' && request.method === 'POST' && rest.length <= 2) {
      return await startInstance(engine, request, rest);
    }
    if (area === 'instances') return instances(engine, request, rest.filter(Boolean), clock);
    if (area === 'entities') return entities(engine, request, rest.filter(Boolean));
    return { status: 404 };
  } catch (error) {
    if (!(error instanceof DurableRequestError)) throw error;
    return { status: error.status, body: { Message: error.message } };
  }
}

/**
 * The extension looks whether the id is taken, sends a message, and then notes the instance: who asks for the same id in
 * between is accepted as well, and the last of them is the one that runs.
 */
async function startInstance(
  engine: Engine,
  { body, query }: ApiRequest,
  [name = '', id]: readonly string[],
): Promise<ApiAnswer> {
  if (id !== undefined) engine.refuseLive(id);
  await new Promise((resolve) => setTimeout(resolve, ACCEPTING_MS));
  const instance = engine.start(name, body === '' ? null : body, id, query.get('version') ?? undefined);
  return { status: 202, body: { id: instance.instanceId }, headers: { 'retry-after': '10' } };
}

function instances(engine: Engine, request: ApiRequest, path: readonly string[], clock: Clock): ApiAnswer {
  const [id, action, detail] = path;
  if (id === undefined)
    return request.method === 'DELETE' ? purgeMany(engine, request, clock) : list(engine, request);
  if (request.method === 'GET') return one(engine, id, request.query);
  if (request.method === 'DELETE') return purge(engine, id);
  const reason = request.query.get('reason') ?? '';
  switch (action) {
    case 'raiseEvent':
      return { status: engine.raise(id, detail ?? '', request.body === '' ? null : request.body) };
    case 'terminate':
      return { status: engine.terminate(id, reason) };
    case 'suspend':
    case 'resume':
      return { status: engine.suspend(id, action === 'resume') };
    case 'rewind':
      return rewind(engine, id);
    default:
      return text(501, `The runner does not ${action ?? 'answer that'}.`);
  }
}

function one({ state }: Engine, id: string, query: URLSearchParams): ApiAnswer {
  const entity = state.entities[id];
  if (entity) return { status: 202, body: showEntity(id, entity) };
  const instance = state.instances[id];
  if (!instance) return { status: 404 };
  const shown = showInstance(instance, {
    input: query.get('showInput') !== 'false',
    history: query.get('showHistory') === 'true',
  });
  return isFinished(instance)
    ? { status: 200, body: shown }
    : { status: 202, body: shown, headers: { 'retry-after': '5' } };
}

function purge(engine: Engine, id: string): ApiAnswer {
  const status = engine.purge(id);
  if (status === 412) {
    const runtimeStatus = engine.state.instances[id]?.status ?? '';
    return text(
      412,
      `Only orchestrations in a terminal state can be purged, but the orchestration with instance ID ${id} has status ${runtimeStatus}`,
    );
  }
  return status === 200 ? { status, body: { instancesDeleted: 1 } } : { status };
}

function rewind({ state }: Engine, id: string): ApiAnswer {
  const instance = state.instances[id];
  // The extension itself writes the dollar sign.
  if (!instance) return text(404, `No orchestration with instance ID "$${id}" found.`);
  return instance.status === 'Failed'
    ? text(501, 'The runner does not rewind.')
    : text(
        412,
        `This orchestration has status ${instance.status}, but only orchestrations in the "Failed" state can be rewound.`,
      );
}

function filterOf(query: URLSearchParams): InstanceFilter {
  return {
    statuses: (query.get('runtimeStatus') ?? '').split(',').filter(Boolean),
    idPrefix: query.get('instanceIdPrefix') ?? '',
    createdFrom: Date.parse(query.get('createdTimeFrom') ?? '') || Number.NEGATIVE_INFINITY,
    createdTo: Date.parse(query.get('createdTimeTo') ?? '') || Number.POSITIVE_INFINITY,
  };
}

/**
 * Purges what has ended. An age is what a caller has in mind, and it counts it from the machine's clock: here it is
 * taken from the local cloud's, by which instances are created.
 */
function purgeMany(engine: Engine, { query }: ApiRequest, clock: Clock): ApiAnswer {
  if (!query.get('createdTimeFrom'))
    return text(400, "Please provide value for 'createdTimeFrom' parameter.");
  const ahead = clock.now() - Date.now();
  const given = filterOf(query);
  const filter = { ...given, createdFrom: given.createdFrom + ahead, createdTo: given.createdTo + ahead };
  const purged = meantInstances(engine, filter, { input: false })
    .map(({ instanceId }) => engine.state.instances[instanceId])
    .filter((instance) => instance !== undefined && isFinished(instance))
    .filter((instance) => instance !== undefined && engine.purge(instance.instanceId) === 200);
  return purged.length > 0 ? { status: 200, body: { instancesDeleted: purged.length } } : { status: 404 };
}

function list(engine: Engine, { query, headers }: ApiRequest): ApiAnswer {
  const found = meantInstances(engine, filterOf(query), { input: query.get('showInput') !== 'false' });
  const start = Number(headers['x-ms-continuation-token'] ?? 0) || 0;
  const size = Number(query.get('top')) || DEFAULT_PAGE;
  const next = start + size < found.length ? { 'x-ms-continuation-token': String(start + size) } : {};
  return { status: 200, body: found.slice(start, start + size).map((one) => one.show()), headers: next };
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

/** A sentence as JSON. */
function text(status: number, sentence: string): ApiAnswer {
  return {
    status,
    body: JSON.stringify(sentence),
    headers: { 'content-type': 'application/json; charset=utf-8' },
  };
}
