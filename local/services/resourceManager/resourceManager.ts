/**
 * Azure Resource Manager for Data Factory: integration runtimes (the type `Airflow` above all), factories, and the
 * import of DAGs, API version 2018-06-01.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Kernel, Service, ServiceRequest, ServiceResponse } from '../../kernel/types.js';
import { RESOURCE_MANAGER_AUDIENCES } from '../entra/audiences.js';
import type { Directory } from '../entra/directory.js';
import type { Vault } from '../keyVault/secret.js';
import type { EventSource, RunningAirflows } from '../types.js';
import * as answers from './answers.js';
import { createDenials, type Denial } from './denials.js';
import { createFactories, type Factory, type NewFactory } from './factories.js';
import { look, lookupOf } from './lookups.js';
import { body, operate, type Surroundings } from './operations.js';
import type { RoleAssignments } from './roles.js';
import { type Route, routeOf } from './routes.js';
import type { Lifecycle, Runtime } from './runtime.js';
import { createRuntimes, type ImportListener } from './runtimes.js';
import { AZURE_LIMITS, createThrottle, LIMITS, type Limits } from './throttle.js';

const HOSTS = ['management.azure.com', 'management.usgovcloudapi.net', 'management.chinacloudapi.cn'];
const API_VERSION = '2018-06-01';

const STATE = z.object({
  factories: z.unknown(),
  runtimes: z.unknown(),
  roles: z.unknown(),
  pageSize: z.number(),
  limits: LIMITS,
  denials: z.unknown(),
});

export interface ResourceManagerPeers {
  readonly directory: Directory;
  /** Kept in this service's snapshot. */
  readonly roles: RoleAssignments;
  readonly events: EventSource;
  /** The vaults that Resource Manager shows, and the resource ids of custom topics. */
  readonly vaults: () => readonly Vault[];
  readonly topics: () => readonly string[];
}

export interface ResourceManager extends Service, RunningAirflows {
  addFactory(factory: NewFactory): Factory;
  factories(): readonly Factory[];
  /** Creates or replaces a runtime as a caller would by PUT, permissions and events included. */
  writeAs(clientId: string, resourceId: string, properties: object): Promise<ServiceResponse>;
  /** Puts a runtime in that was there before anybody looked: no permission, no event. */
  seedRuntime(resourceId: string, name: string, properties: Record<string, unknown>): void;
  deleteAs(clientId: string, resourceId: string): Promise<ServiceResponse>;
  /** All runtimes as stored, write-only values included: for the control API, never for a ledger. */
  runtimes(): readonly Runtime[];
  /** A runtime as a read answers it. */
  show(resourceId: string): object | undefined;
  /** Lifecycle settings for all runtimes, or for one by its resource id (that need not exist yet). */
  setLifecycle(settings: Partial<Lifecycle>, resourceId?: string): void;
  /** Ends a start with the lifecycle's outcome `never` now. False where no such start is under way. */
  endStart(resourceId: string, outcome: 'started' | 'failed'): boolean;
  /** Refuses writes to a scope and below it, whatever the caller's role, or lets them through again. */
  setDenial(denial: Denial, on: boolean): void;
  /** Items on a page of a list (default 50), and the throttling buckets (default: Azure's). */
  configure(settings: { pageSize?: number; limits?: Limits }): void;
  onDagsImported(listener: ImportListener): void;
}

