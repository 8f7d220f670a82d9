import type { Token } from './syntax.js';

const NUMBER = /-?\d+/y;
const NAME = /[A-Za-z_]\w*/y;
const SIGN = /\?\?|\|\||&&|==|!=|<=|>=|\[\?|\.\?|[{}[\]().,:?!=<>|@*+-]/y;
const SPACE = /[ \t\r]+|\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** Splits Bicep into tokens. Throws, with the place, at what it does not know. */
export function lex(source: string, path: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const [found] = pattern.exec(source) ?? [];
    if (found !== undefined) at += found.length;
    return found;
  };
  while (at < source.length) {
    if (take(SPACE) !== undefined) continue;
    if (source[at] === '\n') {
      at += 1;
      tokens.push({ kind: 'line', text: '\n' });
      continue;
    }
    if (source[at] === "'") {
      const read = readString(source, at + 1, path);
      at = read.end;
      tokens.push({
        kind: 'string',
        text: read.parts.length === 1 ? String(read.parts[0]) : '',
        parts: read.parts,
      });
      continue;
    }
    const name = take(NAME);
    const number = name === undefined ? take(NUMBER) : undefined;
    const sign = name === undefined && number === undefined ? take(SIGN) : undefined;
    if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
    else
      throw new Error(
        `${path}: ${JSON.stringify(source.slice(at, at + 20))} is no Bicep that is known here.`,
      );
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}

function readString(
  source: string,
  from: number,
  path: string,
): { parts: NonNullable<Token['parts']>; end: number } {
  const parts: (string | { source: string })[] = [];
  let words = '';
  let at = from;
  while (source[at] !== "'") {
    if (at >= source.length || source[at] === '\n') throw new Error(`${path}: a string is not closed.`);
    if (source.startsWith('${', at)) {
      const end = endOfInterpolation(source, at + 2, path);
      parts.push(words, { source: source.slice(at + 2, end) });
      words = '';
      at = end + 1;
    } else if (source[at] === '\\') {
      const escaped = source[at + 1] ?? '';
      words += ESCAPES[escaped] ?? escaped;
      at += 2;
    } else {
      words += source[at];
      at += 1;
    }
  }
  parts.push(words);
  return { parts, end: at + 1 };
}

function endOfInterpolation(source: string, from: number, path: string): number {
  let depth = 0;
  for (let at = from; at < source.length; at++) {
    if (source[at] === "'") at = readString(source, at + 1, path).end - 1;
    else if (source[at] === '{') depth += 1;
    else if (source[at] === '}') {
      if (depth === 0) return at;
      depth -= 1;
    }
  }
  throw new Error(`${path}: an interpolation is not closed.`);
}
