import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const HERE = import.meta.dirname;
const ACTIVITIES = resolve(HERE, '../../../src/activities');

/** What is registered: each activity's name, and the file that it is in. */
function registered(): { readonly name: string; readonly file: string }[] {
  const text = readFileSync(join(ACTIVITIES, 'implementations.ts'), 'utf8');
  const lines = text.matchAll(/^ {2}(\w+): async \(\) => \(await import\('\.\/([\w/]+)\.js'\)\)\.(\w+),$/gm);
  return [...lines].map(([, key, file = '', name = '']) => {
    expect(name).toBe(key);
    return { name, file };
  });
}

/** What the tests in this folder import by name, as `file#name`. */
function imported(): Set<string> {
  const files = readdirSync(HERE, { recursive: true, encoding: 'utf8' });
  const found = new Set<string>();
  for (const file of files.filter((one) => one.endsWith('.test.ts'))) {
    const text = readFileSync(join(HERE, file), 'utf8');
    for (const [, names = '', from = ''] of text.matchAll(
      /^import \{([^}]*)\} from '[./]+\/src\/activities\/([\w/]+)\.js';$/gm,
    )) {
      for (const name of names.split(',')) found.add(`${from}#${name.trim()}`);
    }
  }
  return found;
}

it('has a test that imports it', () => {
  const all = registered();
  const names = readFileSync(join(ACTIVITIES, 'implementations.ts'), 'utf8').match(
    /: async \(\) => \(await import/g,
  );
  // Every entry of the table was understood.
  expect(all.length).toBe(names?.length);
  expect(all.map(({ name }) => name)).toContain('mintCredential');
  const tested = imported();

  expect(all.filter(({ file, name }) => !tested.has(`${file}#${name}`))).toEqual([]);
});
