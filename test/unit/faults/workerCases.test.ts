import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { projectFile } from '../../../local/project.js';
import { workerCases } from '../../faults/workerCases.js';

/** What no rotation starts. */
const OTHERS = ['preflight', 'profileRun', 'sweep'];

describe('the cases in which the worker dies', () => {
  it('are there for every orchestration that a rotation is or starts', () => {
    const { orchestrations } = JSON.parse(readFileSync(projectFile('schema', 'registry.json'), 'utf8')) as {
      orchestrations: Record<string, string>;
    };
    const covered = workerCases().flatMap(({ call }) => call.match(/^orchestrator (.+)/)?.[1] ?? []);

    expect([...new Set(covered)].sort()).toEqual(
      Object.keys(orchestrations).filter((name) => !OTHERS.includes(name)),
    );
  });
});
