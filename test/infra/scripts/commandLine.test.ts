import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { projectFile } from '../../../local/project.js';
import { FRESH, IDENTITY, Machine } from './machine.js';

const machine = new Machine();
beforeEach(() => {
  machine.state = FRESH;
  machine.env = {};
});
afterAll(() => machine.remove());

const STACK = /^\s+at /m;
/** Parts of others, which nobody calls. */
const PARTS = [
  'account',
  'az',
  'bicep',
  'checked',
  'commandLine',
  'config',
  'plainBicep',
  'entryPoints',
  'notices',
  'run',
  'sources',
];
const scripts = ['infra/scripts', 'scripts'].flatMap((folder) =>
  readdirSync(projectFile(folder))
    .filter((file) => file.endsWith('.mjs') && !PARTS.includes(file.slice(0, -4)))
    .map((file) => `${folder}/${file}`),
);

/** What `npm run` starts of the tools that are built, by its name. */
const { scripts: commands } = JSON.parse(readFileSync(projectFile('package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};
const tools = Object.entries(commands).flatMap(([name, command]) => {
  const [, file] = /(?:^|&& )node (build\/[\w./-]+\.js)$/.exec(command) ?? [];
  return file === undefined ? [] : [[name, file] as const];
});

it('all tools that are built are looked at', () => {
  expect(tools.map(([name]) => name)).toEqual(expect.arrayContaining(['start', 'faults', 'test:durable']));
  const others = Object.entries(commands).filter(
    ([name, command]) =>
      !tools.some(([tool]) => tool === name) && !scripts.some((script) => command.includes(`node ${script}`)),
  );
  // Each of them is another one, or somebody else's.
  for (const [, command] of others) expect(command).toMatch(/npm run --silent|\b(?:biome|tsc|vitest) ?/);
});

describe.each(tools)('npm run %s', (name, file) => {
  it('says how it is called, and does nothing else', async () => {
    const { code, lines } = await machine.run(process.execPath, [projectFile(file), '--help']);

    expect(code).toBe(0);
    expect(lines[0]).toContain(`Usage: npm ${name === 'start' ? 'start' : `run ${name}`}`);
  });

  it('says what it does not take, without a stack', async () => {
    const { code, lines } = await machine.run(process.execPath, [projectFile(file), '--colour']);

    expect(code).toBe(2);
    expect(lines[0]).toContain("Unknown option '--colour'");
    expect(lines.join('\n')).toContain('Usage: npm ');
    expect(lines.join('\n')).not.toMatch(STACK);
  });
});

it.each([
  ['faults', ['--workers', 'many'], "--workers takes a whole number from 1 on, not 'many'."],
  ['faults', ['--part', 'half'], "--part takes single, disturbances, duplicates, not 'half'."],
  ['faults', ['--positions', 'none'], "--positions takes first, three, all, not 'none'."],
  ['bench', ['--only', 'nothing'], '--only takes coldStart, '],
  ['test-durable', ['--version', '1.0'], '--version takes 3.'],
  ['test-durable', ['--places', '0'], "--places takes a whole number from 1 on, not '0'."],
  ['test-durable', ['--share', '4/3'], '--share takes N/COUNT, N from 1 to COUNT, for example 2/3, not'],
  ['test-airflow', ['--only', '1.10'], '--only takes 2.'],
  ['probe-record', ['--version', '1.0'], '--version takes 3.'],
  ['deploy-rehearse', ['--workers=-1'], "--workers takes a whole number from 1 on, not '-1'."],
])('%s says what %j may be', async (tool, args, words) => {
  const { code, lines } = await machine.run(process.execPath, [projectFile(`build/${tool}.js`), ...args]);

  expect(code).toBe(2);
  expect(lines[0]).toContain(words);
  expect(lines.join('\n')).not.toMatch(STACK);
});

it('a script says where the Azure CLI is to be had where there is none', async () => {
  machine.env = { PATH: join(machine.folder, 'nothing') };
  const config = projectFile('local/sample/airlock.yaml');
  const { code, lines } = await machine.node('graph.mjs', '--config', config, '--principal', IDENTITY);

  expect(code).toBe(1);
  expect(lines.at(-1)).toBe('There is no Azure CLI on PATH: https://aka.ms/install-azure-cli');
  expect(lines.join('\n')).not.toMatch(STACK);
  expect(machine.state.changes).toEqual([]);
});

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
