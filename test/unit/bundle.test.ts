import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectFile } from '../../local/project.js';

it('durable-functions asks validator for nothing that the bundle leaves out', () => {
  const folder = projectFile('node_modules', 'durable-functions', 'lib', 'src');
  const asked = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js'))
    .flatMap((file) => [...readFileSync(join(folder, file), 'utf8').matchAll(/validator_1\.(\w+)/g)])
    .map(([, name]) => name);

  expect(new Set(asked)).toEqual(new Set(['isURL']));
});
