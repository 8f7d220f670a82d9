import { readFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFile } from '../../local/project.js';
import { checkConfiguration } from '../../src/config/load.js';
import { bicepFiles, readBicep } from './bicep.js';
import { brokenRules } from './rules.js';

const files = bicepFiles();

/** It opens nothing (allowSharedKeyAccess: false), and only what is hashed from it goes into a setting. */
const SIGNING = 'var storageKey = hostStorage.listKeys().keys[0].value';

describe.each(files)('$path', (file) => {
  it('asks for no key of anything, but for the one that the signing key is made from', () => {
    const asked = /^.*\blist(?:Keys|Secrets|Credentials|AccountSas|ServiceSas)\b.*$/gim;
    const made = file.path === 'modules/functionApp.bicep' ? [SIGNING] : [];
    expect(file.code.match(asked) ?? []).toEqual(made);
    expect(file.text).not.toMatch(/AccountKey=|SharedAccessKey=/);
  });
});

it('the storage key goes nowhere but through a hash', () => {
  const { code } = readBicep('modules/functionApp.bicep');

  expect(code.match(/\bstorageKey\b/g)?.length).toBe(3);
  expect(code.match(/\bguid\(storageKey, /g)?.length).toBe(2);
});

describe('the templates together', () => {
  it('call every module', () => {
    const called = files.flatMap(({ path, text }) =>
      [...text.matchAll(/^module \w+ '([^']+)'/gm)].map(([, module = '']) =>
        posix.join(dirname(path), module),
      ),
    );
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

  it('name nothing by its position in a list, and say what is in each list', () => {
    expect(brokenRules(files)).toEqual([]);
  });

  it('let storage and telemetry in by identity only', () => {
    expect(readBicep('modules/storageAccount.bicep').code).toMatch(/allowSharedKeyAccess: false/);
    expect(readBicep('modules/monitoring.bicep').code).toMatch(/DisableLocalAuth: true/);
    expect(readBicep('modules/topic.bicep').code).toMatch(/disableLocalAuth: true/);
  });
});

describe('the parameters file', () => {
  const main = readBicep('main.bicep');

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
