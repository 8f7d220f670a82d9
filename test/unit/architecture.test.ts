import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { tableUnder } from '../../lint/architecture.mjs';
import { importsOf } from '../../lint/imports.mjs';

const root = new URL('../../', import.meta.url).pathname;
const SOURCE = 'src';
const DOMAIN = 'src/domain';

interface Source {
  /** From the project's root. */
  readonly path: string;
  readonly text: string;
  /** Files of the project that it imports, types among them. */
  readonly imports: readonly string[];
}

const sources: readonly Source[] = readdirSync(join(root, SOURCE), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => sourceAt(join(SOURCE, file)))
  .toSorted((a, b) => (a.path < b.path ? -1 : 1));

function sourceAt(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8');
  const imports = importsOf(path, text)
    .map(({ from = '' }) => from)
    .filter((from) => from.startsWith('.'))
    .map((from) => join(dirname(path), from).replace(/\.js$/, '.ts'));
  return { path, text, imports };
}

/** The first part of a path below a folder: a folder there, or a file; `undefined`: it is not below it. */
function partOf(folder: string, path: string): string | undefined {
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1).split('/')[0] : undefined;
}

/** What the parts of a folder import of each other, and for each such arrow the imports that it is made of. */
function arrowsBetweenPartsOf(folder: string): Map<string, Map<string, string[]>> {
  const arrows = new Map<string, Map<string, string[]>>();
  for (const { path, imports } of sources) {
    const from = partOf(folder, path);
    if (from === undefined) continue;
    const ends = arrows.get(from) ?? new Map<string, string[]>();
    arrows.set(from, ends);
    for (const target of imports) {
      const to = partOf(folder, target);
      if (to === undefined || to === from) continue;
      ends.set(to, [...(ends.get(to) ?? []), `${path} → ${target}`]);
    }
  }
  return arrows;
}

/** The longest way along arrows, from its beginning. */
function longestChain(arrows: ReadonlyMap<string, ReadonlyMap<string, unknown>>): string[] {
  const known = new Map<string, string[]>();
  const from = (part: string): string[] => {
    const before = known.get(part);
    if (before) return before;
    // Where there is a circle all the same, it ends the chain here: another test names it.
    known.set(part, [part]);
    const ways = [...(arrows.get(part)?.keys() ?? [])].map(from);
    const chain = [part, ...(ways.toSorted((a, b) => b.length - a.length)[0] ?? [])];
    known.set(part, chain);
    return chain;
  };
  return [...arrows.keys()].map(from).toSorted((a, b) => b.length - a.length)[0] ?? [];
}

/** Arrows that do not lead to a part further down the order. */
function upward(order: readonly string[], arrows: ReadonlyMap<string, ReadonlyMap<string, string[]>>) {
  return [...arrows].flatMap(([from, ends]) =>
    [...ends].flatMap(([to, imports]) => (order.indexOf(to) > order.indexOf(from) ? [] : imports)),
  );
}

/** A circle of files, from a file to itself; none: `undefined`. */
function circleOfFiles(): string[] | undefined {
  const importsOf = new Map(sources.map(({ path, imports }) => [path, imports]));
  const done = new Set<string>();
  const find = (path: string, way: readonly string[]): string[] | undefined => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path];
    if (done.has(path)) return undefined;
    for (const target of importsOf.get(path) ?? []) {
      const circle = find(target, [...way, path]);
      if (circle) return circle;
    }
    done.add(path);
    return undefined;
  };
  for (const { path } of sources) {
    const circle = find(path, []);
    if (circle) return circle;
  }
  return undefined;
}

const linesOf = (text: string) => text.trimEnd().split('\n').length;

/** Names of the functions of a file that have more lines than `most`, those within functions among them. */
function longFunctionsOf({ path, text }: Source, most: number): string[] {
  const found: string[] = [];
  /** By the place where it begins: the name of what a function is the value of. */
  const names = new Map<number, string>();
  const judge = ({ start, end, id }: { start: number; end: number; id?: { name: string } | null }) => {
    if (linesOf(text.slice(start, end)) <= most) return;
    found.push(`${path}: ${id?.name ?? names.get(start) ?? 'unnamed'}`);
  };
  new Visitor({
    VariableDeclarator({ id, init }) {
      if (id.type === 'Identifier' && init) names.set(init.start, id.name);
    },
    Property({ key, value }) {
      if (key.type === 'Identifier') names.set(value.start, key.name);
    },
    MethodDefinition({ key, value }) {
      if (key.type === 'Identifier') names.set(value.start, key.name);
    },
    FunctionDeclaration: judge,
    FunctionExpression: judge,
    ArrowFunctionExpression: judge,
  }).visit(parseSync(path, text).program);
  return found;
}

describe('the folders of src', () => {
  const rows = tableUnder('Folders');
  const order = rows.flatMap(([folder = []]) => folder);
  const arrows = arrowsBetweenPartsOf(SOURCE);

  it('all stand in docs/architecture.md', () => {
    expect(order.toSorted()).toEqual([...arrows.keys()].toSorted());
  });

  it('import what docs/architecture.md lets them, and all of that', () => {
    const allowed = rows.map(([folder = [], targets = []]) => [folder[0], targets.toSorted()]);
    const found = order.map((folder) => [folder, [...(arrows.get(folder)?.keys() ?? [])].toSorted()]);

    expect(found).toEqual(allowed);
  });

  it('import only from further down', () => {
    expect(upward(order, arrows)).toEqual([]);
  });

  it('have no files that import each other in a circle', () => {
    expect(circleOfFiles()).toBeUndefined();
  });
});

describe('the rooms of the domain', () => {
  const order = tableUnder('Rooms of the domain').flatMap(([room = []]) => room);
  const arrows = arrowsBetweenPartsOf(DOMAIN);

  it('all stand in docs/architecture.md', () => {
    expect(order.toSorted()).toEqual([...arrows.keys()].toSorted());
  });

  it('import only from further down', () => {
    expect(upward(order, arrows)).toEqual([]);
  });

  it('are linked by chains of at most six', () => {
    expect(longestChain(arrows).length, longestChain(arrows).join(' → ')).toBeLessThanOrEqual(6);
  });

  it('have more than one file each', () => {
    const filesIn = (room: string) => sources.filter(({ path }) => path.startsWith(`${DOMAIN}/${room}/`));

    expect(order.filter((room) => filesIn(room).length < 2)).toEqual([]);
  });
});

describe('a source file', () => {
  it('has a name that at most three others have', () => {
    const names = sources.map(({ path }) => path.slice(path.lastIndexOf('/') + 1));

    expect(names.filter((name, at) => names.slice(at).filter((other) => other === name).length > 4)).toEqual(
      [],
    );
  });

  it('has at most 250 lines', () => {
    const long = sources.filter(({ text }) => linesOf(text) > 250).map(({ path }) => path);

    expect(long).toEqual([]);
  });

  it('has at most 65 lines, half of them', () => {
    const sizes = sources.map(({ text }) => linesOf(text)).toSorted((a, b) => a - b);

    expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThanOrEqual(65);
  });

  it('has functions of at most 60 lines', () => {
    expect(sources.flatMap((source) => longFunctionsOf(source, 60))).toEqual([]);
  });
});
