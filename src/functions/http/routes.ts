import {
  app,
  type FunctionInput,
  type HttpMethod,
  type HttpRequest,
  type HttpResponseInit,
  type InvocationContext,
} from '@azure/functions';
import type { FunctionDeps } from '../deps.js';
import { authorize } from './authorization.js';
import { OPERATIONS, type Operation, REFUSING_FUNCTIONS } from './operations.js';
import { problem } from './problem.js';

const METHODS: readonly HttpMethod[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Registers the HTTP functions. Their bodies are loaded when they are first called. */
export function registerHttp(deps: FunctionDeps, extraInputs: FunctionInput[]): void {
  // With App Service authentication the platform has signed the caller in; a key on top would be a second secret.
  const authLevel = deps.settings().httpAuth === 'appService' ? 'anonymous' : 'function';
  for (const [route, others] of Object.entries(REFUSING_FUNCTIONS)) {
    const operations = OPERATIONS.filter((operation) => operation.route === route);
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
      methods: METHODS.filter((method) => !allowed.some((one) => one === method)),
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
  { role, load, name }: Pick<Operation, 'name' | 'method' | 'role' | 'load'>,
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
      code: 'unexpected',
      detail: `The app's log holds the reason, under invocation ${context.invocationId}. A request with an Idempotency-Key can be sent again safely.`,
    });
  }
}

function misconfigured(count: number): HttpResponseInit {
  return problem({
    code: 'misconfigured',
    detail: `The configuration has ${count} problem(s); the app's log lists them. Fix it and restart the app.`,
    headers: { 'retry-after': '60' },
  });
}

function methodNotAllowed(method: string, allowed: readonly HttpMethod[]): HttpResponseInit {
  return problem({
    code: 'methodNotAllowed',
    detail: `${method} is not served here. Use ${allowed.join(' or ')}.`,
    headers: { allow: allowed.join(', ') },
  });
}
