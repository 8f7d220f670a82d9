import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { LedgerEntry } from '../../local/kernel/types.js';
import { projectFile } from '../../local/project.js';
import {
  AIRFLOW_VAULT,
  CREDENTIAL_SECRET,
  FACTORY_ID,
  OPERATOR_VAULT,
  PRINCIPALS,
  SUBSCRIPTION_ID,
  TOPIC_ID,
  vaultId,
} from '../../local/sample/names.js';
import { LEAST_PRIVILEGE, type ScenarioPermission } from '../../local/sample/permissions.js';
import { routeOf as vaultRoute } from '../../local/services/keyVault/routes.js';
import { routeOf as managerRoute } from '../../local/services/resourceManager/routes.js';
import { grantOnSecret } from '../grantOnSecret.js';
import { enable, requestRun, runtimeId, type TestCloud } from '../integration/app/harness.js';
import { fleet, rotate, rotationConfig } from '../integration/app/rotationHarness.js';
import { declared, readBicep } from './bicep.js';

const ROLES = z.record(
  z.string(),
  z.strictObject({
    description: z.string().min(10),
    actions: z.array(z.string()),
    dataActions: z.array(z.string()),
  }),
);
const roles = ROLES.parse(JSON.parse(readFileSync(projectFile('infra/roles.json'), 'utf8')));

/** Requests that stand for the operations of the ledger: what each needs is the emulated service's own table. */
const REQUESTS: readonly (readonly [method: string, url: string])[] = [
  ['GET', `${SUBSCRIPTION_ID}/providers/Microsoft.DataFactory/factories`],
  ['GET', `${FACTORY_ID.replace(/\/[^/]+$/, '')}`],
  ['GET', FACTORY_ID],
  ['GET', `${FACTORY_ID}/integrationRuntimes`],
  ['GET', runtimeId('etl')],
  ['PUT', runtimeId('etl')],
  ['DELETE', runtimeId('etl')],
  ['POST', `${FACTORY_ID}/airflow/sync`],
  ['GET', '/secrets'],
  ['GET', '/secrets/a'],
  ['PUT', '/secrets/a'],
  ['PATCH', '/secrets/a/1'],
  ['DELETE', '/secrets/a'],
  ['GET', '/secrets/a/versions'],
];

const ACTIONS = new Map([
  // What the look-ups need, they check themselves; a list of resources shows what may be read.
  ['permissions.list', 'Microsoft.Authorization/permissions/read'],
  ['vaults.get', 'Microsoft.KeyVault/vaults/read'],
  ...REQUESTS.map(([method, path]) => {
    const url = new URL(path, 'https://service.example');
    const request = { method, url, host: url.host, headers: {}, body: Buffer.alloc(0) };
    const route = path.startsWith('/secrets') ? vaultRoute(request) : managerRoute(request);
    return [route?.operation ?? `${method} ${path}`, route?.action ?? ''] as const;
  }),
]);

/** What these calls need, as roles name it, each once. */
function needed(calls: readonly LedgerEntry[]): string[] {
  const actions = calls.map(({ operation }) => ACTIONS.get(operation) ?? `unknown: ${operation}`);
  return [...new Set(actions.map((action) => action.toLowerCase()))].sort();
}

function granted(role: string): string[] {
  const { actions = [], dataActions = [] } = roles[role] ?? {};
  return [...actions, ...dataActions].map((action) => action.toLowerCase()).sort();
}

const ACCESS = `    access:
      importDags: { linkedService: AzureBlobStorage1, folderPath: airflow/dags }
    writeOnly:
      variables: { DB_PASSWORD: { vault: "https://${OPERATOR_VAULT}.vault.azure.net", name: db-password } }
`;

