import { globSync, readFileSync } from 'node:fs';
import { type AST, RegExpParser, visitRegExpAST } from '@eslint-community/regexpp';
import { parseSync, Visitor } from 'oxc-parser';
import { analyse } from 'scslre';
import { describe, expect, it } from 'vitest';

interface Found {
  readonly where: string;
  readonly literal: string;
}

const root = new URL('../../', import.meta.url).pathname;

/** All regular expressions of the app that are written out. */
function literals(): Found[] {
  return globSync('src/**/*.ts', { cwd: root }).flatMap((path) => {
    const text = readFileSync(`${root}${path}`, 'utf8');
    const found: Found[] = [];
    const visitor = new Visitor({
      Literal(node) {
        if (!('regex' in node)) return;
        const line = text.slice(0, node.start).split('\n').length;
        found.push({ where: `${path}:${line}`, literal: text.slice(node.start, node.end) });
      },
    });
    visitor.visit(parseSync(path, text).program);
    return found;
  });
}

/** Why a text can take the engine more than a time linear in its length; empty: none can. */
function superLinear(literal: string): string[] {
  const end = literal.lastIndexOf('/');
  const [source, flags] = [literal.slice(1, end), literal.slice(end + 1)];
  const reports = analyse({ source, flags }).reports.map(
    ({ type, character }) => `${type} of ${character.literal.source}`,
  );
  return [...reports, ...scans(source, flags)];
}

/**
 * A search begins anew at each character: what looks on without a bound before it fails takes a square of the length. So
 * nothing may have to follow what repeats without a bound, except where the expression is tied to the beginning.
 */
function scans(source: string, flags: string): string[] {
  const parser = new RegExpParser();
  const pattern = parser.parsePattern(source, 0, source.length, { unicode: flags.includes('u') });
  const found: string[] = [];
  for (const alternative of pattern.alternatives) {
    const [first] = alternative.elements;
    if (first?.type === 'Assertion' && first.kind === 'start') continue;
    visitRegExpAST(alternative, {
      onQuantifierEnter(node) {
        if (node.max === Number.POSITIVE_INFINITY && mustGoOn(node)) found.push(`search with ${node.raw}`);
      },
    });
  }
  return found;
}

function mustGoOn(node: AST.Quantifier): boolean {
  let at: AST.Node = node;
  while (at.parent) {
    const { parent }: AST.Node = at;
    if (parent.type === 'Alternative' && parent.elements.at(-1) !== at) return true;
    if (parent.type === 'Assertion') return true;
    at = parent;
  }
  return false;
}

describe('a regular expression', () => {
  it.each(literals())('takes a time linear in the text at $where: $literal', ({ literal }) => {
    expect(superLinear(literal)).toEqual([]);
  });

  it.each([
    ['two repetitions that share a letter', String.raw`/^[\w.-]+\s*(?:\[a\])?\s*(?:=)?$/`],
    ['a repetition of repetitions', '/^(?:a+)+$/'],
    ['a search for the end', String.raw`/\/+$/`],
    ['a search that looks on', '/(^|x)#.*$/'],
    ['a search with two ends', '/(?:ip|outbound).*address/'],
    ['a search that looks ahead', String.raw`/(?=\w*\d)\w/`],
  ])('is found where it does not: %s', (_label, literal) => {
    expect(superLinear(literal)).not.toEqual([]);
  });

  it('is made of text only where that is a list of characters with a bound', () => {
    const made = globSync('src/**/*.ts', { cwd: root }).flatMap((path) => {
      const calls = readFileSync(`${root}${path}`, 'utf8').match(/\bRegExp\(/g) ?? [];
      return calls.map(() => path);
    });

    expect(made.toSorted()).toEqual([
      'src/config/kindSchemas.ts',
      ...Array<string>(2).fill('src/runtimes/data-factory/resourceId.ts'),
    ]);
  });
});
