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
} from '../../local/scenario/names.js';
import { routeOf as vaultRoute } from '../../local/services/keyVault/routes.js';
import { routeOf as managerRoute } from '../../local/services/resourceManager/routes.js';
import { enable, runtimeId, type TestCloud } from '../integration/app/harness.js';
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

const ACTIONS = new Map(
  REQUESTS.map(([method, path]) => {
    const url = new URL(path, 'https://service.example');
    const request = { method, url, host: url.host, headers: {}, body: Buffer.alloc(0) };
    const route = path.startsWith('/secrets') ? vaultRoute(request) : managerRoute(request);
    return [route?.operation ?? `${method} ${path}`, route?.action ?? ''];
  }),
);

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
    cloud = await fleet(['etl'], config);
    await cloud.client.setSecret(OPERATOR_VAULT, 'db-password', { value: 'password-of-the-db' });
    await cloud.client.setLifecycle({ masking: 'null' }, 'imported');
    await enable(
      cloud,
      { name: 'imported', airflowProperties: { airflowEnvironmentVariables: { DB_PASSWORD: 'x' } } },
      { dags: { airlock_check: { missing: true } } },
    );
    expect(await rotate(cloud)).toMatchObject({ outcome: 'rotated' });
    calls = await cloud.client.ledger({ caller: PRINCIPALS.app });
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

  it("on a minted credential's secret and its pending twin", () => {
    expect(needed(secrets(OPERATOR_VAULT, isCredential))).toEqual(granted('credentialKeeper'));
  });

  it('on the canary', () => {
    expect(needed(secrets(AIRFLOW_VAULT, () => true))).toEqual(granted('canaryKeeper'));
  });

  it('on secrets that a profile refers to', () => {
    expect(needed(secrets(OPERATOR_VAULT, (name) => !isCredential(name)))).toEqual(granted('secretReader'));
  });
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

  it('stand in the table of the README, with their operations', () => {
    const readme = readFileSync(projectFile('README.md'), 'utf8');
    for (const name of Object.keys(roles)) expect(readme).toContain(`custom \`${name}\``);
  });
});
