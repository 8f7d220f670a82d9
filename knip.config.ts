/** What is reached from outside, so that the rest shows as unused. */
import type { KnipConfig } from 'knip';
import { APP, TOOLS } from './scripts/entryPoints.mjs';

export default {
  entry: [
    ...Object.values(APP),
    ...Object.values(TOOLS),
    // Started by their path: by the deployment, and by tests.
    'infra/scripts/{deploy,graph,shells}.mjs',
    'infra/scripts/steps/*.mjs',
    'test/{deploy/machine,infra}/*.mjs',
    'test/infra/scripts/*.mjs',
    'test/integration/local/stubMain.ts',
    'test/integration/runner/app/main.mjs',
    'test/integration/services/client.mjs',
    'test/probe/app/main.mjs',
  ],
  project: ['**/*.{ts,mjs}'],
  ignoreBinaries: ['azd'],
} satisfies KnipConfig;
