import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { projectFile } from '../../local/project.js';
import { checkConfiguration } from '../../src/config/load.js';
import { dataActionOf, secretNeeds } from '../../src/domain/preflight/needs.js';
import { factoryNeeds, listingNeed } from '../../src/runtimes/data-factory/needs.js';
import { namesOf } from '../../src/runtimes/data-factory/pattern.js';
import { type Deployed, deploy } from './evaluate/deploy.js';

/** https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
const BUILT_IN = new Map([
  ['b24988ac-6180-42a0-ab88-20f7382dd24c', 'Contributor'],
  ['673868aa-7521-48a0-acc6-0f60742d39f5', 'Data Factory Contributor'],
  ['0ad04412-c4d5-4796-b79c-f76d14c8d402', 'Durable Task Data Contributor'],
  ['d5a91429-5739-47e2-a06b-3470a27159e7', 'EventGrid Data Sender'],
  ['4633458b-17de-408a-b874-0445c86b69e6', 'Key Vault Secrets User'],
  ['3913510d-42f4-4e42-8a64-420c390055eb', 'Monitoring Metrics Publisher'],
  ['ba92f5b4-2d11-453d-a403-e96b0029c9fe', 'Storage Blob Data Contributor'],
  ['b7e6dc6d-f1e8-4753-8033-0f276bb0955b', 'Storage Blob Data Owner'],
  ['974c5e8b-45b9-4653-ba55-5f855dd0fb88', 'Storage Queue Data Contributor'],
  ['c6a89b2d-59bc-44d0-9896-0f6e12d7b80a', 'Storage Queue Data Message Sender'],
  ['2a2b9908-6ea1-4ae2-8e65-a410df84e7d1', 'Storage Blob Data Reader'],
  ['19e7f393-937e-4f77-808e-94535e297925', 'Storage Queue Data Reader'],
  ['0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3', 'Storage Table Data Contributor'],
]);

const ASSIGNMENT = z.object({
  properties: z.object({ principalId: z.unknown(), roleDefinitionId: z.string() }),
});
const DEFINITION = z.object({
  properties: z.object({
    roleName: z.string(),
    permissions: z.tuple([z.object({ actions: z.array(z.string()), dataActions: z.array(z.string()) })]),
  }),
});

/** What the templates make is told apart by its name, everybody else by the object id. */
function nameOf(principal: string): string {
  if (!principal.startsWith('<')) return principal;
  const [found, part] =
    /^<id-airlock-(?:(events|airflow)-)?\w+\.properties\.principalId>$/.exec(principal) ?? [];
  if (found === undefined) throw new Error(`${principal} is no object id.`);
  return part ?? 'app';
}

/** Who holds which role on what, a line each: the app, Event Grid's delivery, Airflow's web server, or an object id. */
function access(deployed: readonly Deployed[]): string[] {
  const custom = new Map(
    deployed
      .filter(({ type }) => type === 'Microsoft.Authorization/roleDefinitions')
      .map(({ name, body }) => {
        const [, role = ''] =
          /^Airlock (\w+) \(prod \w+\)$/.exec(DEFINITION.parse(body).properties.roleName) ?? [];
        return [name, role];
      }),
  );
  return deployed
    .filter(({ type }) => type === 'Microsoft.Authorization/roleAssignments')
    .map(({ scope, body }) => {
      const { properties } = ASSIGNMENT.parse(body);
      const who = nameOf(String(properties.principalId));
      const role = properties.roleDefinitionId.split('/').at(-1) ?? '';
      const place = scope
        .replace(/^.*\/(?=resourceGroups|providers\/Microsoft)/, '')
        .replace(/^providers\/Microsoft\./, '');
      return `${who}: ${BUILT_IN.get(role) ?? custom.get(role) ?? role} on ${place.replace(/[a-z2-7]{13}$/, '…')}`;
    })
    .sort();
}

