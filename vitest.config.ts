import { defineConfig } from 'vitest/config';

const UNIT = 'test/unit/**/*.test.ts';
/** They stand in for modules or for what all of a process shares, which the next file would find in their place. */
const APART = ['test/unit/azure/airflowLogin.test.ts', 'test/unit/azure/deadlines.test.ts'];

export default defineConfig({
  test: {
    // A worker starts processes and listens on ports: processes, not threads, keep them apart.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    reporters: process.env.CI ? ['default'] : ['dot'],
    projects: [
      // Pure rules and doubles: files share a process, and so load what they test once.
      { extends: true, test: { name: 'unit', include: [UNIT], exclude: APART, isolate: false } },
      { extends: true, test: { name: 'apart', include: ['test/**/*.test.ts', ...APART], exclude: [UNIT] } },
    ],
  },
});
