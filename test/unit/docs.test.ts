/** What the pages for people refer to is there: links, scripts, files. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFile } from '../../local/project.js';

/** Folders whose pages are read. */
const FOLDERS = ['.', 'docs', 'docs/decisions', 'infra', 'local', 'test/durable'];
/** A path from the project's root is known by its beginning. */
const ROOTS = [
  'bench',
  'dags',
  'docs',
  'examples',
  'infra',
  'lint',
  'local',
  'schema',
  'scripts',
  'src',
  'test',
];

const pages = FOLDERS.flatMap((folder) =>
  readdirSync(projectFile(folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);
const read = (path: string) => readFileSync(projectFile(path), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Readonly<Record<string, string>> };

/** Without blocks of code, in which a comment would be taken for a heading and a command's brackets for a link. */
function prose(text: string): string {
  return text.replaceAll(/^```.*?^```$/gms, '');
}

/** As GitHub makes anchors of the headings: of those that say the same, all but the first have a number. */
function anchors(text: string): string[] {
  const seen = new Map<string, number>();
  return [...prose(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => {
    const anchor = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

/** Targets of links and pictures that lead to no other host. */
function targets(text: string): string[] {
  return [...prose(text).matchAll(/\]\((?![a-z]+:)([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** Names after `npm run`, also where a line ends in between. */
function npmScripts(text: string): string[] {
  return [...text.matchAll(/\bnpm\s+run\s+(?:--silent\s+)?([a-z][\w:-]*)/g)].map(([, name = '']) => name);
}

/** What stands in backticks and begins as a path from the root does; of a pattern the folder that it is in. */
function paths(text: string): string[] {
  const begins = new RegExp(`^(?:${ROOTS.join('|')})/`);
  return [...prose(text).matchAll(/`([^`\s]+)`/g)]
    .map(([, path = '']) => path)
    .filter((path) => begins.test(path))
    .map((path) => path.replace(/[^/]*[*<…].*$/, ''));
}

/** What is said of today; the changelog also names what there was. */
const today = pages.filter((page) => page !== 'CHANGELOG.md');

/** From the root, as most pages name files, or from the page's own folder. */
function isThere(path: string, page: string): boolean {
  return existsSync(projectFile(path)) || existsSync(projectFile(join(dirname(page), path)));
}

describe.each(pages)('%s', (page) => {
  it('links to what is there', () => {
    for (const target of targets(read(page))) {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : join(dirname(page), path);

      expect(existsSync(projectFile(file)), `${page}: ${target}`).toBe(true);
      if (anchor !== undefined) expect(anchors(read(file)), `${page}: ${target}`).toContain(anchor);
    }
  });
});

describe.each(today)('%s', (page) => {
  it('names scripts that package.json has', () => {
    expect(npmScripts(read(page)).filter((name) => !(name in scripts))).toEqual([]);
  });

  it('names files that are there', () => {
    expect(paths(read(page)).filter((path) => !isThere(path, page))).toEqual([]);
  });
});

describe('what is looked for in a page', () => {
  it('finds links, and no brackets of a command', () => {
    expect(targets('[a](b.md#c) ![d](e.svg) [f](https://g/h)\n```sh\nx](y)\n```\n')).toEqual([
      'b.md#c',
      'e.svg',
    ]);
  });

  it('makes anchors as GitHub does', () => {
    expect(anchors('# A `b`, c!\n```sh\n# no heading\n```\n## Same\n## Same\n')).toEqual([
      'a-b-c',
      'same',
      'same-1',
    ]);
  });

  it('finds scripts over the end of a line, and paths up to a pattern', () => {
    expect(npmScripts('`npm run --silent local`, `npm\nrun test:durable -- --long`')).toEqual([
      'local',
      'test:durable',
    ]);
    expect(paths('`src/main.ts`, `test/mutants/*.patch`, `src/runtimes/<kind>/x.ts`, `main.ts`')).toEqual([
      'src/main.ts',
      'test/mutants/',
      'src/runtimes/',
    ]);
  });
});
