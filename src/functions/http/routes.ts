import {
  app,
  type FunctionInput,
  type HttpMethod,
  type HttpRequest,
  type HttpResponseInit,
  type InvocationContext,
} from '@azure/functions';
import type { Caller } from '../../domain/runs/caller.js';
import type { FunctionDeps } from '../deps.js';
import { authorize, type Role } from './authorization.js';
import { problem } from './problem.js';

/** An HTTP function; `caller` is who asks, and may. */
type HttpFunction = (
  request: HttpRequest,
  context: InvocationContext,
  deps: FunctionDeps,
  caller: Caller,
) => Promise<HttpResponseInit>;

interface Operation {
  readonly name: string;
  readonly method: HttpMethod;
  readonly role: Role;
  readonly load: () => Promise<HttpFunction>;
}

const METHODS: readonly HttpMethod[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** The HTTP API: its routes, and what may be done there. */
const ROUTES: readonly {
  readonly route: string;
  /** Name of the function that refuses the other methods: the host would answer an empty 404. */
  readonly others: string;
  readonly operations: readonly Operation[];
}[] = [
  {
    route: 'runs',
    others: 'refuseOnRuns',
    operations: [
      {
        name: 'startRun',
        method: 'POST',
        role: 'operator',
        load: async () => (await import('./startRun.js')).startRun,
      },
      {
        name: 'listRuns',
        method: 'GET',
        role: 'reader',
        load: async () => (await import('./listRuns.js')).listRuns,
      },
    ],
  },
  {
    route: 'runs/{id}',
    others: 'refuseOnRun',
    operations: [
      {
        name: 'getRun',
        method: 'GET',
        role: 'reader',
        load: async () => (await import('./getRun.js')).getRun,
      },
    ],
  },
  {
    route: 'runs/{id}/cancel',
    others: 'refuseOnCancel',
    operations: [
      {
        name: 'cancelRun',
        method: 'POST',
        role: 'operator',
        load: async () => (await import('./cancelRun.js')).cancelRun,
      },
    ],
  },
  {
    route: 'runs/{id}/approve',
    others: 'refuseOnApprove',
    operations: [
      {
        name: 'approveRun',
        method: 'POST',
        role: 'approver',
        load: async () => (await import('./approveRun.js')).approveRun,
      },
    ],
  },
  {
    route: 'runs/{id}/overlap',
    others: 'refuseOnOverlap',
    operations: [
      {
        name: 'setOverlap',
        method: 'POST',
        role: 'operator',
        load: async () => (await import('./setOverlap.js')).setOverlap,
      },
    ],
  },
  {
    route: 'openapi.json',
    others: 'refuseOnOpenApi',
    operations: [
      {
        name: 'getOpenApi',
        method: 'GET',
        role: 'reader',
        load: async () => (await import('./openApi.js')).getOpenApi,
      },
    ],
  },
];

/** Registers the HTTP functions. Their bodies are loaded when they are first called. */
export function registerHttp(deps: FunctionDeps, extraInputs: FunctionInput[]): void {
  // With App Service authentication the platform has signed the caller in; a key on top would be a second secret.
  const authLevel = deps.settings().httpAuth === 'appService' ? 'anonymous' : 'function';
  for (const { route, others, operations } of ROUTES) {
    for (const operation of operations) {
      app.http(operation.name, {
        methods: [operation.method],
        route,
        authLevel,
        extraInputs,
        handler: (request, context) => answer(operation, request, context, deps),
      });
    }
    const allowed = operations.map(({ method }) => method);
    app.http(others, {
      methods: METHODS.filter((method) => !allowed.includes(method)),
      route,
      authLevel,
      handler: async (request) => methodNotAllowed(request.method, allowed),
    });
  }
}

/**
 * Answers with a problem document whatever happens: an app that is configured wrongly says so instead of failing in the
 * middle, a caller that may not is told why, and what was not foreseen stays in the log.
 */
export async function answer(
  { role, load, name }: Operation,
  request: HttpRequest,
  context: InvocationContext,
  deps: FunctionDeps,
): Promise<HttpResponseInit> {
  try {
    const problems = await deps.problems();
    if (problems.length > 0) return misconfigured(problems.length);
    const allowed = authorize(request, deps.settings(), role);
    if (allowed.kind === 'denied') return allowed.response;
    const caller = { ...allowed.identity, operation: name, invocationId: context.invocationId };
    return await (await load())(request, context, deps, caller);
  } catch (error) {
    context.error(`${name} failed unexpectedly`, error);
    return problem({
      status: 500,
      code: 'unexpected',
      title: 'The request failed unexpectedly',
      detail: `The app's log holds the reason, under invocation ${context.invocationId}. A request with an Idempotency-Key can be sent again safely.`,
    });
  }
}

function misconfigured(count: number): HttpResponseInit {
  return problem({
    status: 503,
    code: 'misconfigured',
    title: 'The app is not configured',
    detail: `The configuration has ${count} problem(s); the app's log lists them. Mend it and restart the app.`,
    headers: { 'retry-after': '60' },
  });
}

function methodNotAllowed(method: string, allowed: readonly HttpMethod[]): HttpResponseInit {
  return problem({
    status: 405,
    code: 'methodNotAllowed',
    title: 'Method not allowed',
    detail: `${method} is not served here. Use ${allowed.join(' or ')}.`,
    headers: { allow: allowed.join(', ') },
  });
}
