import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsOf } from '../../lint/imports.mjs';

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
      'export const a = (context: C) => context.df.setCustomStatus({ step: 1 });',
      'set by Progress alone',
    ],
    [
      'src/orchestrations/rotation/x.ts',
      'export const a = (context: C) => context.df.createTimer(new Date(5));',
      'A timer may fire early',
    ],
    [
      'src/orchestrations/x.ts',
      'export const a = (context: C) => timer(context, new Date(5));',
      'may fire early',
    ],
    ['src/orchestrations/x.ts', 'export const a = (context: C) => showStatus(context, 1);', 'Progress alone'],
    [
      'src/orchestrations/x.ts',
      'export const a = (context: C) => context.df.instanceId;',
      'durable.ts alone',
    ],
    ['src/azure/x.ts', 'export const a: any = 1;', 'any'],
    ['src/azure/x.ts', 'async function f() {}\nexport const g = () => {\n  f();\n};', 'Promise'],
  ])('refuses in %s: %s', (path, text, says) => {
    expect(lint(path, text)).toContain(says);
  });

  it('allows what an orchestration needs', () => {
    const text =
      "import { timeOf } from './durable.js';\nexport const a = [timeOf, new Date(5), Date.UTC(2027, 1)];\n";

    expect(lint('src/orchestrations/x.ts', text)).not.toContain('×');
  });
});

describe('what a folder imports', () => {
  it.each([
    ['src/domain/x.ts', "import { a } from '../config/load.js';", 'src/domain may not import src/config'],
    ['src/domain/one/two/x.ts', "import { a } from '../../../config/load.js';", 'may not import src/config'],
    [
      'src/domain/one/x.ts',
      "import { a } from '../../domain/../azure/graph.js';",
      'may not import src/azure',
    ],
    ['src/domain/one/x.ts', "import { z } from 'zod';", 'may not import zod; packages that it may: nothing'],
    ['src/domain/one/x.ts', "import { createHash } from 'node:crypto';", 'may not import node:crypto'],
    [
      'src/domain/one/digest.ts',
      "import { randomBytes } from 'node:crypto';",
      'by name, and only createHash',
    ],
    ['src/domain/one/digest.ts', "import * as all from 'node:crypto';", 'by name, and only createHash'],
    ['src/domain/one/digest.ts', "export * from 'node:crypto';", 'by name, and only createHash'],
    ['src/orchestrations/x.ts', "import { readFileSync } from 'node:fs';", 'may not import node:fs'],
    ['src/orchestrations/x.ts', "import { readFileSync } from 'fs';", 'may not import fs'],
    ['src/orchestrations/one/x.ts', "import { a } from '../../azure/vault.js';", 'may not import src/azure'],
    ['src/orchestrations/x.ts', "import type { A } from '../azure/vault.js';", 'may not import src/azure'],
    ['src/orchestrations/x.ts', "export { a } from '../azure/vault.js';", 'may not import src/azure'],
    ['src/orchestrations/x.ts', "export type * from '../azure/vault.js';", 'may not import src/azure'],
    ['src/orchestrations/x.ts', "const a = await import('../azure/vault.js');", 'may not import src/azure'],
    ['src/orchestrations/x.ts', 'const a = await import(`../azure/vault.js`);', 'may not import src/azure'],
    ['src/orchestrations/x.ts', "const a = await import('../azure/' + name);", 'as a plain text'],
    ['src/orchestrations/x.ts', "type A = import('../azure/vault.js').A;", 'may not import src/azure'],
    ['src/orchestrations/x.ts', "import a = require('../azure/vault.js');", 'may not import src/azure'],
    ['src/orchestrations/x.ts', "const a = require('../azure/vault.js');", 'may not import src/azure'],
    ['src/orchestrations/x.ts', "const a = module['require']('node:fs');", 'may not import node:fs'],
    ['src/orchestrations/x.ts', "const a = process.getBuiltinModule('node:fs');", 'may not import node:fs'],
    [
      'src/entities/x.ts',
      "import { a } from '../orchestrations/calls.js';",
      'may not import src/orchestrations',
    ],
    ['src/azure/x.ts', "import { a } from '../activities/held.js';", 'may not import src/activities'],
    ['src/azure/x.ts', "import { a } from '../runtimes/port.js';", 'may not import src/runtimes'],
    ['src/azure/x.ts', "import { a } from 'durable-functions';", 'may not import durable-functions'],
    ['src/runtimes/one/x.ts', "import { a } from '../../config/load.js';", 'may not import src/config'],
    [
      'src/credentials/x.ts',
      "import { a } from './graph/strategy.js';",
      'only src/credentials/strategies.ts may import it',
    ],
    ['src/credentials/graph/x.ts', "import { a } from '../external/y.js';", 'external is a kind'],
    ['src/activities/x.ts', "import { a } from '../proofs/dag/dag.js';", 'only src/proofs/proofs.ts'],
    ['src/config/x.ts', "import { a } from '../runtimes/data-factory/id.js';", 'only src/runtimes/kinds.ts'],
    ['src/config/x.ts', "import { a } from '../azure/graph.js';", 'may not import src/azure'],
    ['src/notifications/x.ts', "import { a } from '../azure/graph.js';", 'may not import src/azure'],
    ['src/durable/x.ts', "import { a } from '../functions/deps.js';", 'may not import src/functions'],
    ['src/functions/http/x.ts', "import { a } from '../../azure/graph.js';", 'may not import src/azure'],
    ['src/functions/x.ts', "import { a } from '../activities/held.js';", 'may not import src/activities'],
    [
      'src/activities/x.ts',
      "import { a } from '../orchestrations/calls.js';",
      'may not import src/orchestrations',
    ],
    ['src/activities/x.ts', "import { a } from '../main.js';", 'may not import src/main.ts'],
    ['src/main.ts', "import { a } from '../local/client.js';", '../local/client.js is not in src'],
    ['src/functions/x.ts', "import { a } from '../../test/ending.js';", '../../test/ending.js is not in src'],
    ['src/other/x.ts', "import { a } from './y.js';", 'src/other is not in lint/imports.mjs'],
  ])('is refused in %s: %s', (path, text, says) => {
    expect(faultsOf(path, text)).toEqual([{ line: 1, text: expect.stringContaining(says) }]);
  });

  it.each([
    ['src/domain/one/x.ts', "import { a } from '../two/y.js';\nimport type { B } from './z.js';"],
    ['src/domain/one/digest.ts', "import { createHash, createHmac } from 'node:crypto';"],
    [
      'src/orchestrations/one/two/x.ts',
      "import { b } from '../../flow.js';\nimport { c } from '../../durable.js';",
    ],
    ['src/orchestrations/x.ts', "import { a } from '../domain/one/y.js';"],
    ['src/azure/one/x.ts', "import { a } from '../../domain/y.js';\nawait import('@azure/identity');"],
    ['src/main.ts', "import { a } from './functions/register.js';"],
  ])('is taken in %s: %s', (path, text) => {
    expect(faultsOf(path, text)).toEqual([]);
  });

  it('is told with its line', () => {
    const text = "import { a } from './y.js';\n\nexport const b = () => import('../azure/graph.js');";

    expect(faultsOf('src/domain/x.ts', text)).toEqual([expect.objectContaining({ line: 3 })]);
  });
});
