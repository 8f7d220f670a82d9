import { randomBytes } from 'node:crypto';
import { app } from '@azure/functions';
import * as df from 'durable-functions';
import { readAppSettings } from '../config/appSettings.js';
import { KINDS } from '../runtimes/kinds.js';
import type { FunctionDeps } from './deps.js';
import { runtimeEvents } from './events/runtimeEvents.js';
import { registerHttp } from './http/routes.js';

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

  app.eventGrid('credentialEvents', {
    extraInputs,
    handler: async (event: unknown, context) => {
      const { credentialEvents } = await import('./events/credentialEvents.js');
      await credentialEvents(event, context, deps);
    },
  });

  registerHttp(deps, extraInputs);

  app.timer('startSweep', {
    schedule: '%AIRLOCK_SWEEP_SCHEDULE%',
    extraInputs,
    handler: async (timer, context) => {
      const { startSweep } = await import('./timers/sweep.js');
      await startSweep(timer, context, deps);
    },
  });

  app.timer('purgeRuns', {
    schedule: '%AIRLOCK_PURGE_SCHEDULE%',
    extraInputs,
    handler: async (timer, context) => {
      const { purgeRuns } = await import('./timers/purgeRuns.js');
      await purgeRuns(timer, context, deps);
    },
  });
}

/** What the deployed app uses. */
function productionDeps(): FunctionDeps {
  return {
    configuration: async () => (await import('../config/index.js')).requireConfiguration(),
    kinds: KINDS,
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
