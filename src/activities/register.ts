import { randomBytes } from 'node:crypto';
import type { InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import { type AppSettings, readAppSettings } from '../config/appSettings.js';
import { STRATEGIES } from '../credentials/strategies.js';
import type { ActivityName } from '../domain/activities/activities.js';
import type { CloudName } from '../domain/configuration/profile.js';
import type { Problem } from '../domain/problems/problem.js';
import { APP_RECORD_KEY, type AppRecord } from '../domain/records/appRecord.js';
import { ENTITIES, type EntityName } from '../domain/records/entityNames.js';
import type { ProfileRecord } from '../domain/records/profileRecord.js';
import type { RuntimeRecord } from '../domain/records/runtimeRecord.js';
import type { CredentialRecord } from '../domain/rotation/credentialState.js';
import type { RunControl } from '../domain/runs/runControl.js';
import { errorName } from '../domain/values/errorName.js';
import { BEGINNING, instancesSince, startOnce } from '../durable/instances.js';
import { PROOFS } from '../proofs/proofs.js';
import { KINDS } from '../runtimes/kinds.js';
import type { ActivityDeps, DurableState } from './deps.js';
import { IMPLEMENTATIONS, type Implementation } from './implementations.js';

/** Registers the activities with the Functions app. */
export function registerActivities(deps: ActivityDeps = productionDeps()): void {
  for (const name of Object.keys(IMPLEMENTATIONS) as ActivityName[]) {
    df.app.activity(name, {
      extraInputs: [df.input.durableClient()],
      handler: (input: unknown, context: InvocationContext) => runActivity(name, input, context, deps),
    });
  }
}

async function runActivity(
  name: ActivityName,
  input: unknown,
  context: InvocationContext,
  deps: ActivityDeps,
): Promise<unknown> {
  try {
    const implementation = (await IMPLEMENTATIONS[name]()) as Implementation<ActivityName>;
    const output = await implementation(input as never, deps, durableState(context));
    context.log(`${name}: ${formatOutput(output)}`);
    return output;
  } catch (error) {
    // What is thrown becomes part of a durable history: only the name of an unknown error goes there and to the log.
    const kind = errorName(error);
    const where = error instanceof Error ? (error.stack ?? '').split('\n').slice(1, 4).join(' ') : '';
    context.error(`${name} failed unexpectedly: ${kind} ${where}`);
    throw new Error(`${name} failed unexpectedly (${kind})`);
  }
}

/** A refusal with its words: where no run ends for it, the log alone tells them. */
function formatOutput(output: { readonly kind: string; readonly problem?: unknown }): string {
  const problem = output.problem as Problem | undefined;
  return problem === undefined
    ? output.kind
    : `${output.kind}, ${problem.code}: ${problem.message} ${problem.remedy}`;
}

function durableState(context: InvocationContext): DurableState {
  const made: { client?: df.DurableClient } = {};
  // Most activities ask nothing of the back end, and what the client reads its addresses from takes as long as they do.
  const client = () => {
    made.client ??= df.getClient(context);
    return made.client;
  };
  const read = async <T>(entity: EntityName, key: string): Promise<T | undefined> => {
    const { entityExists, entityState } = await client().readEntityState<T>(new df.EntityId(entity, key));
    return entityExists ? entityState : undefined;
  };
  return {
    runtimeRecord: (key) => read<RuntimeRecord>(ENTITIES.runtimeRecord, key),
    credentialRecord: (key) => read<CredentialRecord>(ENTITIES.credentialRecord, key),
    profileRecord: (key) => read<ProfileRecord>(ENTITIES.profileRecord, key),
    startOnce: async (orchestration, instanceId, input) => {
      await startOnce(client(), orchestration, instanceId, input);
    },
    appRecord: () => read<AppRecord>(ENTITIES.appRecord, APP_RECORD_KEY),
    instances: (...statuses) =>
      instancesSince(
        client(),
        BEGINNING,
        statuses.map((status) => df.OrchestrationRuntimeStatus[status]),
      ),
    runControl: (runId) => read<RunControl>(ENTITIES.run, runId),
    renewRuntime: (key, renewal) =>
      client().signalEntity(new df.EntityId(ENTITIES.runtimeRecord, key), renewal.kind, renewal),
    renewCredential: (key, renewal) =>
      client().signalEntity(new df.EntityId(ENTITIES.credentialRecord, key), renewal.kind, renewal),
  };
}

/** What the deployed app uses: the checked configuration, Azure's clouds, the operating system's randomness. */
function productionDeps(): ActivityDeps {
  let connected: { readonly as: string; readonly azure: ReturnType<ActivityDeps['azure']> } | undefined;
  const configuration = async () => (await import('../config/index.js')).requireConfiguration();
  return {
    configuration,
    kinds: KINDS,
    strategies: STRATEGIES,
    proofs: PROOFS,
    azure: async () => {
      const [{ cloud }, { settings }] = [await configuration(), readAppSettings()];
      const as = [cloud, settings.identityClientId, settings.airflowIdentityClientId].join();
      if (connected?.as !== as) connected = { as, azure: connect(cloud, settings) };
      return connected.azure;
    },
    randomHex: (bytes) => randomBytes(bytes).toString('hex'),
    signingKey: () => readAppSettings().settings.signingKey,
  };
}

async function connect(
  cloud: CloudName,
  { identityClientId, airflowIdentityClientId }: AppSettings,
): ReturnType<ActivityDeps['azure']> {
  const { createAzure } = await import('./azure.js');
  return createAzure({
    cloud,
    kinds: KINDS,
    ...(identityClientId ? { identityClientId } : {}),
    ...(airflowIdentityClientId ? { airflowIdentityClientId } : {}),
  });
}
