import { type Alias, type Document, isNode, LineCounter, parseDocument, visit } from 'yaml';
import { blankValues } from './blankValues.js';
import type { ConfigurationProblem, Path } from './problems.js';
import { unknownAlias, yamlError } from './yamlErrors.js';

/** More than any configuration needs; what comes in is somebody's input. */
const MAX_SIZE = 256 * 1024;
const MAX_ALIASES = 50;
const MOST_ERRORS = 20;
/** The parser calls itself for each level, and thousands of levels end the process rather than throw. */
const MAX_FLOW_DEPTH = 64;
const MAX_INDENT = 256;

export type ParsedText =
  | { readonly ok: true; readonly value: unknown; place(path: Path): { line?: number; column?: number } }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] };

/** Parses YAML 1.2, of which JSON is a part, and remembers where everything stands. */
export function parseText(text: string, source: string): ParsedText {
  if (text.length > MAX_SIZE) {
    return problem(source, `The text has ${text.length} characters.`, `Keep it under ${MAX_SIZE}.`);
  }
  const encoding = encodingProblem(text);
  if (encoding) return problem(source, encoding, 'Save it as UTF-8.');
  if (nestsTooDeep(text)) {
    return problem(
      source,
      'It nests too deep.',
      'A configuration has fewer than ten levels: look for brackets left open.',
    );
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, strict: true });
  if (document.errors.length > 0) {
    return {
      ok: false,
      problems: document.errors.slice(0, MOST_ERRORS).map((error) => {
        const { line, col } = lines.linePos(error.pos[0]);
        return { source, line, column: col, path: '', ...yamlError(error.code) };
      }),
    };
  }
  const lost = aliasesWithoutAnchor(document);
  if (lost.length > 0) {
    return {
      ok: false,
      problems: lost.slice(0, MOST_ERRORS).map(({ source: name, range }) => {
        const { line, col } = lines.linePos(range?.[0] ?? 0);
        return { source, line, column: col, path: '', ...unknownAlias(name) };
      }),
    };
  }
  try {
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    const blank = blankValues(document, lines, source);
    if (blank.length > 0) return { ok: false, problems: blank };
    return {
      ok: true,
      value,
      place(path) {
        for (let length = path.length; length >= 0; length--) {
          const node = document.getIn(path.slice(0, length), true);
          if (!isNode(node) || !node.range) continue;
          const { line, col } = lines.linePos(node.range[0]);
          return { line, column: col };
        }
        return {};
      },
    };
  } catch {
    return problem(source, 'Its aliases expand to too much.', 'Write the values out.');
  }
}

/** Texts are read as UTF-8: what was written otherwise shows by what it leaves. */
function encodingProblem(text: string): string | undefined {
  if (text.includes('\0')) return "It is UTF-16, as PowerShell's > and some editors write it.";
  if (text.includes('\uFFFD')) return 'It holds characters that are not UTF-8.';
  return undefined;
}

/** Aliases, in the order of the text, whose anchor does not come before them. */
function aliasesWithoutAnchor(document: Document.Parsed): Alias[] {
  const anchors = new Set<string>();
  const lost: Alias[] = [];
  visit(document, {
    Node(_key, node) {
      if ('anchor' in node && node.anchor) anchors.add(node.anchor);
    },
    Alias(_key, alias) {
      if (!anchors.has(alias.source)) lost.push(alias);
    },
  });
  return lost;
}

/** Counts what can open a level without parsing: brackets left open, and the columns before a line's first value. */
function nestsTooDeep(text: string): boolean {
  let open = 0;
  for (const sign of text) {
    if (sign === '[' || sign === '{') open++;
    else if (sign === ']' || sign === '}') open = Math.max(0, open - 1);
    if (open > MAX_FLOW_DEPTH) return true;
  }
  return text.split(/\r\n|\r|\n/).some((line) => leadingColumns(line) > MAX_INDENT);
}

function leadingColumns(line: string): number {
  let at = 0;
  while (at < line.length && ' \t-?:'.includes(line[at] ?? '')) at++;
  return at;
}

function problem(source: string, message: string, remedy: string): ParsedText {
  return { ok: false, problems: [{ source, path: '', message, remedy }] };
}
