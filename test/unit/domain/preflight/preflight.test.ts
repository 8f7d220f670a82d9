import { describe, expect, it } from 'vitest';
import { checkConfiguration } from '../../../../src/config/load.js';
import { letsIn } from '../../../../src/domain/preflight/addresses.js';
import {
  grantControl,
  grantGraph,
  grantOnSecret,
  grantOwnership,
} from '../../../../src/domain/preflight/grants.js';
import { secretNeeds } from '../../../../src/domain/preflight/needs.js';
import {
  formatReport,
  outcomeOf,
  type PreflightRow,
  rowOfFailure,
} from '../../../../src/domain/preflight/report.js';
import { permits, type RolePermissions } from '../../../../src/domain/preflight/rolePermissions.js';
import type { JsonObject } from '../../../../src/domain/values/json.js';
import { outboundAddresses } from '../../../../src/runtimes/data-factory/addresses.js';
import { factoryNeeds, listingNeed } from '../../../../src/runtimes/data-factory/needs.js';

const NONE: RolePermissions = { actions: [], notActions: [], dataActions: [], notDataActions: [] };
const WRITE = 'Microsoft.DataFactory/factories/integrationRuntimes/write';

describe('what roles allow', () => {
  it.each([
    ['the operation itself, in another spelling', [{ ...NONE, actions: [WRITE.toLowerCase()] }], true],
    ['a pattern', [{ ...NONE, actions: ['Microsoft.DataFactory/*'] }], true],
    ['a pattern for something else', [{ ...NONE, actions: ['*/read'] }], false],
    ['the operation of the other plane', [{ ...NONE, dataActions: ['*'] }], false],
    ['what the same role excludes', [{ ...NONE, actions: ['*'], notActions: ['*/write'] }], false],
    [
      'what another role excludes',
      [
        { ...NONE, actions: ['*'], notActions: ['*/write'] },
        { ...NONE, actions: [WRITE] },
      ],
      true,
    ],
    ['nothing', [], false],
    ['a dot for any letter', [{ ...NONE, actions: [WRITE.replace('.', 'x')] }], false],
  ] as const)('%s', (_what, held, allowed) => {
    expect(permits(held, 'control', WRITE)).toBe(allowed);
  });

  it('knows data actions and their exclusions', () => {
    const held = [
      {
        ...NONE,
        dataActions: ['Microsoft.KeyVault/vaults/secrets/*'],
        notDataActions: ['*/setSecret/action'],
      },
    ];
    expect(permits(held, 'data', 'Microsoft.KeyVault/vaults/secrets/getSecret/action')).toBe(true);
    expect(permits(held, 'data', 'Microsoft.KeyVault/vaults/secrets/setSecret/action')).toBe(false);
  });
});

const configured = (more: string, rotation = '') => {
  const checked = checkConfiguration(
    `version: 1
credentials:
  sp:
    tenantId: 7e2f4c1a-90b3-4d58-8a6e-1f0c5d9b2e31
    clientId: e1d40f7b-6a28-49c5-b7f3-08c5a2d91e64
    secret: { vault: "https://ops-one.vault.azure.net", name: sp }
${rotation}
profiles:
  - name: sales
    runtimes: [{ subscription: 3c8d1b6e-52fa-4e07-9b14-d6a0c7e8f215, resourceGroup: rg, factory: "adf-*" }]
    vault: https://air-one.vault.azure.net
    credential: sp
${more}
`,
    'test.yaml',
  );
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.configuration;
};

describe('what a configuration needs', () => {
  const words = (configuration: ReturnType<typeof configured>) =>
    secretNeeds(configuration).map(({ operation, secret }) => `${operation} ${secret.name}`);

  it('is less where somebody else writes the credential', () => {
    expect(words(configured(''))).toEqual([
      'getSecret sp',
      'readMetadata sp',
      'getSecret airflow-variables-airlock-canary',
      'setSecret airflow-variables-airlock-canary',
    ]);
    expect(words(configured('', '    rotation: { strategy: graph }'))).toHaveLength(10);
  });

  it('grows with each secret that a profile refers to, each once', () => {
    const needs = words(
      configured(`    access:
      proof: { kind: dag, dagId: tutorial }
      login: { kind: password, userName: a, password: { vault: "https://ops-one.vault.azure.net", name: web } }
    writeOnly:
      webServerPassword: { vault: "https://ops-one.vault.azure.net", name: web }
      gitCredential: { vault: "https://ops-one.vault.azure.net", name: git }
      variables: { DB: { vault: "https://ops-one.vault.azure.net", name: db } }`),
    );
    expect(needs).toEqual([
      'getSecret sp',
      'readMetadata sp',
      'getSecret web',
      'getSecret git',
      'getSecret db',
    ]);
  });

  it('lists factories only where a pattern does not name one in full', () => {
    const pattern = { subscription: 's', resourceGroup: 'rg', factory: 'adf', name: '*' };
    expect(listingNeed(pattern)).toBeUndefined();
    expect(listingNeed({ ...pattern, factory: 'adf-*' })?.scope).toBe('/subscriptions/s/resourceGroups/rg');
    expect(listingNeed({ ...pattern, resourceGroup: '*' })?.scope).toBe('/subscriptions/s');
  });

  it('imports DAGs only where a profile says so', () => {
    const importing = configured('    access: { importDags: { linkedService: blob, folderPath: dags } }');
    expect(factoryNeeds('/f', configured('').profiles)).toHaveLength(2);
    expect(factoryNeeds('/f', importing.profiles).map(({ action }) => action)).toContain(
      'Microsoft.DataFactory/factories/airflow/sync/action',
    );
  });
});

