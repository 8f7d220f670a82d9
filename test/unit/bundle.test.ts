/** What the bundle leaves out of packages, or for later, because durable-functions does not ask for it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectFile } from '../../local/project.js';

/** What the sources of durable-functions ask of a package, as `file: name`. */
function askedOf(module: string): string[] {
  const folder = projectFile('node_modules', 'durable-functions', 'lib', 'src');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js'))
    .flatMap((file) =>
      [...readFileSync(join(folder, file), 'utf8').matchAll(new RegExp(`${module}\\.(\\w+)`, 'g'))].map(
        ([, name]) => `${file}: ${name}`,
      ),
    );
}

it('durable-functions asks validator for nothing that the bundle leaves out', () => {
  const names = askedOf('validator_1').map((asked) => asked.split(': ')[1]);
  expect(new Set(names)).toEqual(new Set(['isURL']));
});

it('durable-functions asks axios for one thing, as it makes a client', () => {
  expect(askedOf('axios_1')).toEqual([`${join('durableClient', 'DurableClient.js')}: default`]);
});
