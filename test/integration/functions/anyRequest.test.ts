/**
 * Whatever is asked, by the description or against it: the app answers as the description says, and never with an error of
 * its own. Requests are made from the description itself.
 */
import type { HttpHandler, HttpResponseInit } from '@azure/functions';
import { HttpRequest } from '@azure/functions';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { openApiDocument } from '../../../src/functions/http/openApi.js';
import { registerHttp } from '../../../src/functions/http/routes.js';
import { runtimeIdOf } from '../../../src/runtimes/data-factory/resourceId.js';
import { depsOf, runtimeId, SUBSCRIPTION } from './deps.js';
import { type DurableHost, newInstance, startDurableHost } from './durableHost.js';

/** Handlers by method and route, as the app registers them. */
const handlers = vi.hoisted(() => new Map<string, unknown>());
vi.mock('@azure/functions', async (original) => {
  const actual = await original<typeof import('@azure/functions')>();
  const http = (_name: string, { methods, route, handler }: Registration): void => {
    for (const method of methods) handlers.set(`${method} /api/${route}`, handler);
  };
  return { ...actual, app: { ...actual.app, http } };
});
interface Registration {
  readonly methods: readonly string[];
  readonly route: string;
  readonly handler: HttpHandler;
}

type Schema = Record<string, unknown> & {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Record<string, Schema>;
  readonly required?: readonly string[];
  readonly oneOf?: readonly Schema[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
};
interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema: Schema;
}
interface Content {
  readonly content?: Record<string, { readonly schema: Schema }>;
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses: Record<
    string,
    Content & { readonly headers?: Record<string, { readonly schema: Schema }> }
  >;
}
interface Described {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Schema> };
}

/** A request, as it is printed where its answer does not fit. */
interface Sent {
  readonly method: string;
  readonly path: string;
  readonly params: Record<string, string>;
  readonly query: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

const description = (await openApiDocument('functionKey')) as unknown as Described;
const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);

/** What names something that is there, for the parameters and members that take it. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  id: ['rq-a0', 'rq-a1', 'rq-a2', 'rq-a3', 'rq-a4', 'rq-a5', 'ev-0'],
  target: [
    'adf-one/etl',
    'sales',
    'sp',
    'everything',
    runtimeId('etl').toUpperCase(),
    'adf-two/new',
    '/subscriptions/',
  ],
  runtime: [runtimeId('etl'), runtimeId('etl', 'adf-two'), runtimeId('a--b')],
  profile: ['sales', 'nobody'],
  credential: ['sp', 'nobody'],
  before: [
    '2026-11-23T12:00:00.000Z~rq-a0',
    '2026-13-45T00:00:00.000Z~rq-a0',
    '0000-00-00T99:99:99.999Z~rq-a0',
    '0001-01-01T00:00:00.000Z~a',
    '9999-12-31T23:59:59.999Z~z',
  ],
  until: [
    '2026-11-23T13:00:00Z',
    '2026-11-23T14:00:00+14:00',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59-23:59',
  ],
  gate: ['pilot', 'removal'],
  'Idempotency-Key': ['k', 'k '.repeat(200)],
};

/** Values that a schema allows, and names of what is there. */
function valid(schema: Schema, name: string): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return valid(resolved(schema), name);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.oneOf) return fc.oneof(...schema.oneOf.map((one) => valid(oneOfThem(schema, one), name)));
  if (schema.type === 'object') {
    const members = Object.entries(schema.properties ?? {}).map(
      ([key, below]) => [key, valid(below, key)] as const,
    );
    return fc.record(Object.fromEntries(members), { requiredKeys: [...(schema.required ?? [])] });
  }
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'integer') return fc.integer({ min: schema.minimum ?? -9, max: schema.maximum ?? 9 });
  const text =
    schema.pattern === undefined
      ? fc.string({ minLength: schema.minLength ?? 0, maxLength: Math.min(schema.maxLength ?? 40, 300) })
      : fc.stringMatching(new RegExp(schema.pattern));
  const known = KNOWN[name];
  return known ? fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...known) }, text) : text;
}

