import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url).pathname;

/** Lints a text as if it stood at that path: in a copy of the linter's configuration, apart from the sources. */
let folder: string;
function lint(path: string, text: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const { stdout, stderr } = spawnSync(process.execPath, [biome, 'lint', '--colors=off', path], {
    cwd: folder,
    encoding: 'utf8',
  });
  rmSync(file);
  return stdout + stderr;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'airlock-lint-'));
  const {
    vcs: _,
    $schema: __,
    ...rules
  } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8')) as Record<string, unknown>;
  writeFileSync(join(folder, 'biome.json'), JSON.stringify(rules));
  cpSync(join(root, 'lint'), join(folder, 'lint'), { recursive: true });
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the linter', () => {
  it.each([
    ['src/orchestrations/x.ts', 'export const a = Date.now();', 'No clock'],
    ['src/orchestrations/x.ts', 'export const a = new Date();', 'No clock'],
    ['src/domain/rotation/x.ts', 'export const a = Math.random();', 'No clock'],
    ['src/domain/rotation/x.ts', "export const a = process.env['A'];", 'environment'],
    ['src/orchestrations/x.ts', 'setTimeout(() => {}, 1);', 'Durable timers only'],
    ['src/orchestrations/x.ts', "export const a = fetch('https://x');", 'No I/O'],
    [
      'src/orchestrations/x.ts',
      "import { readFileSync } from 'node:fs';\nexport const a = readFileSync;",
      'Durable code imports',
    ],
    [
      'src/orchestrations/x.ts',
      "import { a } from '../azure/keyVault.js';\nexport const b = a;",
      'Durable code imports',
    ],
    [
      'src/domain/rotation/x.ts',
      "import { a } from '../../config/load.js';\nexport const b = a;",
      'imports nothing but itself',
    ],
    [
      'src/domain/rotation/x.ts',
      "import { randomBytes } from 'node:crypto';\nexport const b = randomBytes;",
      'imports nothing but itself',
    ],
    ['src/azure/x.ts', "import { a } from '../activities/held.js';\nexport const b = a;", 'Adapters know'],
    ['src/azure/x.ts', "import { a } from '../runtimes/port.js';\nexport const b = a;", 'Adapters know'],
    [
      'src/functions/x.ts',
      "import { a } from '../azure/keyVault.js';\nexport const b = a;",
      'activities talk to Azure',
    ],
    [
      'src/activities/x.ts',
      "import { a } from '../orchestrations/calls.js';\nexport const b = a;",
      'not the other way',
    ],
    [
      'src/main.ts',
      "import { a } from '../local/client.js';\nexport const b = a;",
      'knows nothing of its local cloud',
    ],
    [
      'src/orchestrations/x.ts',
      'export const a = (context: C) => context.df.setCustomStatus({ step: 1 });',
      'set by Progress alone',
    ],
    [
      'src/orchestrations/rotation/x.ts',
      'export const a = (context: C) => context.df.createTimer(new Date(5));',
      'A timer may fire early',
    ],
    ['src/azure/x.ts', 'export const a: any = 1;', 'any'],
    ['src/azure/x.ts', 'async function f() {}\nexport const g = () => {\n  f();\n};', 'Promise'],
  ])('refuses in %s: %s', (path, text, says) => {
    expect(lint(path, text)).toContain(says);
  });

  it('allows what an orchestration needs', () => {
    const text =
      "import { EntityId } from 'durable-functions';\nimport { spreadOf } from '../domain/values/waiting.js';\nexport const a = [EntityId, spreadOf, new Date(5)];\n";

    expect(lint('src/orchestrations/x.ts', text)).not.toContain('×');
  });
});