const OF_EVERY_DEPLOYMENT = [
  'app: EventGrid Data Sender on EventGrid/topics/evgt-airlock-…',
  'app: Monitoring Metrics Publisher on Insights/components/appi-airlock-…',
  'app: Storage Blob Data Owner on Storage/storageAccounts/st…',
  'app: Storage Queue Data Contributor on Storage/storageAccounts/st…',
  'app: Storage Table Data Contributor on Storage/storageAccounts/st…',
];
/** On the account, where Event Grid looks for them; nothing else is in there. */
const OF_EVENTS = [
  'events: Storage Blob Data Contributor on Storage/storageAccounts/stevents…',
  'events: Storage Queue Data Message Sender on Storage/storageAccounts/stevents…',
];

/** What is given in the operator's own groups. */
const inYours = (lines: readonly string[]) =>
  lines.filter((line) => !OF_EVERY_DEPLOYMENT.includes(line) && !line.startsWith('events: '));

const DELIVERING = z.object({
  properties: z.object({
    deliveryWithResourceIdentity: z
      .object({
        identity: z.object({ userAssignedIdentity: z.string() }),
        destination: z.object({ properties: z.object({ resourceId: z.string() }) }),
      })
      .optional(),
    deadLetterWithResourceIdentity: z.object({
      identity: z.object({ userAssignedIdentity: z.string() }),
      deadLetterDestination: z.object({ properties: z.object({ resourceId: z.string() }) }),
    }),
  }),
});

/** The roles that Event Grid wants its identity to hold, before it takes a subscription. */
function destinationsOf(body: unknown): string[] {
  const { deliveryWithResourceIdentity: delivery, deadLetterWithResourceIdentity: deadLetter } =
    DELIVERING.parse(body).properties;
  const line = (identity: string, role: string, account: string) =>
    `${nameOf(`<${identity.split('/').at(-1)}.properties.principalId>`)}: ${role} on ${account.replace(/^.*\/providers\/Microsoft\./, '').replace(/[a-z2-7]{13}$/, '…')}`;
  return [
    ...(delivery === undefined
      ? []
      : [
          line(
            delivery.identity.userAssignedIdentity,
            'Storage Queue Data Message Sender',
            delivery.destination.properties.resourceId,
          ),
        ]),
    line(
      deadLetter.identity.userAssignedIdentity,
      'Storage Blob Data Contributor',
      deadLetter.deadLetterDestination.properties.resourceId,
    ),
  ];
}

const READER = '00000000-0000-0000-0000-000000000000';
const VAULT = { resourceGroup: 'rg-sales', name: 'contoso-ops', minted: [], external: [], referenced: [] };

