import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import config from '../../vitest.config.js';

const root = new URL('../../', import.meta.url).pathname;

interface Project {
  readonly test: { readonly include: string[]; readonly exclude?: string[] };
}

/** The files of one project of vitest.config.ts. */
function filesOf({ test: { include, exclude = [] } }: Project): string[] {
  const left = new Set(globSync(exclude, { cwd: root }));
  return globSync(include, { cwd: root }).filter((file) => !left.has(file));
}

describe('the projects of the tests', () => {
  it('run each file of tests, and each one once', () => {
    const run = ((config.test?.projects ?? []) as readonly Project[]).flatMap(filesOf);

    expect([...run].sort()).toEqual(globSync('test/**/*.test.ts', { cwd: root }).sort());
  });
});
