/** What each operation on a factory's contents does, once the caller has been let through. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { ServiceRequest, ServiceResponse } from '../../kernel/types.js';
import type { Actor, EventSource, ResourceChange } from '../types.js';
import { complaint, shown } from './airflowProperties.js';
import * as answers from './answers.js';
import { type Factories, type Factory, factoryBody, factoryId } from './factories.js';
import { type Route, RUNTIME_TYPE } from './routes.js';
import { AIRFLOW, isChanging, type Runtime, shownState, typeOf } from './runtime.js';
import type { Runtimes } from './runtimes.js';

export interface Surroundings {
  readonly factories: Factories;
  readonly runtimes: Runtimes;
  readonly events: EventSource;
  readonly pageSize: () => number;
  readonly now: () => number;
}

export interface Call {
  readonly request: ServiceRequest;
  readonly route: Route;
  readonly actor: Actor;
  readonly correlationId: string;
}

/**
 * Dashes stand between others (https://learn.microsoft.com/azure/data-factory/naming-rules). The lengths are in the API's
 * description (https://learn.microsoft.com/rest/api/datafactory/integration-runtimes/create-or-update#uri-parameters).
 */
const RUNTIME_NAME = /^(?=.{3,63}$)[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*$/;
const SYNC_TYPE = 'Microsoft.DataFactory/factories/airflow/sync';

const WRITE_BODY = z.looseObject({ properties: z.looseObject({ type: z.string().min(1) }) });
const SYNC_BODY = z.looseObject({
  IntegrationRuntimeName: z.string().min(1),
  LinkedServiceName: z.string().min(1),
  StorageFolderPath: z.string().min(1),
});

/** Carries out a call. */
export function operate(around: Surroundings, call: Call): ServiceResponse {
  const { route } = call;
  const { subscription, resourceGroup } = route;
  if (route.operation === 'factories.list') {
    return page(around, call, around.factories.list(subscription), factoryBody);
  }
  const inGroup = around.factories.list(subscription, resourceGroup);
  if (inGroup.length === 0) return answers.resourceGroupNotFound(resourceGroup);
  if (route.operation === 'factories.listByResourceGroup') return page(around, call, inGroup, factoryBody);
  const factory = around.factories.find(subscription, resourceGroup, route.factory);
  if (factory === undefined) {
    return answers.notFound('Microsoft.DataFactory/factories', route.factory, resourceGroup);
  }
  const runtime = around.runtimes.get(runtimeId(factory, route.runtime));
  switch (route.operation) {
    case 'factories.get':
      return { status: 200, body: factoryBody(factory) };
    case 'integrationRuntimes.list':
      return page(around, call, around.runtimes.list(factoryId(factory)), (one) => body(around, one));
    case 'integrationRuntimes.get':
      return read(around, call, runtime);
    case 'integrationRuntimes.createOrUpdate':
      return write(around, call, factory, runtime);
    case 'integrationRuntimes.delete':
      return remove(around, call, factory, runtime);
    case 'airflow.sync':
      return sync(around, call, factory);
  }
}

/** A runtime as Resource Manager answers it. */
export function body({ runtimes, now }: Surroundings, runtime: Runtime): object {
  const { id, name, etag, type, properties, webHost } = runtime;
  const state = shownState(runtime, now());
  return {
    id,
    name,
    type: RUNTIME_TYPE,
    properties:
      type === AIRFLOW
        ? shown(properties, webHost, state, runtimes.lifecycle(id).masking)
        : { ...properties, state },
    etag,
  };
}

function read(around: Surroundings, { request, route }: Call, runtime: Runtime | undefined): ServiceResponse {
  if (runtime === undefined) return missing(route, route.runtime);
  const known = request.headers['if-none-match'];
  if (known !== undefined && tags(known).includes(runtime.etag)) return { status: 304 };
  return { status: 200, body: body(around, runtime) };
}

function write(
  around: Surroundings,
  call: Call,
  factory: Factory,
  before: Runtime | undefined,
): ServiceResponse {
  const { request, route } = call;
  const parsed = WRITE_BODY.safeParse(json(request.body));
  if (!parsed.success) {
    return answers.refusal(
      400,
      'InvalidRequestContent',
      'The request content was invalid: properties.type is required.',
    );
  }
  const { properties } = parsed.data;
  if (!RUNTIME_NAME.test(route.runtime)) {
    return answers.refusal(
      400,
      'InvalidResourceName',
      `'${route.runtime}' is no name of an integration runtime: 3 to 63 letters, digits and single dashes between them.`,
    );
  }
  const expected = request.headers['if-match'];
  if (expected !== undefined && !(before !== undefined && meets(expected, before.etag))) {
    return answers.preconditionFailed(route.runtime);
  }
  const wrong = typeOf(properties) === AIRFLOW ? complaint(properties) : undefined;
  if (wrong !== undefined) return answers.refusal(400, 'BadRequest', wrong);
  if (before !== undefined && before.type !== typeOf(properties)) {
    return answers.refusal(400, 'BadRequest', 'The type of an integration runtime cannot be changed.');
  }
  if (
    before !== undefined &&
    isChanging(before) &&
    around.runtimes.lifecycle(before.id).whileChanging === 'refuse'
  ) {
    return answers.updating(route.runtime);
  }
  const id = before?.id ?? runtimeId(factory, route.runtime);
  const written = around.runtimes.write(
    id,
    before?.name ?? route.runtime,
    properties,
    request.host,
    call.actor.clientId,
  );
  tell(around, call, factory, { change: 'write', resourceType: RUNTIME_TYPE, existed: before !== undefined });
  return { status: 200, body: body(around, written) };
}

function remove(
  around: Surroundings,
  call: Call,
  factory: Factory,
  runtime: Runtime | undefined,
): ServiceResponse {
  if (runtime === undefined) return { status: 204 };
  around.runtimes.remove(runtime.id);
  tell(around, call, factory, { change: 'delete', resourceType: RUNTIME_TYPE, existed: true });
  return { status: 200 };
}

function sync(around: Surroundings, call: Call, factory: Factory): ServiceResponse {
  const { request, route } = call;
  const parsed = SYNC_BODY.safeParse(json(request.body));
  if (!parsed.success) {
    return answers.refusal(
      400,
      'BadRequest',
      'IntegrationRuntimeName, LinkedServiceName and StorageFolderPath are required.',
    );
  }
  const { IntegrationRuntimeName: name, LinkedServiceName, StorageFolderPath } = parsed.data;
  const runtime = around.runtimes.get(runtimeId(factory, name));
  if (runtime === undefined || runtime.type !== AIRFLOW) return missing(route, name);
  around.runtimes.importDags(runtime, LinkedServiceName, StorageFolderPath);
  tell(around, call, factory, { change: 'action', resourceType: SYNC_TYPE, existed: true });
  return { status: 202 };
}

function tell(
  { events }: Surroundings,
  { request, route, actor, correlationId }: Call,
  factory: Factory,
  what: { change: ResourceChange['change']; resourceType: string; existed: boolean },
): void {
  events.resourceChanged({
    change: what.change,
    resourceId: route.scope,
    resourceType: what.resourceType,
    tenantId: factory.tenantId,
    actor,
    correlationId,
    ...(what.existed
      ? {
          request: {
            method: request.method,
            url: request.url.href,
            clientRequestId: request.headers['x-ms-client-request-id'] ?? randomUUID(),
          },
        }
      : {}),
  });
}

/** One page; the token of the next one is the place to go on from. */
function page<T>(
  { pageSize }: Surroundings,
  { request }: Call,
  items: readonly T[],
  show: (item: T) => object,
): ServiceResponse {
  const start = Number(request.url.searchParams.get('$skiptoken') ?? 0);
  if (!Number.isSafeInteger(start) || start < 0) {
    return answers.refusal(400, 'InvalidSkipToken', 'The $skiptoken is not one that this service gave.');
  }
  const end = start + pageSize();
  const next = new URL(request.url.href);
  next.searchParams.set('$skiptoken', String(end));
  return {
    status: 200,
    body: {
      value: items.slice(start, end).map(show),
      ...(end < items.length ? { nextLink: next.href } : {}),
    },
  };
}

function runtimeId(factory: Factory, name: string): string {
  return `${factoryId(factory)}/integrationruntimes/${name}`;
}

function missing({ factory, resourceGroup }: Route, name: string): ServiceResponse {
  return answers.notFound(
    'Microsoft.DataFactory/factories/integrationRuntimes',
    `${factory}/${name}`,
    resourceGroup,
  );
}

function meets(expected: string, etag: string): boolean {
  return expected.trim() === '*' || tags(expected).includes(etag);
}

function tags(header: string): string[] {
  return header.split(',').map((tag) => tag.trim().replace(/^(?:W\/)?"?|"$/g, ''));
}

function json(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch {
    return undefined;
  }
}