describe('who holds which role on what', () => {
  it('with the values of main.bicepparam', () => {
    const held = access(deploy());

    expect(inYours(held)).toEqual([
      `${READER}: Key Vault Secrets User on KeyVault/vaults/contoso-airflow`,
      'app: Contributor on DataFactory/factories/adf-sales',
      'app: Key Vault Secrets User on KeyVault/vaults/contoso-ops/secrets/airflow-sp',
      'app: canaryKeeper on KeyVault/vaults/contoso-airflow/secrets/airflow-variables-airlock-canary',
      'app: preflightReader on DataFactory/factories/adf-sales',
      'app: preflightReader on KeyVault/vaults/contoso-airflow',
      'app: preflightReader on KeyVault/vaults/contoso-ops',
      'app: runtimeOperator on DataFactory/factories/adf-sales',
    ]);
    expect(held).toEqual(expect.arrayContaining(OF_EVERY_DEPLOYMENT));
    expect(held.filter((line) => line.startsWith('events: '))).toEqual(OF_EVENTS);
    expect(held.filter((line) => line.includes('storageAccounts'))).toHaveLength(5);
  });

  it('on what was put aside, where a group of operators is named', () => {
    const group = '99999999-9999-9999-9999-999999999999';
    const held = access(deploy({ operatorsGroupId: group }));

    expect(held.filter((line) => line.startsWith(group))).toEqual([
      `${group}: Storage Blob Data Reader on Storage/storageAccounts/stevents…`,
      `${group}: Storage Queue Data Reader on Storage/storageAccounts/stevents…`,
    ]);
  });

  it('is what Event Grid looks for on every account that it delivers to', () => {
    const deployed = deploy({ alertEmails: ['ops@contoso.example'] });
    const held = new Set(access(deployed));
    const wanted = deployed
      .filter(({ type }) => type.endsWith('/eventSubscriptions'))
      .flatMap(({ body }) => destinationsOf(body));

    expect(wanted.length).toBe(8);
    for (const line of wanted) expect([...held]).toContain(line);
  });

  it('on whole groups where profiles match factories by pattern, and no wide role there', () => {
    const held = access(
      deploy({ factories: [{ resourceGroup: 'rg-sales' }], dagImports: 'dataFactoryContributor' }),
    );

    expect(held.filter((line) => line.endsWith('rg-sales'))).toEqual([
      'app: preflightReader on resourceGroups/rg-sales',
      'app: runtimeOperator on resourceGroups/rg-sales',
    ]);
    expect(held.filter((line) => line.includes('DataFactory'))).toEqual([]);
  });

  it.each([
    [{ airflowLogin: 'nobody' }, []],
    [{ airflowLogin: 'ownIdentity' }, ['airflow: Contributor']],
    [{ airflowLogin: 'nobody', dagImports: 'customRole' }, ['app: dagImporter']],
    [{ airflowLogin: 'nobody', dagImports: 'dataFactoryContributor' }, ['app: Data Factory Contributor']],
  ])('on a factory with %j', (over, more) => {
    const on = ' on DataFactory/factories/adf-sales';
    const held = access(deploy({ ...over, preflightAccess: false })).filter((line) => line.endsWith(on));

    expect(held).toEqual([...more, 'app: runtimeOperator'].map((line) => line + on).sort());
  });

  it('on secrets, by what each is for', () => {
    const vault = { ...VAULT, minted: ['m'], external: ['e'], referenced: ['r'] };
    const held = access(deploy({ operatorVaults: [vault], preflightAccess: false }));

    expect(held.filter((line) => line.includes('contoso-ops'))).toEqual([
      'app: Key Vault Secrets User on KeyVault/vaults/contoso-ops/secrets/e',
      'app: credentialKeeper on KeyVault/vaults/contoso-ops/secrets/m',
      'app: credentialKeeper on KeyVault/vaults/contoso-ops/secrets/m-pending',
      'app: secretReader on KeyVault/vaults/contoso-ops/secrets/r',
    ]);
  });

  it.each([
    [{ minted: ['m'], external: ['e'] }, 'credentialKeeper'],
    [{ external: ['e'], referenced: ['r'] }, 'Key Vault Secrets User'],
    [{ referenced: ['r'] }, 'secretReader'],
  ])('on the vaults without roles on secrets: %j', (names, role) => {
    const over = { operatorVaults: [{ ...VAULT, ...names }], rolesOnSecrets: false, preflightAccess: false };
    const held = access(deploy(over)).filter((line) => line.includes('KeyVault'));

    expect(held).toEqual(
      [
        `${READER}: Key Vault Secrets User on KeyVault/vaults/contoso-airflow`,
        'app: canaryKeeper on KeyVault/vaults/contoso-airflow',
        `app: ${role} on KeyVault/vaults/contoso-ops`,
      ].sort(),
    );
  });

  it('on the task hub, where the scheduler is the durable back end', () => {
    const held = access(deploy({ durableBackEnd: 'DurableTaskScheduler' }));

    expect(held).toContainEqual(
      expect.stringMatching(
        /^app: Durable Task Data Contributor on DurableTask\/schedulers\/dts-airlock-\w+\/taskHubs\/airlock$/,
      ),
    );
  });
});