describe('the operations of the custom roles are those that the app calls', () => {
  let cloud: TestCloud;
  let calls: LedgerEntry[];
  /** What the preflight called. */
  let looks: LedgerEntry[];

  const secrets = (vault: string, isOne: (name: string) => boolean) =>
    calls.filter(({ service, subject = '' }) => {
      const [, host = '', name = ''] = /^https:\/\/([^./]+)[^/]*\/secrets\/([^/]+)/.exec(subject) ?? [];
      return service === 'vault' && host === vault && isOne(name);
    });
  const isCredential = (name: string) =>
    name === CREDENTIAL_SECRET || name === `${CREDENTIAL_SECRET}-pending`;

  beforeAll(async () => {
    const config = rotationConfig().replace(
      '    credential: airflow-sp\n',
      `    credential: airflow-sp\n${ACCESS}`,
    );
    cloud = await fleet([], config);
    await cloud.client.setSecret(OPERATOR_VAULT, 'db-password', { value: 'password-of-the-db' });
    await grantOnSecret(cloud, OPERATOR_VAULT, 'db-password');
    expect((await enable(cloud, { name: 'etl' })).outcome).toBe('enabled');
    await cloud.client.setLifecycle({ masking: 'null' }, 'imported');
    await enable(
      cloud,
      { name: 'imported', airflowProperties: { airflowEnvironmentVariables: { DB_PASSWORD: 'x' } } },
      { dags: { airlock_check: { missing: true } } },
    );
    expect(await rotate(cloud)).toMatchObject({ outcome: 'rotated' });
    calls = await cloud.client.ledger({ caller: PRINCIPALS.app });
    const since = calls.at(-1)?.n ?? 0;
    await requestRun(cloud.client, { action: 'preflight' });
    looks = await cloud.client.ledger({ caller: PRINCIPALS.app, since });
  });
  afterAll(async () => {
    await cloud.handle.stop();
  });

  it('of Resource Manager, for enabling, rotating and looking for carriers', () => {
    const made = calls.filter(({ service, operation }) => service === 'arm' && operation !== 'airflow.sync');

    expect(needed(made)).toEqual(granted('runtimeOperator'));
  });

  it('of Resource Manager, for importing DAGs', () => {
    const made = calls.filter(({ operation }) => operation === 'airflow.sync');

    expect(needed(made)).toEqual(granted('dagImporter'));
  });

  it('of Resource Manager, for what the preflight alone looks at', () => {
    // These two refuse nothing: they show what the caller may see.
    const lists = ['subscriptions.list', 'resources.list'];
    const made = looks.filter(({ service, operation }) => service === 'arm' && !lists.includes(operation));
    const also = granted('runtimeOperator');

    expect(needed(made).filter((action) => !also.includes(action))).toEqual(granted('preflightReader'));
  });

  it("on a minted credential's secret and its pending secret", () => {
    expect(needed(secrets(OPERATOR_VAULT, isCredential))).toEqual(granted('credentialKeeper'));
  });

  it('on the canary', () => {
    expect(needed(secrets(AIRFLOW_VAULT, () => true))).toEqual(granted('canaryKeeper'));
  });

  it('on secrets that a profile refers to', () => {
    expect(needed(secrets(OPERATOR_VAULT, (name) => !isCredential(name)))).toEqual(granted('secretReader'));
  });
});

/** The role of the documented table that has a row of the local cloud's. */
function roleOf(row: ScenarioPermission): string {
  if (row.kind !== 'role') return 'Microsoft Graph';
  if (row.principal === PRINCIPALS.airflow) return 'Key Vault Secrets User';
  if (row.scope === TOPIC_ID) return 'EventGrid Data Sender';
  if (row.scope.startsWith(`${vaultId(AIRFLOW_VAULT)}/secrets/`)) return 'canaryKeeper';
  if (row.scope.startsWith(`${vaultId(OPERATOR_VAULT)}/secrets/`)) return 'credentialKeeper';
  if (row.use === 'preflight') return 'preflightReader';
  return row.use === 'importDags' ? 'dagImporter' : 'runtimeOperator';
}

describe('the local cloud', () => {
  it.each(['runtimeOperator', 'dagImporter', 'credentialKeeper', 'canaryKeeper', 'preflightReader'])(
    'grants the app what the custom role %s holds, and no more',
    (role) => {
      const rows = LEAST_PRIVILEGE.filter((row) => roleOf(row) === role);
      const actions = rows.map((row) => (row.kind === 'role' ? row.action.toLowerCase() : ''));

      expect([...new Set(actions)].sort()).toEqual(granted(role));
    },
  );
});

describe('the custom roles', () => {
  it('have no wildcard', () => {
    expect(JSON.stringify(roles)).not.toContain('*');
  });

  it('are given out by the template under their names', () => {
    expect([...declared(readBicep('modules/roleDefinitions.bicep'), 'output').keys()].sort()).toEqual(
      Object.keys(roles).sort(),
    );
  });

  it('stand in the table of docs/security.md, with their operations', () => {
    const page = readFileSync(projectFile('docs', 'security.md'), 'utf8');
    const words = new Map([
      ['getSecret', 'get'],
      ['setSecret', 'set'],
      ['readMetadata', 'list versions'],
      ['update', 'update'],
    ]);
    for (const [name, { actions, dataActions }] of Object.entries(roles)) {
      const [, cell = ''] = new RegExp(`\\| custom \`${name}\`: ([^|;]+)`).exec(page) ?? [];
      const told = cell.trim().replaceAll('`', '').split(', ');
      const held = [
        ...actions.map((action) => action.split('/').at(-1)),
        ...dataActions.map((action) => words.get(action.split('/').at(-2) ?? '')),
      ];

      expect(told.map((one) => one.split('/').at(-1)).sort(), name).toEqual(held.sort());
    }
  });

  it.each(Object.keys(roles))('%s is assigned by the templates', (name) => {
    const { text } = readBicep('access.bicep');

    expect(text).toContain(`roles.outputs.${name}`);
  });
});
