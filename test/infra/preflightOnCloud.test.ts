/** The app's preflight, with the identity that the templates made, on what they granted it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { EmulatedAzure } from '../../local/azure.js';
import type { LocalKernel } from '../../local/kernel/kernel.js';
import { type CertificateAuthority, openCertificateAuthority } from '../../local/net/ca.js';
import { projectFile } from '../../local/project.js';
import { type AzureServers, startAzureServers } from '../../local/servers.js';
import { beforeDeployment, OPERATOR_VAULT } from './beforeDeployment.js';
import { deploy } from './evaluate/deploy.js';
import { plain } from './evaluate/plain.js';
import type { Members } from './evaluate/values.js';

/** Airflow's principal, in the tenant of the example. */
const [, TENANT = '', AIRFLOW = ''] =
  /tenantId: (\S+)\n *clientId: (\S+)/.exec(readFileSync(projectFile('examples/airlock.yaml'), 'utf8')) ?? [];
const EXPIRY = '2027-11-01T00:00:00Z';

let folder: string;
let kernel: LocalKernel;
let azure: EmulatedAzure;
let ca: CertificateAuthority;
let servers: AzureServers;
/** Object id of Airflow's principal. */
let reader: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'airlock-preflight-'));
  ({ kernel, azure } = beforeDeployment('real', TENANT));
  azure.directory.addApplication({ tenantId: TENANT, clientId: AIRFLOW, displayName: 'airflow' });
  reader = azure.directory.principal(AIRFLOW)?.objectId ?? '';
  const key = azure.directory.addPassword(AIRFLOW, { displayName: 'airflow', endDateTime: EXPIRY });
  azure.keyVault.setSecret(OPERATOR_VAULT, 'airflow-sp', {
    value: key?.value ?? '',
    tags: { keyId: key?.keyId ?? '' },
    exp: Date.parse(EXPIRY) / 1000,
  });
  ca = openCertificateAuthority(join(folder, 'ca'));
  servers = await startAzureServers({ kernel, azure, ca, ports: { proxy: 0, identity: 0 }, log: () => {} });
});
afterEach(async () => {
  await servers.close();
  kernel.clock.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function deployed(over: Members = {}): Promise<Readonly<Record<string, string>>> {
  const airflowVaults = [
    {
      resourceGroup: 'rg-sales',
      name: 'contoso-airflow',
      readers: [reader],
      canaries: ['airflow-variables-airlock-canary'],
    },
  ];
  const resources = plain(deploy({ airflowVaults, ...over }, { AIRLOCK_SUBSCRIBE: 'false' }));
  const result = await azure.deployments.deploy('airlock', 'westeurope', resources);
  expect(result).toMatchObject({ status: 'Succeeded' });
  return azure.deployments.settingsOf(resources.find(({ type }) => type === 'Microsoft.Web/sites')?.id ?? '');
}

/** What the preflight prints with the settings that the app has: the last line first. */
async function preflight(settings: Readonly<Record<string, string>>): Promise<string[]> {
  const file = join(folder, 'airlock.yaml');
  writeFileSync(file, settings['AIRLOCK_CONFIG'] ?? '');
  const env = {
    ...process.env,
    ...settings,
    HTTPS_PROXY: servers.proxy,
    NO_PROXY: '127.0.0.1',
    NODE_EXTRA_CA_CERTS: ca.certificateFile,
    IDENTITY_ENDPOINT: servers.identityEndpoint,
    IDENTITY_HEADER: azure.identity.header,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [projectFile('build/preflight.js'), file], { env }, (_error, stdout, stderr) =>
      resolve(`${stdout}${stderr}`.trim().split('\n').reverse()),
    );
  });
}

it('misses nothing of what the example needs', async () => {
  const [sum, ...rows] = await preflight(await deployed());

  expect(sum).toMatch(/^\d+ ok, 0 missing\.$/);
  expect(rows.join('\n')).toMatch(/^ok +setSecret airflow-variables-airlock-canary/m);
});

it('sees nothing before the roles have taken effect, and everything then', async () => {
  azure.deployments.configure({ roleSeconds: 300 });
  const settings = await deployed();

  const [before] = await preflight(settings);
  await kernel.clock.advance(300_000);
  const [after] = await preflight(settings);

  expect(before).not.toMatch(/ 0 missing/);
  expect(after).toMatch(/ 0 missing/);
});

it.each([
  ['customTopic', false, [/events\/send\/action/]],
  [
    'operatorVaults',
    [{ resourceGroup: 'rg-sales', name: 'contoso-ops', minted: [], external: [], referenced: [] }],
    [/getSecret airflow-sp/, /readMetadata airflow-sp/],
  ],
])('names what the templates do not grant with other values of %s', async (name, value, missing) => {
  const rows = await preflight(await deployed({ [name]: value }));

  expect(rows.filter((row) => row.startsWith('missing')).sort()).toEqual(
    missing.map((pattern) => expect.stringMatching(pattern)),
  );
});
