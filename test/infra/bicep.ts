/**
 * Reads Bicep as text, as far as the tests need: which declarations a file has. What they deploy is the evaluator's to say,
 * whether they are right the compiler's. Templates in this project start each declaration at the beginning of a line.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { projectFile } from '../../local/project.js';

export type Keyword = 'param' | 'var' | 'resource' | 'module' | 'output' | 'type';

export interface Declaration {
  readonly keyword: Keyword;
  readonly name: string;
  /** As it is written, up to the next declaration or decorator. */
  readonly text: string;
  /** The same with comments and the words of strings blanked; what strings interpolate stays. */
  readonly code: string;
}

export interface BicepFile {
  /** Path below infra/. */
  readonly path: string;
  readonly text: string;
  readonly code: string;
  readonly declarations: readonly Declaration[];
}

const INFRA = projectFile('infra');

/** Every Bicep file of the project, that of the parameters apart. */
export function bicepFiles(): BicepFile[] {
  return readdirSync(INFRA, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.bicep'))
    .map((entry) => readBicep(relative(INFRA, join(entry.parentPath, entry.name)).replaceAll('\\', '/')))
    .sort((left, right) => left.path.localeCompare(right.path));
}

/** Reads one file by its path below infra/. Throws where brackets do not match. */
export function readBicep(path: string): BicepFile {
  const text = readFileSync(join(INFRA, path), 'utf8');
  const code = blank(text, path);
  const starts = [
    ...code.matchAll(/^(?:param|var|resource|module|output|type|@|using|targetScope)\b|^@/gm),
  ].map(({ index }) => index);
  const declarations = starts.flatMap((start, i) => {
    const end = starts[i + 1] ?? code.length;
    const found = /^(param|var|resource|module|output|type) +(\w+)/.exec(code.slice(start, end));
    if (!found) return [];
    const [, keyword, name = ''] = found;
    return [
      { keyword: keyword as Keyword, name, text: text.slice(start, end), code: code.slice(start, end) },
    ];
  });
  return { path, text, code, declarations };
}

/** The declarations of one kind, by name. */
export function declared(file: BicepFile, keyword: Keyword): Map<string, Declaration> {
  return new Map(file.declarations.filter((one) => one.keyword === keyword).map((one) => [one.name, one]));
}

/** Names of the members of the object that follows `name:` or `name =`. */
export function keysOf(code: string, name: string): string[] {
  const begin = new RegExp(`\\b${name}(?: *:| +(?:object +)?=) *\\{`).exec(code);
  if (!begin) return [];
  const keys: string[] = [];
  let depth = 1;
  for (const line of code
    .slice(begin.index + begin[0].length)
    .split('\n')
    .slice(1)) {
    if (depth === 1) {
      const [, key] = /^ *(\w+) *:/.exec(line) ?? [];
      if (key) keys.push(key);
    }
    depth += count(line, /[{[(]/g) - count(line, /[}\])]/g);
    if (depth <= 0) break;
  }
  return keys;
}

function count(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].length;
}

/** Blanks comments and the words of strings, and looks whether brackets match. */
function blank(text: string, path: string): string {
  const out = [...text];
  /** What is open: brackets, and strings whose interpolation is being read. */
  const open: string[] = [];
  const wipe = (from: number, to: number): number => {
    for (let i = from; i < to; i++) if (out[i] !== '\n') out[i] = ' ';
    return to;
  };
  const string = (from: number): number => {
    let i = from;
    while (i < text.length && text[i] !== "'") {
      if (text.startsWith('${', i)) {
        open.push('string');
        return wipe(i, i + 2);
      }
      i = wipe(i, i + (text[i] === '\\' ? 2 : 1));
    }
    return wipe(i, i + 1);
  };
  for (let i = 0; i < text.length; ) {
    const here = text[i] ?? '';
    if (text.startsWith('//', i)) i = wipe(i, endOf(text, '\n', i));
    else if (text.startsWith('/*', i)) i = wipe(i, endOf(text, '*/', i) + 2);
    else if (text.startsWith("'''", i)) i = wipe(i, endOf(text, "'''", i + 3) + 3);
    else if (here === "'") i = string(wipe(i, i + 1));
    else if (here === '}' && open.at(-1) === 'string') {
      open.pop();
      i = string(wipe(i, i + 1));
    } else {
      if ('{[('.includes(here)) open.push(here);
      if ('}])'.includes(here) && open.pop() !== '{[('['}])'.indexOf(here)]) {
        throw new Error(`${path}: ${here} closes nothing at ${i}.`);
      }
      i += 1;
    }
  }
  if (open.length > 0) throw new Error(`${path}: ${open.at(-1)} is not closed.`);
  return out.join('');
}

function endOf(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at === -1 ? text.length : at;
}
