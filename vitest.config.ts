import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const UNIT = 'test/unit/**/*.test.ts';
/** They take their local clouds in turns. */
const CLOUDS = [
  'test/integration/app/**/*.test.ts',
  'test/integration/duplicates/**/*.test.ts',
  'test/faults/*.test.ts',
  'test/infra/graphOnCloud.test.ts',
];
/** They stand in for modules or for what all of a process shares, which the next file would find in their place. */
const APART = [
  'test/unit/azure/airflowLogin.test.ts',
  'test/unit/azure/deadlines.test.ts',
  'test/integration/functions/anyRequest.test.ts',
  // Node loads their app once for each process, and it belongs to the host of the file that came first.
  'test/integration/runner/**/*.test.ts',
];

/** What takes longest goes first, also where nothing is known of a run before: a worker that has it last leaves the others idle. */
const LONG = [
  'integration/runner/probe',
  'faults/duplicates',
  'faults/faults',
  'faults/randomSchedules',
  'faults/durableFaults',
  'infra/scripts/deploy',
  'deploy/deploy',
  'integration/demo/demo',
  'integration/local/anew',
  'integration/duplicates/children',
  'integration/app/workerGone',
  'integration/app/external',
  'integration/app/undoing',
  'integration/app/ends',
  'integration/duplicates/runtimeRuns',
  'integration/app/ownership',
].map((name) => `/test/${name}.test.ts`);

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => LONG.findIndex((one) => moduleId.endsWith(one));
    const others = await super.sort(files.filter((file) => place(file) === -1));
    const long = files.filter((file) => place(file) !== -1).sort((a, b) => place(a) - place(b));
    // A worker keeps its process, and the clouds in it, only as long as the next file is of the same project.
    const ofClouds = ({ project }: TestSpecification) => project.name === 'clouds';
    const ordered = [...long, ...others];
    const first = ordered.filter((file) => !ofClouds(file) && long.includes(file));
    const last = ordered.filter((file) => !ofClouds(file) && !long.includes(file));
    last.sort((a, b) => a.project.name.localeCompare(b.project.name));
    return [...first, ...ordered.filter(ofClouds), ...last];
  }
}

export default defineConfig({
  test: {
    // A worker starts processes and listens on ports: processes, not threads, keep them apart.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    reporters: process.env['CI'] ? ['default'] : ['dot'],
    sequence: { sequencer: LongFirst },
    // The same app and local cloud are loaded some hundred times. A new build begins with an empty folder.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('build/compile-cache', import.meta.url)) },
    // The app as it is built is Node's to load, as it is on Azure: Vite would transform a megabyte anew in each file, and look for
    // the sources of packages that bring none.
    server: { deps: { external: [/\/dist\/(?:main|chunks\/[^/]+)\.js$/] } },
    projects: [
      // Pure rules and doubles: files share a process, and so load what they test once.
      { extends: true, test: { name: 'unit', include: [UNIT], exclude: APART, isolate: false } },
      { extends: true, test: { name: 'apart', include: APART } },
      // Files share a process, and so the local clouds that the files before have left.
      { extends: true, test: { name: 'clouds', include: CLOUDS, isolate: false } },
      // What files share here is loaded once, too: emulated services, templates, and what reads those.
      {
        extends: true,
        test: {
          name: 'sockets',
          include: ['test/**/*.test.ts'],
          exclude: [UNIT, ...CLOUDS, ...APART],
          isolate: false,
        },
      },
    ],
  },
});
