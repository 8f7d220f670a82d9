/** The app settings that the operator of the sample environment has set; `--setting` adds to them or replaces them. */
import { resolve } from 'node:path';
import { projectFile } from '../project.js';
import { PRINCIPALS } from './names.js';

/**
 * What the deployment sets besides (infra/modules/functionApp.bicep): the app knows its own identity, and so which events tell
 * of its own writes.
 */
export const AS_DEPLOYED = { AIRLOCK_IDENTITY_CLIENT_ID: PRINCIPALS.app };

/** `config` is the app's configuration file; absent: the sample environment's. */
export function appSettings(config?: string): Record<string, string> {
  return {
    FUNCTIONS_WORKER_RUNTIME: 'node',
    AIRLOCK_CONFIG_FILE: resolve(config ?? projectFile('local', 'sample', 'airlock.yaml')),
    AIRLOCK_HTTP_AUTH: 'functionKey',
    AIRLOCK_SIGNING_KEY: 'the-key-of-the-local-cloud-opens-nothing-else',
    AIRLOCK_PURGE_SCHEDULE: '0 30 3 * * *',
    AIRLOCK_SWEEP_SCHEDULE: '0 15 4 * * *',
  };
}
