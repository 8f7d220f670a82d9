import { execFile } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { projectFile } from '../../../local/project.js';
import { TOPIC_HOST, TOPIC_ID } from '../../../local/sample/names.js';
import { LEAST_PRIVILEGE, nameOf, type ScenarioPermission } from '../../../local/sample/permissions.js';
import type { PreflightReport, PreflightRow } from '../../../src/domain/preflight/report.js';
import { grantOnSecret } from '../../grantOnSecret.js';
import { configFile, enable, requestRun, startCloud, type TestCloud } from './harness.js';
import { expectNoViolation, rotate, rotationConfig } from './rotationHarness.js';

/** Everything that the table is for: patterns, a DAG import, rotation, events, the preflight. */
const CONFIG = rotationConfig()
  .replace(
    'version: 1\n',
    `version: 1\nevents: { topic: "https://${TOPIC_HOST}/api/events", schema: cloudEvents }\n`,
  )
  .replace('factory: adf-airlock', 'factory: "adf-*"')
  .replace(
    '    credential: airflow-sp\n',
    '    credential: airflow-sp\n    access: { importDags: { linkedService: AzureBlobStorage1, folderPath: airflow } }\n',
  );
const NO_SWEEP = { AIRLOCK_SWEEP_SCHEDULE: '0 0 0 30 2 *' };

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

const start = async (configText = CONFIG) => {
  cloud = await startCloud({ configText, settings: NO_SWEEP });
};

async function preflight(): Promise<{ outcome: string | undefined; rows: readonly PreflightRow[] }> {
  const run = await requestRun(cloud.client, { action: 'preflight' });
  const { result } = run as unknown as { result: PreflightReport };
  return { outcome: run.outcome, rows: result.rows };
}

const faults = (rows: readonly PreflightRow[]) => rows.filter(({ status }) => status !== 'ok');

