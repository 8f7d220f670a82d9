import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { APP_SETTINGS } from '../../src/config/appSettings.js';

const root = new URL('../../', import.meta.url).pathname;
const page = (path: string) => readFileSync(join(root, path), 'utf8');

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}

/** Every code that a problem of a run can have, as the sources spell them. */
function problemCodes(): string[] {
  const codes = new Set<string>();
  for (const folder of ['src/azure', 'src/runtimes', 'src/domain', 'src/activities', 'src/orchestrations']) {
    for (const text of sources(folder)) {
      for (const [, code] of text.matchAll(/\bcode: '(\w+)'/g)) codes.add(code ?? '');
      for (const [, code] of text.matchAll(/\brefused\(\s*'(\w+)'/g)) codes.add(code ?? '');
    }
  }
  // The end of a run over a profile, not a problem of its own.
  codes.delete('cancelled');
  return [...codes].sort();
}

describe('the documentation', () => {
  it('explains every problem code, and none that is not there', () => {
    const rows = page('docs/problems.md')
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    const explained = rows.flatMap((row) =>
      [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, code]) => code),
    );

    expect([...explained].sort()).toEqual(problemCodes());
  });

  it('names every app setting', () => {
    const readme = page('README.md');
    for (const { name } of APP_SETTINGS) expect(readme).toContain(`\`${name}\``);
  });

  it('names every outcome', () => {
    const runs = readFileSync(join(root, 'src/domain/runs/runs.ts'), 'utf8');
    const [, type = ''] = runs.split('export type RunOutcome');
    const [alternatives = ''] = type.split('\n\n');
    const outcomes = [...alternatives.matchAll(/\| '(\w+)'/g)].map(([, outcome]) => outcome);

    expect(outcomes.length).toBeGreaterThan(10);
    const reference = page('docs/reference.md');
    for (const outcome of outcomes) expect(reference).toContain(`\`${outcome}\``);
  });
});
