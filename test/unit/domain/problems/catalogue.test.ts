import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { REFUSAL_CODES } from '../../../../src/domain/problems/catalogue/http.js';
import { CATALOGUE, PROBLEM_CODES } from '../../../../src/domain/problems/catalogue.js';
import { OUTCOMES } from '../../../../src/domain/runs/outcomes.js';

const root = new URL('../../../../', import.meta.url).pathname;

/** The codes that the sources in these folders make. That each has its place in a table the compiler sees to. */
function madeIn(pattern: string): Set<string> {
  const codes = new Set<string>();
  for (const path of globSync(pattern, { cwd: root })) {
    const text = readFileSync(`${root}${path}`, 'utf8');
    for (const [, code = ''] of text.matchAll(/(?:\bcode: |\brefused?\(\s*)'(\w+)'/g)) codes.add(code);
  }
  return codes;
}

describe('the catalogue of problems', () => {
  it('has each code once', () => {
    expect(PROBLEM_CODES).toHaveLength(new Set(PROBLEM_CODES).size);
  });

  it('has no code that nothing makes', () => {
    const made = madeIn('src/{activities,azure,credentials,domain,orchestrations,proofs,runtimes}/**/*.ts');

    expect(PROBLEM_CODES.filter((code) => !made.has(code))).toEqual([]);
  });

  it('has no refusal of the API that nothing makes', () => {
    const made = madeIn('src/functions/**/*.ts');

    expect(REFUSAL_CODES.filter((code) => !made.has(code))).toEqual([]);
  });

  it('says of each what it means and what to do', () => {
    for (const codes of Object.values(CATALOGUE)) {
      for (const { meaning, remedy } of Object.values(codes)) {
        expect(meaning).toMatch(/\S/);
        expect(remedy).toMatch(/\S/);
      }
    }
  });
});

describe('the outcomes', () => {
  it('say what to do where somebody is needed', () => {
    for (const { needsSomebody, meaning, remedy } of Object.values(OUTCOMES)) {
      expect(meaning).toMatch(/\S/);
      if (needsSomebody) expect(remedy).toMatch(/\S/);
    }
  });
});
