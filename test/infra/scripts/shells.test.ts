import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { projectFile } from '../../../local/project.js';
import { FRESH, Machine, type State } from './machine.js';

const config = ['--config', projectFile('local/sample/airlock.yaml')];
const machine = new Machine();
beforeEach(() => {
  machine.state = FRESH;
});
afterAll(() => machine.remove());

describe('shells.mjs', () => {
  const pending = 'airlock-ops/airflow-sp-pending';
  const canary = 'airlock-airflow/airflow-variables-airlock-canary';

  it('makes what is missing, once, the pending secret disabled', async () => {
    const first = await machine.node('shells.mjs', ...config);
    const made = machine.state;
    const second = await machine.node('shells.mjs', ...config);

    expect(first.lines).toEqual([
      'made        https://airlock-ops.vault.azure.net/secrets/airflow-sp-pending',
      'made        https://airlock-airflow.vault.azure.net/secrets/airflow-variables-airlock-canary',
    ]);
    expect(made.changes).toEqual([`set ${pending} disabled`, `set ${canary}`]);
    expect(made.secrets[canary]?.[0]?.value).toMatch(/^[0-9a-f]{64}$/);
    expect(second.lines.every((line) => line.startsWith('exists '))).toBe(true);
    expect(machine.state).toEqual(made);
  });

  it('changes nothing on a dry run', async () => {
    const { lines } = await machine.node('shells.mjs', ...config, '--dry-run');

    expect(lines.every((line) => line.startsWith('would make '))).toBe(true);
    expect(machine.state.changes).toEqual([]);
  });
});

describe('shells.mjs, before anything is made', () => {
  const refused = async (state: Partial<State>, ...lines: string[]) => {
    machine.state = { ...FRESH, ...state };
    const { code, lines: printed } = await machine.node('shells.mjs', ...config);

    expect([code, printed]).toEqual([1, lines]);
    expect(machine.state.changes).toEqual([]);
  };

  it('says which vault works with access policies, and the command', () =>
    refused(
      { vaults: { ...FRESH.vaults, 'airlock-ops': false } },
      'wrong       the vault airlock-ops works with access policies, where roles have no effect: grant roles to everybody who uses it, then',
      '            az keyvault update --name airlock-ops --enable-rbac-authorization true',
    ));

  it('says which vault is not there', () =>
    refused(
      { vaults: { 'airlock-ops': true } },
      expect.stringMatching(/^missing {5}the vault airlock-airflow: .+airlock\.yaml$/),
    ));

  it('says which secret somebody must set first', () =>
    refused(
      { secrets: {} },
      'missing     https://airlock-ops.vault.azure.net/secrets/airflow-sp: nobody but you knows its value',
      expect.stringContaining(
        'az keyvault secret set --vault-name airlock-ops --name airflow-sp --value … --expires … --tags keyId=…',
      ),
    ));

  it('says which name is taken by a secret that is deleted, and the command', () =>
    refused(
      { deleted: ['airlock-ops/airflow-sp-pending'] },
      expect.stringMatching(/^deleted {5}https:\/\/airlock-ops.+airflow-sp-pending: it is kept/),
      '            az keyvault secret recover --vault-name airlock-ops --name airflow-sp-pending',
    ));

  it('does not ask for a secret to be set whose name is taken so', () =>
    refused(
      { secrets: {}, deleted: ['airlock-ops/airflow-sp'] },
      expect.stringMatching(/^deleted {5}https:\/\/airlock-ops.+airflow-sp: it is kept/),
      '            az keyvault secret recover --vault-name airlock-ops --name airflow-sp',
    ));
});
