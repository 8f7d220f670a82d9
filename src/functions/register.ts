import { randomBytes } from 'node:crypto';
import {
  app,
  type HttpMethod,
  type HttpRequest,
  type HttpResponseInit,
  type InvocationContext,
} from '@azure/functions';
import * as df from 'durable-functions';
import { readAppSettings } from '../config/appSettings.js';
import type { FunctionDeps } from './deps.js';
import { runtimeEvents } from './events/runtimeEvents.js';
import { authorize, type Role } from './http/authorization.js';
import { problem } from './http/problem.js';

/** An HTTP function; `principal` is who asks, and may. */
type HttpFunction = (
  request: HttpRequest,
  context: InvocationContext,
  deps: FunctionDeps,
  principal: string,
) => Promise<HttpResponseInit>;

/** Registers the triggers. Their bodies are loaded when they are first called. */
export function registerFunctions(deps: FunctionDeps = productionDeps()): void {
  const extraInputs = [df.input.durableClient()];

  app.hook.appStart(async () => {
    // Console, not a context: at the start there is no invocation whose log it could be.
    for (const line of await deps.problems()) console.error(`configuration: ${line}`);
  });

  app.eventGrid('runtimeEvents', {
    extraInputs,
    handler: (event: unknown, context) => runtimeEvents(event, context, deps),
  });

  // With App Service authentication the platform has signed the caller in; a key on top would be a second secret.
  const authLevel = deps.settings().httpAuth === 'appService' ? 'anonymous' : 'function';
  const http = (
    name: string,
    method: HttpMethod,
    route: string,
    role: Role,
    load: () => Promise<HttpFunction>,
  ): void =>
    app.http(name, {
      methods: [method],
      route,
      authLevel,
      extraInputs,
      handler: (request, context) => answer(role, load, request, context, deps),
    });
  http('startRun', 'POST', 'runs', 'operator', async () => (await import('./http/startRun.js')).startRun);
  http('listRuns', 'GET', 'runs', 'reader', async () => (await import('./http/readRuns.js')).listRuns);
  http('getRun', 'GET', 'runs/{id}', 'reader', async () => (await import('./http/readRuns.js')).getRun);
  http(
    'cancelRun',
    'POST',
    'runs/{id}/cancel',
    'operator',
    async () => (await import('./http/cancelRun.js')).cancelRun,
  );
  http(
    'getOpenApi',
    'GET',
    'openapi.json',
    'reader',
    async () => (await import('./http/openApi.js')).getOpenApi,
  );

  app.timer('purgeRuns', {
    schedule: '%AIRLOCK_PURGE_SCHEDULE%',
    extraInputs,
    handler: async (timer, context) => {
      const { purgeRuns } = await import('./timers/purgeRuns.js');
      await purgeRuns(timer, context, deps);
    },
  });
}

/** An app that is configured wrongly says so instead of failing in the middle; a caller that may not is told why. */
async function answer(
  role: Role,
  load: () => Promise<HttpFunction>,
  request: HttpRequest,
  context: InvocationContext,
  deps: FunctionDeps,
): Promise<HttpResponseInit> {
  const problems = await deps.problems();
  if (problems.length > 0) {
    return problem({
      status: 503,
      code: 'misconfigured',
      title: 'The app is not configured',
      detail: `The configuration has ${problems.length} problem(s); the app's log lists them. Mend it and restart the app.`,
      headers: { 'retry-after': '60' },
    });
  }
  const allowed = authorize(request, deps.settings(), role);
  if (allowed.kind === 'denied') return allowed.response;
  return (await load())(request, context, deps, allowed.principal);
}

/** What the deployed app uses. */
function productionDeps(): FunctionDeps {
  return {
    configuration: async () => (await import('../config/index.js')).requireConfiguration(),
    settings: () => readAppSettings().settings,
    problems: async () => {
      const { configurationOfProcess, formatProblem } = await import('../config/index.js');
      const result = await configurationOfProcess();
      return result.ok ? [] : result.problems.map(formatProblem);
    },
    now: () => new Date(),
    randomHex: (bytes) => randomBytes(bytes).toString('hex'),
  };
}