export function createResourceManager(kernel: Kernel, peers: ResourceManagerPeers): ResourceManager {
  const { directory, roles, events } = peers;
  const factories = createFactories(kernel);
  const runtimes = createRuntimes(kernel);
  const denials = createDenials(kernel);
  let pageSize = 50;
  let limits: Limits = AZURE_LIMITS;
  const throttle = createThrottle(kernel.clock, () => limits);
  const around: Surroundings = {
    factories,
    runtimes,
    events,
    pageSize: () => pageSize,
    now: () => kernel.clock.now(),
  };

  const callerOf = ({ headers }: ServiceRequest) =>
    directory.inspect(headers['authorization'], RESOURCE_MANAGER_AUDIENCES);

  const answer = (request: ServiceRequest, correlationId: string): ServiceResponse => {
    const caller = callerOf(request);
    if (caller === undefined) return answers.unauthenticated(request.headers['authorization'] === undefined);
    const subscription = SUBSCRIPTION.exec(request.url.pathname)?.[1];
    if (subscription !== undefined && !GUID.test(subscription)) {
      return answers.invalidSubscription(subscription);
    }
    const looked = look(request, caller, {
      roles,
      vaults: peers.vaults,
      topics: peers.topics,
      subscriptions: () => factories.subscriptions(),
      now: () => kernel.clock.now(),
    });
    if (looked !== undefined) return looked;
    const route = routeOf(request);
    if (route === undefined) {
      return answers.refusal(
        404,
        'InvalidResourceType',
        'The resource type or the operation could not be found.',
      );
    }
    const version = request.url.searchParams.get('api-version');
    if (version !== API_VERSION) return answers.wrongVersion(version, [API_VERSION]);
    const tenantId = factories.tenantOf(route.subscription);
    if (tenantId === undefined) return answers.subscriptionNotFound(route.subscription);
    if (tenantId.toLowerCase() !== caller.tenantId.toLowerCase()) {
      return answers.wrongTenant(caller.tenantId, tenantId);
    }
    const taken = throttle.take(route.subscription, caller.clientId, route.kind);
    if (!taken.allowed) {
      return answers.throttled(route.kind, route.subscription, caller.clientId, taken.retryAfter);
    }
    const allowed = roles.allows(caller.clientId, route.action, route.scope);
    const denied = request.method === 'GET' ? undefined : denials.refuses(route.scope);
    const response = allowed
      ? (denied ?? operate(around, { request, route, actor: caller, correlationId }))
      : answers.unauthorized(caller, route.action, route.scope);
    return withHeaders(response, {
      [`x-ms-ratelimit-remaining-subscription-${route.kind}`]: String(taken.remaining),
    });
  };

  const handle = async (given: ServiceRequest): Promise<ServiceResponse> => {
    const request = { ...given, url: withoutEmptySegments(given.url) };
    const correlationId = request.headers['x-ms-correlation-request-id'] ?? randomUUID();
    return withHeaders(answer(request, correlationId), {
      'x-ms-request-id': randomUUID(),
      'x-ms-correlation-request-id': correlationId,
      'cache-control': 'no-cache',
    });
  };

  const callAs = (method: string, clientId: string, resourceId: string, content?: object) => {
    const issued = directory.issue(clientId, RESOURCE_MANAGER_AUDIENCES[0]);
    if (issued === undefined) throw new Error(`The directory has no principal ${clientId}.`);
    return handle({
      method,
      host: 'management.azure.com',
      url: new URL(`https://management.azure.com${resourceId}?api-version=${API_VERSION}`),
      headers: { authorization: `Bearer ${issued.token}` },
      body: Buffer.from(content === undefined ? '' : JSON.stringify(content)),
    });
  };

  return {
    name: 'arm',
    hosts: HOSTS,
    describe(request) {
      const route = routeOf(request);
      const caller = callerOf(request)?.clientId;
      return {
        operation: route?.operation ?? lookupOf(request) ?? 'unknown',
        ...(caller === undefined ? {} : { caller }),
        subject: subjectOf(request, route),
      };
    },
    handle,

    addFactory: (factory) => factories.add(factory),
    factories: () => factories.all(),
    writeAs: (clientId, resourceId, properties) => callAs('PUT', clientId, resourceId, { properties }),
    seedRuntime(resourceId, name, properties) {
      runtimes.write(resourceId, name, properties, 'management.azure.com', 'seed');
    },
    deleteAs: (clientId, resourceId) => callAs('DELETE', clientId, resourceId),
    runtimes: () => runtimes.list(),
    show(resourceId) {
      const runtime = runtimes.get(trimmedId(resourceId));
      return runtime === undefined ? undefined : body(around, runtime);
    },
    setLifecycle(settings, resourceId) {
      runtimes.setLifecycle(settings, resourceId === undefined ? undefined : trimmedId(resourceId));
    },
    endStart: (resourceId, outcome) => runtimes.endStart(trimmedId(resourceId), outcome),
    setDenial: (denial, on) => denials.set(denial, on),
    configure(settings) {
      pageSize = settings.pageSize ?? pageSize;
      limits = settings.limits ?? limits;
      kernel.changed();
    },
    onDagsImported: (listener) => runtimes.onImported(listener),
    byHost: (host) => runtimes.byHost(host),
    byResourceId: (resourceId) => runtimes.byResourceId(trimmedId(resourceId)),

    snapshot: () => ({
      factories: factories.snapshot(),
      runtimes: runtimes.snapshot(),
      roles: roles.snapshot(),
      denials: denials.snapshot(),
      pageSize,
      limits,
    }),
    restore(saved) {
      const state = STATE.parse(saved);
      factories.restore(state.factories);
      runtimes.restore(state.runtimes);
      roles.restore(state.roles);
      denials.restore(state.denials);
      ({ pageSize, limits } = state);
    },
  };
}

function subjectOf({ url, body: content }: ServiceRequest, route: Route | undefined): string {
  if (route?.operation !== 'airflow.sync') return url.pathname;
  const name = /"IntegrationRuntimeName"\s*:\s*"([^"]*)"/.exec(content.toString('utf8'))?.[1];
  return name === undefined ? route.scope : `${route.scope}/integrationruntimes/${name}`;
}

/** Keys of the store are ids without case; a slash at the end is not part of an id. */
function trimmedId(resourceId: string): string {
  return resourceId.replace(/\/+$/, '');
}

const SUBSCRIPTION = /^\/subscriptions\/([^/]+)/i;
const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Empty segments do not count: an empty subscription is refused in the name of the segment that follows it. */
function withoutEmptySegments(url: URL): URL {
  if (!url.pathname.includes('//')) return url;
  const collapsed = new URL(url);
  collapsed.pathname = url.pathname.replace(/\/{2,}/g, '/');
  return collapsed;
}

function withHeaders(response: ServiceResponse, headers: Record<string, string>): ServiceResponse {
  return { ...response, headers: { ...headers, ...response.headers } };
}