/** A schema with one of its alternatives: what that requires, without what only others do. */
function oneOfThem({ oneOf = [], ...schema }: Schema, { required = [], properties = {} }: Schema): Schema {
  const others = oneOf.flatMap((other) => other.required ?? []).filter((key) => !required.includes(key));
  const kept = Object.entries({ ...schema.properties, ...properties }).filter(
    ([key]) => !others.includes(key),
  );
  return {
    ...schema,
    properties: Object.fromEntries(kept),
    required: [...(schema.required ?? []), ...required],
  };
}

/** Bodies of any kind: allowed ones, such with members that are changed, lost or added, any JSON, and no JSON at all. */
function bodies(schema: Schema): fc.Arbitrary<string> {
  const allowed = valid(schema, '');
  const changed = fc
    .tuple(
      allowed,
      fc.dictionary(
        fc.constantFrom(...Object.keys(resolved(schema).properties ?? {}), 'more', '__proto__'),
        fc.jsonValue(),
      ),
    )
    .map(([body, change]) => ({ ...(body as object), ...change }));
  return fc.oneof(
    { weight: 8, arbitrary: allowed.map((body) => JSON.stringify(body)) },
    { weight: 2, arbitrary: changed.map((body) => JSON.stringify(body)) },
    fc.json(),
    fc.string(),
    fc.constantFrom(
      '',
      '[]',
      'null',
      `${'['.repeat(50)}${']'.repeat(50)}`,
      JSON.stringify({ action: 'x'.repeat(70_000) }),
    ),
  );
}

function resolved(schema: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : (description.components.schemas[name] ?? {});
}

function requests(method: string, path: string, operation: Operation): fc.Arbitrary<Sent> {
  const { parameters = [], requestBody } = operation;
  const of = (place: Parameter['in']): fc.Arbitrary<Record<string, string>> => {
    const those = parameters.filter((one) => one.in === place);
    const values = those.map(({ name, schema }) => {
      const any = place === 'header' ? fc.stringMatching(/^[\x20-\x7e]{0,300}$/) : fc.string();
      const one = fc.oneof({ weight: 9, arbitrary: valid(schema, name).map(String) }, any);
      return [name, place === 'header' ? one.filter((text) => /^[\x20-\x7e]*$/.test(text)) : one] as const;
    });
    return fc.record(Object.fromEntries(values), {
      requiredKeys: place === 'path' ? Object.keys(Object.fromEntries(values)) : [],
    });
  };
  const more = fc.oneof(
    { weight: 6, arbitrary: fc.constant<Record<string, string>>({}) },
    fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { maxKeys: 2 }),
  );
  const schema = requestBody?.content?.['application/json']?.schema;
  const type = fc.oneof(
    { weight: 6, arbitrary: fc.constant('application/json') },
    fc.constantFrom('text/plain', 'application/x+json; charset=utf-8', ''),
  );
  return fc
    .record({
      params: of('path'),
      query: fc.tuple(of('query'), more),
      headers: of('header'),
      type,
      body: schema ? bodies(schema) : fc.constant(undefined),
    })
    .map(({ params, query: [given, others], headers, type: contentType, body }) => ({
      method,
      path,
      params,
      query: { ...others, ...given },
      headers: {
        ...headers,
        ...(body === undefined || contentType === ''
          ? {}
          : { 'content-type': contentType, 'content-length': String(Buffer.byteLength(body)) }),
      },
      ...(body === undefined ? {} : { body }),
    }));
}

let host: DurableHost;
beforeAll(async () => {
  registerHttp(depsOf(), []);
  host = await startDurableHost();
});
afterAll(() => host.close());

