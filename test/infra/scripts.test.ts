import { execFile } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { projectFile } from '../../local/project.js';
import { PRINCIPALS } from '../../local/scenario/names.js';

const exec = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'airlock-az-'));
const stateFile = join(folder, 'state.json');
const identity = '11111111-2222-3333-4444-555555555555';
const application = `applications(appId='${PRINCIPALS.airflow}')`;

interface State {
  readonly changes: string[];
  /** Whether each vault works with roles. */
  readonly vaults: Record<string, boolean>;
  readonly secrets: Record<string, { value: string }[]>;
  readonly graph: Record<string, unknown>;
}

const fresh: State = {
  changes: [],
  vaults: { 'airlock-ops': true, 'airlock-airflow': true },
  secrets: { 'airlock-ops/airflow-sp': [{ value: 'of the operator' }] },
  graph: {
    "servicePrincipals(appId='00000003-0000-0000-c000-000000000000')": { id: 'graph' },
    [`servicePrincipals/${identity}/appRoleAssignments`]: { value: [] },
    [application]: { id: 'object', displayName: 'airflow-secrets' },
    'applications/object/owners': { value: [{ id: 'somebody' }] },
  },
};

/** Runs a script with the stand-in for `az`; gives what it printed and its exit code. */
async function run(script: string, ...args: string[]): Promise<{ lines: string[]; code: number }> {
  const env = { ...process.env, FAKE_AZ: stateFile, PATH: `${folder}${delimiter}${process.env.PATH}` };
  const config = ['--config', projectFile('local', 'scenario', 'airlock.yaml')];
  const ended = await exec(process.execPath, [projectFile('infra/scripts', script), ...config, ...args], {
    env,
  }).then(
    ({ stdout, stderr }) => ({ text: stdout + stderr, code: 0 }),
    (error: { stdout: string; stderr: string; code: number }) => ({
      text: error.stdout + error.stderr,
      code: error.code,
    }),
  );
  return { lines: ended.text.trim().split('\n'), code: ended.code };
}

const state = () => JSON.parse(readFileSync(stateFile, 'utf8')) as State;

beforeEach(() => {
  mkdirSync(folder, { recursive: true });
  copyFileSync(projectFile('test/infra/fakeAz.mjs'), join(folder, 'az'));
  chmodSync(join(folder, 'az'), 0o755);
  writeFileSync(stateFile, JSON.stringify(fresh));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('shells.mjs', () => {
  const pending = 'airlock-ops/airflow-sp-pending';
  const canary = 'airlock-airflow/airflow-variables-airlock-canary';

  it('makes what is missing, once, the pending twin disabled', async () => {
    const first = await run('shells.mjs');
    const made = state();
    const second = await run('shells.mjs');

    expect(first.lines).toEqual([
      'made        https://airlock-ops.vault.azure.net/secrets/airflow-sp-pending',
      'made        https://airlock-airflow.vault.azure.net/secrets/airflow-variables-airlock-canary',
    ]);
    expect(made.changes).toEqual([`set ${pending} disabled`, `set ${canary}`]);
    expect(made.secrets[canary]?.[0]?.value).toMatch(/^[0-9a-f]{64}$/);
    expect(second.lines.every((line) => line.startsWith('exists '))).toBe(true);
    expect(state()).toEqual(made);
  });

  it('changes nothing on a dry run', async () => {
    const { lines } = await run('shells.mjs', '--dry-run');

    expect(lines.every((line) => line.startsWith('would make '))).toBe(true);
    expect(state().changes).toEqual([]);
  });
});

describe('shells.mjs, before anything is made', () => {
  const refused = async (state_: Partial<State>, ...lines: string[]) => {
    writeFileSync(stateFile, JSON.stringify({ ...fresh, ...state_ }));
    const { code, lines: printed } = await run('shells.mjs');

    expect([code, printed]).toEqual([1, lines]);
    expect(state().changes).toEqual([]);
  };

  it('says which vault works with access policies, and the command', () =>
    refused(
      { vaults: { ...fresh.vaults, 'airlock-ops': false } },
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
      expect.stringContaining('az keyvault secret set --vault-name airlock-ops --name airflow-sp --value'),
    ));
});

describe('graph.mjs', () => {
  it('grants the permission and the ownership, once', async () => {
    const first = await run('graph.mjs', '--principal', identity);
    const granted = state();
    const second = await run('graph.mjs', '--principal', identity);

    expect(first.lines).toEqual([
      `granted     Application.ReadWrite.OwnedBy for ${identity}`,
      `granted     owner of airflow-secrets (${PRINCIPALS.airflow})`,
    ]);
    expect(granted.graph[`servicePrincipals/${identity}/appRoleAssignments`]).toEqual({
      value: [
        { principalId: identity, resourceId: 'graph', appRoleId: '18a4783c-866b-4cc7-a460-3d5e5662c884' },
      ],
    });
    expect(second.lines.every((line) => line.startsWith('exists '))).toBe(true);
    expect(state()).toEqual(granted);
  });

  it('changes nothing on a dry run', async () => {
    const { lines } = await run('graph.mjs', '--principal', identity, '--dry-run');

    expect(lines.every((line) => line.startsWith('would grant '))).toBe(true);
    expect(state().changes).toEqual([]);
  });

  it('says which application or identity is missing, and fails', async () => {
    const { [application]: _gone, ...graph } = fresh.graph;
    writeFileSync(stateFile, JSON.stringify({ ...fresh, graph }));
    const noApplication = await run('graph.mjs', '--principal', identity);
    const noIdentity = await run('graph.mjs', '--principal', identity.replace('1', '9'));
    const noGuid = await run('graph.mjs', '--principal', 'func-airlock');

    expect(noApplication).toMatchObject({ code: 1 });
    expect(noApplication.lines.join()).toContain(`there is no application ${PRINCIPALS.airflow}`);
    expect(noIdentity.lines.join()).toContain('there is no service principal');
    expect(noIdentity.code).toBe(1);
    expect(noGuid.code).toBe(2);
  });
});
