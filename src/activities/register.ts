import { randomBytes } from 'node:crypto';
import type { InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import { readAppSettings } from '../config/appSettings.js';
import type { Problem } from '../domain/problems/problem.js';
import { APP_RECORD_KEY, type AppRecord } from '../domain/records/appRecord.js';
import { ENTITIES, type EntityName } from '../domain/records/entityNames.js';
import type { ProfileRecord } from '../domain/records/profileRecord.js';
import type { RuntimeRecord } from '../domain/records/runtimeRecord.js';
import type { CredentialRecord } from '../domain/rotation/credentialState.js';
import type { RunControl } from '../domain/runs/runControl.js';
import type { StepName, Steps } from '../domain/steps/steps.js';
import { BEGINNING, instancesSince, startOnce } from '../durable/instances.js';
import { KINDS } from '../runtimes/kinds.js';
import type { ActivityDeps, DurableState } from './deps.js';

type Implementation<N extends StepName> = (
  input: Steps[N]['input'],
  deps: ActivityDeps,
  durable: DurableState,
) => Promise<Steps[N]['output']>;

/** Each activity, loaded when it is first called: a cold start does not pay for what it does not run. */
const IMPLEMENTATIONS: { readonly [N in StepName]: () => Promise<Implementation<N>> } = {
  inspectRuntime: async () => (await import('./inspectRuntime.js')).inspectRuntime,
  ensureCanary: async () => (await import('./ensureCanary.js')).ensureCanary,
  proveCredential: async () => (await import('./proveCredential.js')).proveCredential,
  applySettings: async () => (await import('./applySettings.js')).applySettings,
  lookAtRuntime: async () => (await import('./lookAtRuntime.js')).lookAtRuntime,
  importDags: async () => (await import('./importDags.js')).importDags,
  prepareCheck: async () => (await import('./prepareCheck.js')).prepareCheck,
  makeNonce: async () => (await import('./makeNonce.js')).makeNonce,
  triggerCheck: async () => (await import('./triggerCheck.js')).triggerCheck,
  readCheck: async () => (await import('./readCheck.js')).readCheck,
  listRuntimes: async () => (await import('./listRuntimes.js')).listRuntimes,
  takeStock: async () => (await import('./rotation/takeStock.js')).takeStock,
  readExpiry: async () => (await import('./rotation/readExpiry.js')).readExpiry,
  stockFleet: async () => (await import('./rotation/fleet.js')).stockFleet,
  listCarriers: async () => (await import('./rotation/fleet.js')).listCarriers,
  mintCredential: async () => (await import('./rotation/mintCredential.js')).mintCredential,
  proveVersion: async () => (await import('./rotation/proveVersion.js')).proveVersion,
  noteKey: async () => (await import('./rotation/noteKey.js')).noteKey,
  commitCredential: async () => (await import('./rotation/commitCredential.js')).commitCredential,
  countTasks: async () => (await import('./countTasks.js')).countTasks,
  publishEvent: async () => (await import('./publishEvent.js')).publishEvent,
  sendKept: async () => (await import('./sendKept.js')).sendKept,
  listConfigured: async () => (await import('./sweep/listConfigured.js')).listConfigured,
  surveyProfile: async () => (await import('./sweep/surveyProfile.js')).surveyProfile,
  surveyRuns: async () => (await import('./sweep/surveyRuns.js')).surveyRuns,
  launchRuns: async () => (await import('./sweep/launchRuns.js')).launchRuns,
  gatherPreflight: async () => (await import('./preflight/gatherPreflight.js')).gatherPreflight,
  verifyInstructions: async () => (await import('./verifyInstructions.js')).verifyInstructions,
  removeKey: async () => (await import('./rotation/removeKey.js')).removeKey,
};

/** Registers the activities with the Functions app. */
export function registerActivities(deps: ActivityDeps = productionDeps()): void {
  for (const name of Object.keys(IMPLEMENTATIONS) as StepName[]) {
    df.app.activity(name, {
      extraInputs: [df.input.durableClient()],
      handler: (input: unknown, context: InvocationContext) => runActivity(name, input, context, deps),
    });
  }
}

async function runActivity(
  name: StepName,
  input: unknown,
  context: InvocationContext,
  deps: ActivityDeps,
): Promise<unknown> {
  try {
    const implementation = (await IMPLEMENTATIONS[name]()) as Implementation<StepName>;
    const output = await implementation(input as never, deps, durableState(context));
    context.log(`${name}: ${outputWords(output)}`);
    return output;
  } catch (error) {
    // What is thrown becomes part of a durable history: an unknown error's text may hold anything, so only its name
    // goes there and to the log.
    const kind = error instanceof Error ? error.name : typeof error;
    const where = error instanceof Error ? (error.stack ?? '').split('\n').slice(1, 4).join(' ') : '';
    context.error(`${name} failed unexpectedly: ${kind} ${where}`);
    throw new Error(`${name} failed unexpectedly (${kind})`);
  }
}

/** A refusal with its words: where no run ends for it, the log alone tells them. */
function outputWords(output: { readonly kind: string; readonly problem?: unknown }): string {
  const problem = output.problem as Problem | undefined;
  return problem === undefined
    ? output.kind
    : `${output.kind}, ${problem.code}: ${problem.message} ${problem.remedy}`;
}

function durableState(context: InvocationContext): DurableState {
  const client = df.getClient(context);
  const read = async <T>(entity: EntityName, key: string): Promise<T | undefined> => {
    const { entityExists, entityState } = await client.readEntityState<T>(new df.EntityId(entity, key));
    return entityExists ? entityState : undefined;
  };
  return {
    runtimeRecord: (key) => read<RuntimeRecord>(ENTITIES.runtimeRecord, key),
    credentialRecord: (key) => read<CredentialRecord>(ENTITIES.credentialRecord, key),
    profileRecord: (key) => read<ProfileRecord>(ENTITIES.profileRecord, key),
    startOnce: async (orchestration, instanceId, input) => {
      await startOnce(client, orchestration, instanceId, input);
    },
    appRecord: () => read<AppRecord>(ENTITIES.appRecord, APP_RECORD_KEY),
    instances: (...statuses) =>
      instancesSince(
        client,
        BEGINNING,
        statuses.map((status) => df.OrchestrationRuntimeStatus[status]),
      ),
    runControl: (runId) => read<RunControl>(ENTITIES.run, runId),
  };
}

/** What the deployed app uses: the checked configuration, Azure's clouds, the operating system's randomness. */
function productionDeps(): ActivityDeps {
  let azure: ReturnType<ActivityDeps['azure']> | undefined;
  const configuration = async () => (await import('../config/index.js')).requireConfiguration();
  return {
    configuration,
    kinds: KINDS,
    azure: () => {
      azure ??= connect(configuration);
      return azure;
    },
    randomHex: (bytes) => randomBytes(bytes).toString('hex'),
    signingKey: () => readAppSettings().settings.signingKey,
  };
}

async function connect(configuration: ActivityDeps['configuration']): ReturnType<ActivityDeps['azure']> {
  const [{ createAzure }, { cloud }] = await Promise.all([import('./azure.js'), configuration()]);
  const { identityClientId, airflowIdentityClientId } = readAppSettings().settings;
  return createAzure({
    cloud,
    kinds: KINDS,
    ...(identityClientId ? { identityClientId } : {}),
    ...(airflowIdentityClientId ? { airflowIdentityClientId } : {}),
  });
}
