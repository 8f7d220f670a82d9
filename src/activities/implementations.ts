import type { Activities, ActivityName } from '../domain/activities/activities.js';
import type { ActivityDeps, DurableState } from './deps.js';

export type Implementation<N extends ActivityName> = (
  input: Activities[N]['input'],
  deps: ActivityDeps,
  durable: DurableState,
) => Promise<Activities[N]['output']>;

/** Each activity, loaded when it is first called: a cold start does not pay for what it does not run. */
export const IMPLEMENTATIONS: { readonly [N in ActivityName]: () => Promise<Implementation<N>> } = {
  inspectRuntime: async () => (await import('./inspectRuntime.js')).inspectRuntime,
  ensureCanary: async () => (await import('./ensureCanary.js')).ensureCanary,
  proveCredential: async () => (await import('./proveCredential.js')).proveCredential,
  applySettings: async () => (await import('./applySettings.js')).applySettings,
  readRuntimeStatus: async () => (await import('./readRuntimeStatus.js')).readRuntimeStatus,
  importDags: async () => (await import('./importDags.js')).importDags,
  prepareCheck: async () => (await import('./prepareCheck.js')).prepareCheck,
  triggerCheck: async () => (await import('./triggerCheck.js')).triggerCheck,
  readCheck: async () => (await import('./readCheck.js')).readCheck,
  listRuntimes: async () => (await import('./listRuntimes.js')).listRuntimes,
  readCredentialInventory: async () =>
    (await import('./rotation/readCredentialInventory.js')).readCredentialInventory,
  readExpiry: async () => (await import('./rotation/readExpiry.js')).readExpiry,
  listFleet: async () => (await import('./rotation/fleet.js')).listFleet,
  listCarriers: async () => (await import('./rotation/fleet.js')).listCarriers,
  mintCredential: async () => (await import('./rotation/mintCredential.js')).mintCredential,
  proveVersion: async () => (await import('./rotation/proveVersion.js')).proveVersion,
  tagVersion: async () => (await import('./rotation/tagVersion.js')).tagVersion,
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