/** The command as somebody runs it beside the app: its own process, the same identity. */
async function command(
  args: readonly string[],
  configText = CONFIG,
): Promise<{ code: number; out: string; err: string }> {
  const { proxy, ca, identityEndpoint, identityHeader } = cloud.handle.ready;
  const env = {
    PATH: process.env['PATH'],
    HTTPS_PROXY: proxy,
    NO_PROXY: 'localhost,127.0.0.1',
    NODE_EXTRA_CA_CERTS: ca,
    IDENTITY_ENDPOINT: identityEndpoint,
    IDENTITY_HEADER: identityHeader,
  };
  const file = configFile(configText);
  return new Promise((done) => {
    execFile(
      process.execPath,
      [projectFile('build', 'preflight.js'), ...args, file],
      { env },
      (error, out, err) => done({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}

/** Values that stand in no log, answer and report. */
async function secrets(): Promise<string[]> {
  const token = await cloud.client.token('portalUser', 'https://vault.azure.net');
  const read = async (vault: string, name: string) => {
    const path = `/secrets/${name}?api-version=7.5`;
    const answer = await cloud.client.azure(`${vault}.vault.azure.net`, path, {}, token);
    return answer.status === 200 ? (answer.json() as { value: string }).value : undefined;
  };
  const values = await Promise.all([
    read('airlock-ops', 'airflow-sp'),
    read('airlock-ops', 'airflow-sp-pending'),
    read('airlock-airflow', 'airflow-variables-airlock-canary'),
  ]);
  return values.filter((value) => value !== undefined);
}

async function expectNoLeak(...shown: unknown[]): Promise<void> {
  const text = JSON.stringify([shown, await cloud.client.logs(), cloud.log]);
  for (const value of await secrets()) expect(text).not.toContain(value);
}

describe('exactly the table of least privilege', () => {
  it('is enough to list, import, enable, check and rotate; the preflight says so before and after', async () => {
    await start();
    const before = await preflight();
    expect([before.outcome, faults(before.rows)]).toEqual(['prepared', []]);

    expect((await enable(cloud, { name: 'one' })).outcome).toBe('enabled');
    expect((await rotate(cloud)).outcome).toBe('rotated');
    expect(await cloud.client.published()).toHaveLength(4);
    const after = await preflight();

    expect([after.outcome, faults(after.rows)]).toEqual(['prepared', []]);
    expect(after.rows.map(({ what }) => what)).toContain('DAG airlock_check');
    await expectNoViolation(cloud);
    await expectNoLeak(before, after);
  });

  it('is looked at without a change, by the run and by the command', async () => {
    await start();
    await enable(cloud, { name: 'one' });
    const since = (await cloud.client.ledger()).at(-1)?.n ?? 0;
    await preflight();
    const { code, out, err } = await command([]);

    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^identity client id .+, object id .+\nok {7}Microsoft.DataFactory/);
    expect(out.trimEnd()).toMatch(/\n\d+ ok, 0 missing\.$/);
    const calls = (await cloud.client.ledger({ since })).filter(({ status }) => status !== undefined);
    expect(calls.length).toBeGreaterThan(30);
    const reading = /(?:^token|^discovery\.|\.get|\.list|list[A-Z]\w*|\.owners|^health|^version|^monitor)/;
    expect(calls.map(({ operation }) => operation).filter((operation) => !reading.test(operation))).toEqual(
      [],
    );
    await expectNoLeak(out);
  });
});

/** What the preflight calls a permission, and how its grant begins. */
function expected(row: ScenarioPermission): { what: string; command: string } {
  if (row.kind === 'graph')
    return { what: row.permission, command: 'az rest --method POST --uri https://graph' };
  if (row.kind === 'owner') {
    return { what: 'owner of the application', command: `az ad app owner add --id ${row.application}` };
  }
  if (row.scope === TOPIC_ID) {
    // Without the read the topic is not seen at all; the role that sends has both.
    return {
      what: 'Microsoft.EventGrid/events/send/action',
      command: 'az role assignment create --role "EventGrid Data Sender"',
    };
  }
  if (row.plane === 'control') {
    return row.action === 'Microsoft.KeyVault/vaults/read'
      ? { what: row.action, command: 'az role assignment create --role "Key Vault Reader"' }
      : { what: row.action, command: `az role definition create --role-definition '{"Name":"Airlock ` };
  }
  const [, operation] = /secrets\/(\w+)\/action$/.exec(row.action) ?? [];
  const secret = /\/secrets\/(.+)$/.exec(row.scope)?.[1];
  const writes = operation === 'setSecret' || operation === 'update';
  return {
    what:
      secret === undefined
        ? `${operation} by Airflow's principal ${row.principal}`
        : `${operation} ${secret}`,
    command: writes
      ? `az role definition create --role-definition '{"Name":"Airlock ${operation} on ${secret}","Actions":[],"DataActions":["${row.action}"]`
      : 'az role assignment create --role "Key Vault ',
  };
}

/** How a run that needs the permission ends without it; absent: no run does. */
function endWithout(
  row: ScenarioPermission,
): readonly [outcome: string | undefined, code: string] | undefined {
  // A topic that refuses fails no run.
  if (row.use === 'preflight' || row.use === 'events') return undefined;
  if (row.kind !== 'role') return ['refused', 'graphForbidden'];
  if (row.use === 'patterns') return ['refused', 'resourceManagerForbidden'];
  if (row.plane === 'control') return ['refused', 'resourceManagerForbidden'];
  if (!row.scope.includes('/secrets/')) return ['credentialRefused', 'vaultRoleMissing'];
  const at = `${row.action.split('/').at(-2)} ${row.scope.split('/').at(-1)}`;
  const others: Readonly<Record<string, readonly [string, string]>> = {
    'setSecret airflow-sp': ['rolledBack', 'vaultRoleMissing'],
    'update airflow-sp': ['rotatedPartly', 'rotationIncomplete'],
    'getSecret airflow-sp-pending': ['rolledBack', 'newCredentialUnproven'],
    'update airflow-sp-pending': ['rotated', 'vaultRoleMissing'],
  };
  return others[at] ?? ['refused', 'vaultRoleMissing'];
}

/** Carries out what the permission is for. */
async function runWithout(row: ScenarioPermission) {
  if (row.use === 'rotate') return rotate(cloud);
  if (row.use !== 'patterns') return enable(cloud, { name: 'fresh' });
  return requestRun(cloud.client, { action: 'enable', profile: 'default' });
}

describe('each permission taken away in turn', () => {
  it.each(LEAST_PRIVILEGE.map((row) => [nameOf(row), row] as const))('%s', async (_name, row) => {
    await start();
    if (row.use === 'rotate') await enable(cloud, { name: 'known' });
    await cloud.client.setPermission(row, false);
    const { outcome, rows } = await preflight();
    const { what, command: grant } = expected(row);
    const named = rows.find((one) => one.what === what && one.status === 'missing');

    expect(outcome).toBe('unprepared');
    expect(named?.remedy).toContain(grant);
    if (row.kind === 'role' && row.plane === 'data') expect(named?.remedy).toContain(row.scope);

    const end = endWithout(row);
    const run = await runWithout(row);
    if (end) {
      expect([run.outcome, run.problem?.code]).toEqual(end);
      expect(run.problem?.remedy).toBeTruthy();
    } else expect(run.outcome).toBe('enabled');
    await expectNoLeak(rows, run);

    await cloud.client.setPermission(row, true);
    // The app keeps its token for Microsoft Graph, and that says what was granted when it was issued.
    if (row.kind !== 'graph') expect((await preflight()).outcome).toBe('prepared');
  });
});

describe('what else the preflight finds', () => {
  it('says in a table what is missing, and ends with 1', async () => {
    await start();
    const [row] = LEAST_PRIVILEGE.filter(({ kind }) => kind === 'owner');
    if (row) await cloud.client.setPermission(row, false);
    const { code, out } = await command([]);
    const json = await command(['--json']);

    expect(code).toBe(1);
    expect(out).toMatch(
      /\nmissing {2}owner of the application .+\n +needed to .+\n +Nobody owns the application\.\n +→ az ad app owner add --id \S+ --owner-object-id [0-9a-f-]{36}\n/,
    );
    expect(faults((JSON.parse(json.out) as PreflightReport).rows)).toMatchObject([{ status: 'missing' }]);
  });

  it('no fault in a permission that is wider than it need be', async () => {
    await start();
    await cloud.client.setGraph({ principal: 'app', permission: 'Application.ReadWrite.All', grant: true });
    for (const row of LEAST_PRIVILEGE.filter(({ kind }) => kind !== 'role')) {
      await cloud.client.setPermission(row, false);
    }
    const { outcome, rows } = await preflight();

    expect(outcome).toBe('prepared');
    expect(rows.find(({ what }) => what === 'owner of the application')?.note).toContain('not needed');
  });

  it('a vault on access policies, a secret that is not there, a DAG that is not there', async () => {
    const login =
      'login: { kind: password, userName: admin, password: { vault: "https://airlock-ops.vault.azure.net", name: web } }';
    await start(
      rotationConfig().replace(
        '    credential: airflow-sp\n',
        `    credential: airflow-sp\n    access: { ${login} }\n`,
      ),
    );
    await cloud.client.setAccessModel('airlock-airflow', false);
    await grantOnSecret(cloud, 'airlock-ops', 'web');
    const { rows } = await preflight();
    const found = (what: string) => rows.find((row) => row.what === what && row.status !== 'ok');

    expect(found('roles decide on access')?.remedy).toContain('--enable-rbac-authorization true');
    // What a role would give counts only once the vault works with roles: the same for what is tried and what is not.
    for (const operation of ['getSecret', 'setSecret']) {
      expect(found(`${operation} airflow-variables-airlock-canary`)).toMatchObject({
        note: expect.stringContaining('Once it works with roles'),
        remedy: expect.stringContaining('az role assignment create'),
      });
    }
    expect(found('getSecret web')).toMatchObject({ status: 'missing', note: 'There is no such secret.' });

    await cloud.handle.stop();
    await start(rotationConfig());
    await cloud.client.createRuntime({ name: 'bare' });
    await cloud.client.setAirflow('bare', { dags: { airlock_check: { missing: true } } });
    await cloud.client.run({ maxSeconds: 3600 });
    expect((await preflight()).rows.find(({ what }) => what === 'DAG airlock_check')).toMatchObject({
      status: 'missing',
      where: 'adf-airlock/bare',
      remedy: expect.stringContaining('dags/airlock_check.py'),
    });
  });

  it('a firewall that keeps the app or the runtime out, by the address that the runtime tells', async () => {
    await start(rotationConfig());
    await cloud.client.createRuntime({
      name: 'placed',
      airflowProperties: { outboundIpAddress: '203.0.113.77' },
    });
    await cloud.client.run({ maxSeconds: 3600 });
    const firewall = async () =>
      (await preflight()).rows.find(({ what }) => what === 'firewall of airlock-airflow');
    expect(await firewall()).toBeUndefined();
    await cloud.client.setFirewall('airlock-airflow', [], ['198.51.100.0/24']);
    expect(await firewall()).toMatchObject({
      status: 'missing',
      remedy: 'az keyvault network-rule add --name airlock-airflow --ip-address 203.0.113.77',
    });
    await cloud.client.setFirewall('airlock-airflow', [], ['203.0.113.64/26']);
    expect(await firewall()).toMatchObject({ status: 'ok' });

    await cloud.client.setFirewall('airlock-ops', ['app']);
    const { outcome, rows } = await preflight();
    expect(outcome).toBe('unprepared');
    expect(rows.find(({ what }) => what === 'getSecret airflow-sp')?.note).toContain('firewall');
  });

  it('nothing at all where it cannot look: a wrong file, no identity, no factory', async () => {
    const elsewhere = rotationConfig().replace('factory: adf-airlock', 'factory: "nowhere-*"');
    await start(elsewhere);
    expect((await preflight()).rows.find(({ what }) => what === 'a data factory')).toMatchObject({
      status: 'missing',
    });
    expect((await command([], 'version: 2')).code).toBe(2);
    expect((await command(['--wrong'])).code).toBe(2);
    await cloud.client.addFault({ match: { service: 'identity' }, action: { kind: 'status', status: 400 } });
    const { code, err } = await command([]);
    expect([code, err]).toEqual([2, expect.stringContaining('managed identity')]);
  });
});