describe('commands', () => {
  const app = { objectId: '0b1ec7', person: false };

  it('grant exactly the operation, exactly there', () => {
    expect(
      grantControl({ action: WRITE, scope: '/subscriptions/s/resourceGroups/rg/providers/x/adf' }, app),
    ).toBe(
      `az role definition create --role-definition '{"Name":"Airlock integrationRuntimes write on adf","Actions":["${WRITE}"],"AssignableScopes":["/subscriptions/s/resourceGroups/rg"]}'; az role assignment create --role "Airlock integrationRuntimes write on adf" --assignee-object-id 0b1ec7 --assignee-principal-type ServicePrincipal --scope "/subscriptions/s/resourceGroups/rg/providers/x/adf"`,
    );
    expect(grantOnSecret('getSecret', '/v/secrets/x', { ...app, person: true })).toBe(
      'az role assignment create --role "Key Vault Secrets User" --assignee-object-id 0b1ec7 --assignee-principal-type User --scope "/v/secrets/x"',
    );
  });

  it('leave a place for an object id that is not known', () => {
    const unknown = { person: false };
    expect(grantOwnership('app', unknown)).toContain("<object id of the app's identity>");
    expect(grantGraph(unknown, 'https://graph.microsoft.us')).toMatch(
      /^az rest --method POST --uri https:\/\/graph\.microsoft\.us\/v1\.0\/servicePrincipals\/</,
    );
  });
});

describe('the outbound addresses of a runtime', () => {
  const body = (airflowProperties: JsonObject) => ({ properties: { typeProperties: { airflowProperties } } });

  it.each([
    ['one by name', { outboundIpAddress: '203.0.113.7' }, ['203.0.113.7']],
    ['several', { publicIPs: ['203.0.113.7', '203.0.113.8'] }, ['203.0.113.7', '203.0.113.8']],
    ["somebody's own setting", { airflowEnvironmentVariables: { DB_IP: '10.0.0.1' } }, []],
    ['another name', { airflowVersion: '2.6.3.1', scripts: '1.2.3.4' }, []],
    ['no address', { ipAddress: 'pending' }, []],
  ])('%s', (_what, properties, addresses) => {
    expect(outboundAddresses(body(properties))).toEqual(addresses);
  });

  it.each([
    ['198.51.100.7', true],
    ['203.0.113.130', true],
    ['203.0.113.127', false],
    ['198.51.100.8', false],
  ])('are let in by rules: %s %s', (address, isIn) => {
    const network = {
      closed: false,
      filtered: true,
      ranges: ['198.51.100.7', '203.0.113.128/25', 'nonsense'],
    };
    expect(letsIn(network, address)).toBe(isIn);
    expect(letsIn({ ...network, filtered: false }, address)).toBe(true);
    expect(letsIn({ ...network, closed: true }, address)).toBe(false);
  });
});

describe('the report', () => {
  const row = { what: 'w', where: '/subscriptions/s/adf', why: 'live' };
  const rows: PreflightRow[] = [
    { ...row, status: 'ok' },
    { ...row, what: 'longer', status: 'missing', note: 'Not there.', remedy: 'az …' },
    rowOfFailure(row, { kind: 'retry', message: 'throttled' }),
    rowOfFailure(row, { kind: 'refused', problem: { code: 'vaultRefused', message: 'No.', remedy: 'Do.' } }),
  ];

  it('is a table with what fixes each row', () => {
    expect(formatReport({ identity: 'object id o', rows })).toBe(
      [
        'identity object id o',
        'ok       w       adf',
        'missing  longer  adf',
        '         needed to live',
        '         Not there.',
        '         → az …',
        'unknown  w       adf',
        '         needed to live',
        '         throttled; look again later',
        'missing  w       adf',
        '         needed to live',
        '         No.',
        '         → Do.',
        '1 ok, 2 missing, 1 not seen from here.',
      ].join('\n'),
    );
  });

  it('takes what is not seen for no fault', () => {
    expect(outcomeOf(rows)).toBe('unprepared');
    expect(outcomeOf(rows.filter(({ status }) => status !== 'missing'))).toBe('prepared');
  });
});
