import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { projectFile } from '../../../local/project.js';
import { compiled, type Json } from './compiled.js';
import { Machine } from './machine.js';
import { AIRFLOW } from './rules.js';

const machine = new Machine();
const parameters = join(machine.folder, 'parameters.json');
const example = projectFile('examples/airlock.yaml');
const config = ['--config', example];
const readers = [AIRFLOW];
const variables = { FAKE_BICEP: parameters, AZURE_ENV_NAME: 'prod', AZURE_LOCATION: 'westeurope' };

beforeEach(() => {
  machine.env = variables;
  write({ airflowVaults: readers });
});
afterAll(() => machine.remove());

function write(over: Readonly<Record<string, Json>>, more: { missing?: string; broken?: string } = {}): void {
  writeFileSync(parameters, JSON.stringify({ ...compiled(over), ...more }));
}

describe('check.mjs', () => {
  it('takes parameters that are right, and says what it looked at', async () => {
    expect(await machine.node('check.mjs', '--parameters-only')).toMatchObject({
      code: 0,
      lines: ['checked: infra/main.bicepparam'],
    });
  });

  it('finds in the example what must be made yours, and nothing else', async () => {
    write({});
    const { code, lines } = await machine.node('check.mjs', ...config);

    expect(code).toBe(1);
    expect(lines).toEqual([
      "infra/main.bicepparam: airflowVaults[0].readers[0]: '00000000-0000-0000-0000-000000000000' is no object id",
      "  → name Airflow's service principal: az ad sp show --id <client id> --query id",
      expect.stringMatching(
        /^airlock\.yaml: credentials\.airflow-reader\.clientId: 2{8}-.+ is the example's$/,
      ),
      expect.stringMatching(/^ {2}→ /),
      expect.stringMatching(
        /^airlock\.yaml: credentials\.airflow-reader\.tenantId: 1{8}-.+ is the example's$/,
      ),
      expect.stringMatching(/^ {2}→ /),
      '3 to change; nothing was deployed.',
    ]);
  });

  it('says all of it at once: variables, parameters, configuration', async () => {
    machine.env = {
      ...variables,
      AZURE_ENV_NAME: '',
      AZURE_LOCATION: 'moon',
      AIRLOCK_SUBSCRIBE: '',
      AIRLOCK_DURABLE_BACK_END: 'Netherite',
      AZURE_SUBSCRIPTION_ID: '3c8d1b6e-52fa-4e07-9b14-d6a0c7e8f215',
    };
    write({ airflowVaults: readers, httpAuth: 'appService' });
    const { code, lines } = await machine.node('check.mjs', ...config);
    const names = lines.flatMap((line) => /^\S+: (\S+): /.exec(line)?.[1] ?? []);

    expect(code).toBe(1);
    expect(names).toEqual([
      'AZURE_ENV_NAME',
      'AIRLOCK_SUBSCRIBE',
      'location',
      'durableBackEnd',
      'signInClientId',
      'profiles',
      'credentials.airflow-reader.clientId',
      'credentials.airflow-reader.tenantId',
    ]);
    expect(lines.join('\n')).toContain(
      "AIRLOCK_SUBSCRIBE: the variable is '', where only true and false can be read\n  → azd env set AIRLOCK_SUBSCRIBE false",
    );
    expect(lines.at(-1)).toBe('8 to change; nothing was deployed.');
  });

  it('says once what a profile with several places has wrong', async () => {
    const file = join(machine.folder, 'several.yaml');
    const [place] = readFileSync(example, 'utf8').match(/^ {6}- subscription: .*?name: "\*"\n/ms) ?? [];
    writeFileSync(file, readFileSync(example, 'utf8').replace(String(place), `${place}${place}`));
    write({ airflowVaults: readers, airflowLogin: 'nobody' });
    const { lines } = await machine.node('check.mjs', '--config', file);

    expect(lines.filter((line) => line.includes(': airflowLogin: '))).toHaveLength(1);
    expect(lines.at(-1)).toBe('3 to change; nothing was deployed.');
  });

  it('notes what it could not look at before azd has asked for it', async () => {
    machine.env = { FAKE_BICEP: parameters };
    const { code, lines } = await machine.node('check.mjs', '--parameters-only');

    expect(code).toBe(0);
    expect(lines.slice(0, 2)).toEqual([
      'note: AZURE_ENV_NAME is not set, so it was not checked: azd asks for it; without azd, export it',
      'note: AZURE_LOCATION is not set, so it was not checked: azd asks for it; without azd, export it',
    ]);
  });

  it('says that the configuration is not there, instead of what the compiler says', async () => {
    write({}, { missing: '/checkout/airlock.yaml' });
    const { code, lines } = await machine.node('check.mjs', '--config', join(machine.folder, 'airlock.yaml'));

    expect([code, lines]).toEqual([
      1,
      [
        `${join(machine.folder, 'airlock.yaml')}: the file: it is not there`,
        '  → cp examples/airlock.yaml airlock.yaml, make it yours, npm run config:check -- airlock.yaml',
        '1 to change; nothing was deployed.',
      ],
    ]);
  });

  it('gives on what else the compiler says, with its place', async () => {
    write({}, { missing: '/checkout/filters.json' });
    const { code, lines } = await machine.node('check.mjs', ...config);

    expect(code).toBe(1);
    expect(lines[0]).toBe(
      "infra/main.bicepparam(11,39): the compiler says: Error BCP091: An error occurred reading file. Could not find file '/checkout/filters.json'.",
    );
  });

  it('gives on what a compiler says that cannot compile at all', async () => {
    write({}, { broken: 'Error while attempting to retrieve the latest Bicep version' });
    const { code, lines } = await machine.node('check.mjs', '--parameters-only');

    expect(code).toBe(1);
    expect(lines.slice(0, 2)).toEqual([
      'infra/main.bicepparam: the compiler says: Error while attempting to retrieve the latest Bicep version',
      '  → see whether az bicep version answers',
    ]);
  });

  it.each([
    ['no YAML', 'profiles: [', ''],
    ['no configuration', 'profiles: 7', ''],
  ])('says where a configuration is %s what tells more', async (_what, text) => {
    const file = join(machine.folder, 'broken.yaml');
    writeFileSync(file, text);
    const { code, lines } = await machine.node('check.mjs', '--config', file);

    expect(code).toBe(1);
    expect(lines[0]).toContain(`${file}: the file: it cannot be read: `);
    expect(lines[1]).toBe(`  → npm run config:check -- ${file}`);
  });

  it('takes the compiler of az where there is no other', async () => {
    const other = new Machine();
    rmSync(join(other.folder, 'bicep'));
    const path = [other.folder, dirname(process.execPath), '/usr/bin'].join(delimiter);
    other.env = { ...variables, PATH: path };
    const right = await other.node('check.mjs', '--parameters-only');
    write({}, { missing: '/checkout/filters.json' });
    const wrong = await other.node('check.mjs', '--parameters-only', ...config);
    other.remove();

    expect(right).toMatchObject({ code: 0, lines: ['checked: infra/main.bicepparam'] });
    expect(wrong.lines[0]).toContain('infra/main.bicepparam(11,39): the compiler says: Error BCP091: ');
  });

  it('ends with 2 where there is no compiler', async () => {
    machine.env = { ...variables, PATH: '/nowhere' };

    expect(await machine.node('check.mjs', '--parameters-only')).toMatchObject({ code: 2 });
  });

  it('needs no package for the parameters alone', async () => {
    const checkout = mkdtempSync(join(tmpdir(), 'airlock-checkout-'));
    cpSync(projectFile('infra'), join(checkout, 'infra'), { recursive: true });
    const run = (...args: readonly string[]) =>
      machine.run(process.execPath, ['infra/scripts/check.mjs', ...args, ...config], checkout);
    const alone = await run('--parameters-only');
    const together = await run();
    rmSync(checkout, { recursive: true });

    expect(alone.code).toBe(0);
    expect(together.lines.join()).toContain('npm install yaml');
  });
});
