import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { projectFile } from '../../../local/project.js';
import { FRESH, Machine } from './machine.js';

const machine = new Machine();
beforeEach(() => {
  machine.state = FRESH;
});
afterAll(() => machine.remove());

const STACK = /^\s+at /m;
/** Parts of others, which nobody calls. */
const PARTS = ['account', 'az', 'bicep', 'checked', 'commandLine', 'config', 'plainBicep'];
const scripts = ['infra/scripts', 'scripts'].flatMap((folder) =>
  readdirSync(projectFile(folder))
    .filter((file) => file.endsWith('.mjs') && !PARTS.includes(file.slice(0, -4)))
    .map((file) => `${folder}/${file}`),
);

describe.each(scripts)('%s', (script) => {
  it('says how it is called, and does nothing else', async () => {
    const { code, lines } = await machine.run(process.execPath, [projectFile(script), '--help']);

    expect(code).toBe(0);
    expect(lines[0]).toMatch(/^Usage: (node infra\/scripts\/\w+\.mjs|npm run [\w:]+)/);
    expect(machine.state.changes).toEqual([]);
  });

  it('says what it does not take, without a stack', async () => {
    const { code, lines } = await machine.run(process.execPath, [projectFile(script), '--colour']);

    expect(code).toBe(2);
    expect(lines[0]).toContain("Unknown option '--colour'");
    expect(lines.join('\n')).toContain('Usage: ');
    expect(lines.join('\n')).not.toMatch(STACK);
  });
});

describe('a configuration that does not pass', () => {
  const wrong = join(machine.folder, 'wrong.yaml');
  writeFileSync(wrong, 'version: 1\ncredentials: {}\nprofiles: nothing\n');

  it.each([
    ['infra/scripts/shells.mjs', []],
    ['infra/scripts/graph.mjs', ['--principal', '11111111-2222-3333-4444-555555555555']],
    ['scripts/package.mjs', ['--out', join(machine.folder, 'package')]],
  ])('is refused by %s, with its line and what to do', async (script, more) => {
    const args = [projectFile(script), '--config', wrong, ...more];
    const { code, lines } = await machine.run(process.execPath, args);

    expect(code).toBe(1);
    expect(lines).toContainEqual(expect.stringMatching(/^wrong\.yaml:3:\d+ profiles: It must be a list .*→/));
    expect(lines.at(-1)).toBe('Nothing was done.');
    expect(machine.state.changes).toEqual([]);
    expect(readdirSync(machine.folder)).not.toContain('package');
  });

  it.each(['infra/scripts/shells.mjs', 'scripts/package.mjs'])(
    '%s says which file is not there',
    async (script) => {
      const { code, lines } = await machine.run(process.execPath, [
        projectFile(script),
        '--config',
        'nowhere.yaml',
      ]);

      expect(code).toBe(1);
      expect(lines[0]).toContain('nowhere.yaml cannot be read');
      expect(lines.join('\n')).not.toMatch(STACK);
    },
  );
});
