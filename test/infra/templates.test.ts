import { readFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFile } from '../../local/project.js';
import { checkConfiguration } from '../../src/config/load.js';
import { bicepFiles, readBicep } from './bicep.js';
import { brokenRules } from './rules.js';

const files = bicepFiles();

describe.each(files)('$path', (file) => {
  it('asks for no key of anything', () => {
    expect(file.code).not.toMatch(/\blist(?:Keys|Secrets|Credentials|AccountSas|ServiceSas)\b/i);
    expect(file.text).not.toMatch(/AccountKey=|SharedAccessKey=/);
  });
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
