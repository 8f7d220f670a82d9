import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { projectFile } from '../../local/project.js';
import { checkConfiguration } from '../../src/config/load.js';
import { type BicepFile, bicepFiles, declared, keysOf, moduleCalls, readBicep } from './bicep.js';

const files = bicepFiles();
const [parameters] = bicepFiles('.bicepparam');

/** Parameters that must be given. */
function required(file: BicepFile): string[] {
  return [...declared(file, 'param').values()]
    .filter(({ code }) => !/^param +\w+ +[^=\n]+=/.test(code))
    .map(({ name }) => name);
}

describe.each(files)('$path', (file) => {
  it('declares nothing twice', () => {
    const names = file.declarations.filter(({ keyword }) => keyword !== 'output').map(({ name }) => name);

    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it('gives each module the parameters that it declares', () => {
    for (const { name, path, given } of moduleCalls(file)) {
      const called = readBicep(path);
      const known = [...declared(called, 'param').keys()];

      expect(
        given.filter((one) => !known.includes(one)),
        `${name} is given what ${path} has not`,
      ).toEqual([]);
      expect(
        required(called).filter((one) => !given.includes(one)),
        `${name} lacks what ${path} needs`,
      ).toEqual([]);
    }
  });

  it('takes only outputs that its modules have', () => {
    const paths = new Map(moduleCalls(file).map(({ name, path }) => [name, path]));
    for (const [, module = '', output = ''] of file.code.matchAll(/\b(\w+)(?:\[\w+\])?!?\.outputs\.(\w+)/g)) {
      const path = paths.get(module);

      expect(path, `${module} is no module of ${file.path}`).toBeDefined();
      expect([...declared(readBicep(path ?? ''), 'output').keys()]).toContain(output);
    }
  });

  it('refers to files that are there', () => {
    const loaded = [...file.text.matchAll(/load\w+Content\('([^']+)'\)/g)].map(([, path = '']) => path);
    const folder = file.path.includes('/') ? 'infra/modules' : 'infra';

    for (const path of loaded) expect(existsSync(projectFile(folder, path)), path).toBe(true);
  });

  it('asks for no key of anything', () => {
    expect(file.code).not.toMatch(/\blist(?:Keys|Secrets|Credentials|AccountSas|ServiceSas)\b/i);
    expect(file.text).not.toMatch(/AccountKey=|SharedAccessKey=/);
  });
});

describe('the templates together', () => {
  it('call every module', () => {
    const called = files.flatMap((file) => moduleCalls(file).map(({ path }) => path));
    const uncalled = files.map(({ path }) => path).filter((path) => !called.includes(path));

    expect(uncalled).toEqual(['main.bicep', 'types.bicep']);
  });

  it('import every type that is exported, and use what they import', () => {
    const imports = files.flatMap(({ text }) =>
      [...text.matchAll(/^import \{([^}]+)\} from '(?:\.\.\/)?types\.bicep'/gm)].flatMap(([, names = '']) =>
        names.split(',').map((name) => ({ name: name.trim(), text })),
      ),
    );
    const { text: types } = readBicep('types.bicep');
    const exported = [...types.matchAll(/^@export\(\)\n(?:@.+\n)*type (\w+)/gm)].map(([, name]) => name);

    expect([...new Set(imports.map(({ name }) => name))].sort()).toEqual(exported.sort());
    for (const { name, text } of imports) expect(text).toMatch(new RegExp(`^param \\w+ ${name}\\b`, 'm'));
  });

  it('name nothing by its position in a list', () => {
    const counted = files.flatMap(({ path, text }) =>
      [...text.matchAll(/^ *name: .*\$\{i\}.*$/gm)].map(([line]) => `${path}: ${line.trim()}`),
    );

    expect(counted).toEqual([]);
  });

  it('let storage and telemetry in by identity only', () => {
    expect(readBicep('modules/storageAccount.bicep').code).toMatch(/allowSharedKeyAccess: false/);
    expect(readBicep('modules/monitoring.bicep').code).toMatch(/DisableLocalAuth: true/);
    expect(readBicep('modules/topic.bicep').code).toMatch(/disableLocalAuth: true/);
  });
});

describe('the parameters file', () => {
  const main = readBicep('main.bicep');

  it('gives what the template requires, and nothing that it does not know', () => {
    const given = [...(parameters ? declared(parameters, 'param').keys() : [])];

    expect(required(main).filter((name) => !given.includes(name))).toEqual([]);
    expect(given.filter((name) => !declared(main, 'param').has(name))).toEqual([]);
  });

  it('spells the members of factories and vaults as the types do', () => {
    const types = declared(readBicep('types.bicep'), 'type');
    const pairs = {
      factories: 'factoryScope',
      operatorVaults: 'operatorVault',
      airflowVaults: 'airflowVault',
    };
    for (const [param, type] of Object.entries(pairs)) {
      const text = parameters ? (declared(parameters, 'param').get(param)?.code ?? '') : '';
      const members = [...text.matchAll(/^ {4}(\w+):/gm)].map(([, name]) => name);
      const code = types.get(type)?.code ?? '';

      expect(members.length).toBeGreaterThan(0);
      expect(keysOf(code, type)).toEqual(expect.arrayContaining(members));
    }
  });

  it('uses a topic in the configuration that the templates replace and the app would take', () => {
    const [, placeholder = ''] = /placeholderTopic = '([^']+)'/.exec(main.text) ?? [];
    const example = readFileSync(projectFile('examples/airlock.yaml'), 'utf8');

    expect(example).toContain(`topic: ${placeholder} #`);
    expect(checkConfiguration(example, 'examples/airlock.yaml')).toMatchObject({
      ok: true,
      configuration: { events: { url: placeholder, schema: 'cloudEvents' } },
    });
    expect(readBicep('modules/topic.bicep').text).toContain("inputSchema: 'CloudEventSchemaV1_0'");
  });
});
