/** Where the bundles begin: by name of the bundle, the source. */

/** Of the app (dist/), what is deployed. */
export const APP = { main: 'src/main.ts' };

/** Of the tools (build/). */
export const TOOLS = {
  'local/main': 'local/main.ts',
  'config-check': 'src/config/cli.ts',
  preflight: 'src/activities/preflight/cli.ts',
  demo: 'local/demo/main.ts',
  replay: 'local/replay.ts',
  faults: 'test/faults/main.ts',
  'test-airflow': 'test/airflow/main.ts',
  'test-durable': 'test/durable/main.ts',
  'durable-cloud': 'test/durable/extension/main.ts',
  'infra-compile': 'test/infra/compile/main.ts',
  'probe-record': 'test/probe/record.ts',
  'bench-storage': 'test/durable/storageOperations.ts',
  'deploy-rehearse': 'test/deploy/main.ts',
  bench: 'bench/main.ts',
  'bench-app': 'bench/app.ts',
  'bench-bare-app': 'bench/bareApp.ts',
  'bench-import': 'bench/importChild.ts',
  'bench-cold': 'bench/coldChild.ts',
};