/** https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/security#key-vault-secrets-user */
const SECRETS_USER = ['getSecret', 'readMetadata'].map((operation) =>
  `microsoft.keyvault/vaults/secrets/${operation}/action`.toLowerCase(),
);

/** Whether the app holds a role that allows the operation there or above. */
function mayDo(deployed: readonly Deployed[], operation: string, where: string): boolean {
  const operations = new Map(
    deployed
      .filter(({ type }) => type === 'Microsoft.Authorization/roleDefinitions')
      .map(({ name, body }) => {
        const [{ actions, dataActions }] = DEFINITION.parse(body).properties.permissions;
        return [name, [...actions, ...dataActions].map((one) => one.toLowerCase())];
      }),
  );
  return deployed
    .filter(({ type }) => type === 'Microsoft.Authorization/roleAssignments')
    .some(({ scope, body }) => {
      const { principalId, roleDefinitionId } = ASSIGNMENT.parse(body).properties;
      const id = roleDefinitionId.split('/').at(-1) ?? '';
      const allowed =
        BUILT_IN.get(id) === 'Key Vault Secrets User' ? SECRETS_USER : (operations.get(id) ?? []);
      const isThere = `${where}/`.toLowerCase().startsWith(`${scope}/`.toLowerCase());
      return isThere && nameOf(String(principalId)) === 'app' && allowed.includes(operation.toLowerCase());
    });
}

describe('what the app needs, as its preflight looks for it, the templates give', () => {
  const example = readFileSync(projectFile('examples/airlock.yaml'), 'utf8');
  const graph = example.replace('# rotation: {', 'rotation: {');
  const imports = example.replaceAll(/^( {6})# (importDags| {2}\w+):/gm, '$1$2:');
  const pattern = example.replace('factory: adf-sales ', 'factory: adf-sales-* ');

  it.each([
    ['the example with main.bicepparam as it is', example, {}],
    ['rotation graph', graph, { operatorVaults: [{ ...VAULT, minted: ['airflow-sp'] }] }],
    ['DAG imports', imports, { dagImports: 'customRole' }],
    ['a pattern of factories', pattern, { factories: [{ resourceGroup: 'rg-sales' }] }],
    [
      'roles on vaults',
      graph,
      { operatorVaults: [{ ...VAULT, minted: ['airflow-sp'] }], rolesOnSecrets: false },
    ],
  ])('%s', (_name, text, over) => {
    const checked = checkConfiguration(text, 'airlock.yaml');
    if (!checked.ok) throw new Error(checked.problems.map(({ message }) => message).join());
    const { configuration } = checked;
    const deployed = deploy(over);
    const patterns = configuration.profiles.flatMap(({ runtimes }) => runtimes.map(namesOf));
    const [{ subscription, resourceGroup } = never()] = patterns;
    const group = `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`;
    const factory = `${group}/providers/Microsoft.DataFactory/factories/adf-sales`;
    const control = [
      ...patterns.flatMap((one) => listingNeed(one) ?? []),
      ...factoryNeeds(factory, configuration.profiles),
      { action: 'Microsoft.Authorization/permissions/read', scope: factory },
    ].map(({ action, scope }) => [action, scope] as const);
    const data = secretNeeds(configuration).map(({ secret, operation }) => {
      const vault = new URL(secret.vault).hostname.split('.')[0];
      const id = `${group}/providers/Microsoft.KeyVault/vaults/${vault}/secrets/${secret.name}`;
      return [dataActionOf(operation), id] as const;
    });

    expect(text === example).toBe(_name.startsWith('the example'));
    expect([...control, ...data].filter(([operation, where]) => !mayDo(deployed, operation, where))).toEqual(
      [],
    );
  });
});

function never(): never {
  throw new Error('The example has no runtimes.');
}
