import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { projectFile } from '../../../local/project.js';
import { SUBSCRIPTION } from '../../../local/sample/names.js';
import { compiled } from './compiled.js';
import { FRESH, HERE, IDENTITY, Machine } from './machine.js';
import { READER } from './rules.js';

const machine = new Machine();
const checkout = mkdtempSync(join(tmpdir(), 'airlock-checkout-'));
afterAll(() => {
  machine.remove();
  rmSync(checkout, { recursive: true, force: true });
});

it('the commands of infra/README.md, "Without azd", deploy', async () => {
  const page = readFileSync(projectFile('infra/README.md'), 'utf8');
  const [, block = ''] = /^## Without azd$.*?```sh\n(.*?)```/ms.exec(page) ?? [];
  const account = { ...HERE, id: SUBSCRIPTION };
  machine.state = { ...FRESH, accounts: { signedIn: account, seen: [account] } };
  machine.env = { FAKE_BICEP: join(checkout, 'parameters.json') };
  cpSync(projectFile('infra'), join(checkout, 'infra'), { recursive: true });
  cpSync(projectFile('local/sample/airlock.yaml'), join(checkout, 'airlock.yaml'));
  symlinkSync(projectFile('node_modules'), join(checkout, 'node_modules'));
  mkdirSync(join(checkout, 'package'));
  writeFileSync(join(checkout, 'package', 'airlock-0.1.0.zip'), '');
  const group = 'rg-airlock';
  const lists = { minted: ['airflow-sp'], external: [], referenced: [] };
  const canaries = ['airflow-variables-airlock-canary'];
  const parameters = compiled({
    environmentName: 'prod',
    resourceGroupName: 'rg-of-the-app',
    factories: [{ resourceGroup: group, factory: 'adf-airlock' }],
    operatorVaults: [{ resourceGroup: group, name: 'airlock-ops', ...lists }],
    airflowVaults: [{ resourceGroup: group, name: 'airlock-airflow', canaries, readers: [READER] }],
  });
  writeFileSync(join(checkout, 'parameters.json'), JSON.stringify(parameters));
  const script = block
    .replace('AZURE_SUBSCRIPTION_ID=…', `AZURE_SUBSCRIPTION_ID=${account.id}`)
    .replace(/^npm run package\b.*$/m, ':');
  const { code, lines } = await machine.run('bash', ['-e', '-c', script], checkout);

  expect([code, lines.at(-1)]).toEqual([0, 'subscribed  the functions to events']);
  expect(machine.state.changes).toEqual([
    `set airlock-ops/airflow-sp-pending disabled in ${account.id}`,
    `set airlock-airflow/airflow-variables-airlock-canary in ${account.id}`,
    `deploy airlock-prod to westeurope, events false in ${account.id}`,
    `post servicePrincipals/${IDENTITY}/appRoleAssignments`,
    'post applications/object/owners/$ref',
    `upload airlock-0.1.0.zip to rg-prod/func-airlock-x in ${account.id}`,
    `deploy airlock-prod to westeurope, events true in ${account.id}`,
  ]);
});
