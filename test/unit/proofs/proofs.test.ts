/** That proofs stay behind their port: what the app does follows from a proof's members and answers, never from its name. */
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { projectFile } from '../../../local/project.js';
import { PROOFS } from '../../../src/proofs/proofs.js';

describe('kinds of proof', () => {
  it('are found by their names', () => {
    expect(PROOFS.all.map(({ name }) => name)).toEqual(['challenge', 'dag']);
    for (const proof of PROOFS.all) expect(PROOFS.of({ kind: proof.name })).toBe(proof);
    expect(() => PROOFS.of({ kind: 'none' })).toThrow('There is no kind of proof none.');
  });

  it('are named by nobody else but the schema of the configuration', () => {
    const names = new RegExp(`'(?:${PROOFS.all.map(({ name }) => name).join('|')})'`);
    const naming = globSync('src/**/*.ts', { cwd: projectFile() })
      .map((path) => path.replaceAll('\\', '/'))
      .filter((path) => !path.startsWith('src/proofs/'))
      // A call of Airflow's API has that name, too.
      .filter((path) =>
        names.test(readFileSync(projectFile(path), 'utf8').replaceAll("AirflowApi['dag']", '')),
      );

    expect(naming).toEqual(['src/config/accessSchema.ts']);
  });
});