/** Runs in every state that an operation tells apart. */
function putRuns(): void {
  const startedBy = { kind: 'request', principal: 'ada' };
  const createdAt = '2026-11-23T11:00:00.000Z';
  const rotation = { action: 'rotate', credential: 'sp', recordKey: 'k', startedBy, createdAt };
  const since = '2026-11-23T11:30:00.000Z';
  const runtime = runtimeIdOf({
    subscription: SUBSCRIPTION,
    resourceGroup: 'rg',
    factory: 'adf-one',
    name: 'etl',
  });
  const enabling = { action: 'enable', runtime, startedBy, createdAt };
  const runs = [
    {
      instanceId: 'rq-a0',
      input: enabling,
      runtimeStatus: 'Completed',
      output: { outcome: 'enabled', changed: true, trail: [] },
    },
    { instanceId: 'rq-a1', input: enabling, customStatus: { step: 'lease', since } },
    {
      instanceId: 'rq-a2',
      name: 'rotateCredential',
      input: rotation,
      customStatus: { step: 'wait', since, waitingFor: { gate: 'pilot', since, until: since } },
    },
    {
      instanceId: 'rq-a3',
      name: 'rotateCredential',
      input: rotation,
      customStatus: {
        step: 'wait',
        since,
        overlapSince: since,
        overlapUntil: '2026-11-23T15:00:00.000Z',
        overlapLatest: '2026-12-23T15:00:00.000Z',
      },
    },
    {
      instanceId: 'rq-a4',
      name: 'sweep',
      input: { action: 'sweep', startedBy, createdAt },
      runtimeStatus: 'Failed',
      output: 'gone',
    },
    {
      instanceId: 'rq-a5',
      name: 'profileRun',
      input: { action: 'check', profile: 'sales', startedBy, createdAt },
      runtimeStatus: 'Pending',
    },
  ];
  host.instances.clear();
  host.entities.clear();
  for (const run of runs) host.instances.set(run.instanceId, newInstance(run));
}

async function ask({ method, path, params, query, headers, body }: Sent): Promise<HttpResponseInit> {
  const handler = handlers.get(`${method} ${path}`) as HttpHandler;
  const request = new HttpRequest({
    method,
    url: `http://localhost${path}`,
    params,
    query,
    headers,
    ...(body === undefined ? {} : { body: { string: body } }),
  });
  return (await handler(request, host.context())) as HttpResponseInit;
}

/** What of an answer is not as the description says; empty: it fits. */
function misfits(operation: Operation, answer: HttpResponseInit): string[] {
  const { status = 0, body } = answer;
  const headers = new Headers(answer.headers as Record<string, string>);
  if (status >= 500) return [`status ${status}: ${String(body)}`];
  const described = operation.responses[String(status)];
  if (!described) return [`status ${status} is not described`];
  const type = headers.get('content-type') ?? '';
  const content = described.content?.[type];
  if (!content) return [`content type ${type} is not described for ${status}`];
  const found = failures(content.schema, JSON.parse(String(body)));
  for (const [name, { schema }] of Object.entries(described.headers ?? {})) {
    const value = headers.get(name);
    if (value !== null) found.push(...failures(schema, schema.type === 'integer' ? Number(value) : value));
  }
  return found;
}

const validators = new Map<Schema, z.ZodType>();

function failures(schema: Schema, value: unknown): string[] {
  const validator = validators.get(schema) ?? validatorOf(schema);
  validators.set(schema, validator);
  const parsed = validator.safeParse(value);
  return parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

function validatorOf(schema: Schema): z.ZodType {
  const text = JSON.stringify({ ...schema, $defs: description.components.schemas });
  const document: unknown = JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/'));
  return z.fromJSONSchema(document as Parameters<typeof z.fromJSONSchema>[0]);
}

describe('any request', () => {
  it.each(operations)(
    'of $operation.operationId is answered as the description says',
    async ({ path, method, operation }) => {
      const seen = new Set<string>();
      await fc.assert(
        fc.asyncProperty(requests(method, path, operation), async (sent) => {
          putRuns();
          const answer = await ask(sent);
          seen.add(String(answer.status));
          expect(misfits(operation, answer), JSON.stringify(sent)).toEqual([]);
        }),
        { numRuns: 600 },
      );
      // Some were carried out, and some refused wherever there is something to refuse.
      const [success = '', ...refusals] = Object.keys(operation.responses);
      expect([...seen]).toContain(success);
      const refusable = refusals.some((status) => ['404', '422'].includes(status));
      expect([...seen].some((status) => status >= '400')).toBe(refusable);
    },
  );
});
