import { describe, expect, it } from 'vitest';
import {
  DEPRECATED_PROPERTIES,
  DEPRECATED_SETTINGS,
  REFUSED_PROPERTIES,
  REFUSED_SETTINGS,
} from '../../../../local/services/resourceManager/deployments/flexConsumption.js';
import type { TemplateResource } from '../../../../local/services/resourceManager/deployments/types.js';
import {
  type Cloud,
  createCloud,
  FACTORY_ID,
  GROUP_ID,
  SUBSCRIPTION,
  VAULT_HOST,
  VAULT_ID,
} from '../cloud.js';
import {
  ACCOUNT,
  APP,
  app,
  assignment,
  BLOB_CONTRIBUTOR,
  CONTAINER,
  CUSTOM_ROLE,
  causeIn,
  customRole,
  DEAD_LETTERS,
  deploy,
  EVENTS_PRINCIPAL,
  GROUND,
  IDENTITY,
  LOCATION,
  MESSAGE_SENDER,
  OWN_GROUP,
  PRINCIPAL,
  QUEUE,
  resource,
  SECRETS_USER,
  SITE,
  SYSTEM_TOPIC,
  settings,
  subscription,
  systemTopic,
  TO_QUEUE,
  TOPIC,
  toFunction,
  VAULT_TOPIC,
} from './template.js';

interface Row {
  readonly code: string;
  /** Taken before, besides `GROUND`. */
  readonly first?: readonly TemplateResource[];
  /** The last one is refused. */
  readonly wrong: readonly TemplateResource[];
  /** What happens between the two. */
  readonly between?: (cloud: Cloud) => void;
  /** Taken afterwards. */
  readonly right: readonly TemplateResource[];
}

const SECRET = `${VAULT_ID}/secrets/airflow-sp`;
const NOBODY = '00000000-0000-4000-8000-000000000000';
const toQueue = (name: string, ...counts: number[]) =>
  subscription(TOPIC, {
    destination: { endpointType: 'StorageQueue', properties: { resourceId: ACCOUNT, queueName: name } },
    filter: { advancedFilters: counts.map((n) => ({ values: Array.from({ length: n }, (_, i) => i) })) },
  });
const deadLetters = subscription(TOPIC, { deadLetterWithResourceIdentity: DEAD_LETTERS });
const queued = subscription(TOPIC, { deliveryWithResourceIdentity: TO_QUEUE });
const toApp = subscription(TOPIC, { destination: toFunction('onEvent') });
const usesSecrets = (n: number, scope: string, principal = PRINCIPAL) =>
  assignment(n, principal, SECRETS_USER, scope);
const own = (type: string, name: string) => `${OWN_GROUP}/providers/${type}/${name}`;

const EVENT_GRID: Readonly<Record<string, Row>> = {
  'an identity that may write dead letters to the container only': {
    code: 'Managed Identity Authorization Error',
    wrong: [assignment(2, EVENTS_PRINCIPAL, BLOB_CONTRIBUTOR, CONTAINER), deadLetters],
    right: [assignment(2, EVENTS_PRINCIPAL, BLOB_CONTRIBUTOR, ACCOUNT), deadLetters],
  },
  'an identity that may send to the queue only': {
    code: 'Managed Identity Authorization Error',
    wrong: [assignment(3, EVENTS_PRINCIPAL, MESSAGE_SENDER, QUEUE), queued],
    right: [assignment(3, EVENTS_PRINCIPAL, MESSAGE_SENDER, OWN_GROUP), queued],
  },
  'an identity that may write dead letters and no messages': {
    code: 'Managed Identity Authorization Error',
    wrong: [assignment(2, EVENTS_PRINCIPAL, BLOB_CONTRIBUTOR, ACCOUNT), queued],
    right: [assignment(3, EVENTS_PRINCIPAL, MESSAGE_SENDER, ACCOUNT), queued],
  },
  "an identity that is not the topic's": {
    code: 'InvalidRequest',
    first: [assignment(3, EVENTS_PRINCIPAL, MESSAGE_SENDER, ACCOUNT)],
    wrong: [resource(TOPIC, { location: LOCATION }), queued],
    right: [...GROUND, queued],
  },
  'a queue that is not there': {
    code: 'Endpoint validation',
    wrong: [toQueue('lost')],
    right: [toQueue('told')],
  },
  'a function that is not published': {
    code: 'Endpoint validation',
    first: APP,
    wrong: [toApp],
    between: ({ deployments }) => expect(deployments.publish(SITE, ['onEvent'])).toEqual({ status: 200 }),
    right: [toApp],
  },
  'filters with 26 values': {
    code: 'InvalidRequest',
    wrong: [toQueue('told', 20, 6)],
    right: [toQueue('told', 20, 5)],
  },
  'a second system topic for a source': {
    code: 'InvalidRequest',
    first: [systemTopic(SYSTEM_TOPIC, GROUP_ID, 'global')],
    wrong: [systemTopic(`${SYSTEM_TOPIC}-2`, GROUP_ID, 'global')],
    right: [systemTopic(`${SYSTEM_TOPIC}-2`, OWN_GROUP, 'global')],
  },
  'a system topic with another source than before': {
    code: 'InvalidRequest',
    first: [systemTopic(SYSTEM_TOPIC, GROUP_ID, 'global')],
    wrong: [systemTopic(SYSTEM_TOPIC, OWN_GROUP, 'global')],
    right: [systemTopic(SYSTEM_TOPIC, GROUP_ID, 'global')],
  },
  'a system topic of a group with a region': {
    code: 'InvalidRequest',
    wrong: [systemTopic(SYSTEM_TOPIC, GROUP_ID, LOCATION)],
    right: [systemTopic(SYSTEM_TOPIC, GROUP_ID, 'global')],
  },
  'a system topic of the subscription with a region': {
    code: 'InvalidRequest',
    wrong: [systemTopic(SYSTEM_TOPIC, `/subscriptions/${SUBSCRIPTION}`, LOCATION)],
    right: [systemTopic(SYSTEM_TOPIC, `/subscriptions/${SUBSCRIPTION}`, 'global')],
  },
  'a system topic of a vault that is global': {
    code: 'InvalidRequest',
    wrong: [systemTopic(VAULT_TOPIC, VAULT_ID, 'global')],
    right: [systemTopic(VAULT_TOPIC, VAULT_ID, '<contoso-kv.location>')],
  },
  'a system topic of a vault that is not there': {
    code: 'ResourceNotFound',
    wrong: [systemTopic(VAULT_TOPIC, `${VAULT_ID}-2`, LOCATION)],
    right: [systemTopic(VAULT_TOPIC, VAULT_ID, LOCATION)],
  },
};

const AUTHORIZATION: Readonly<Record<string, Row>> = {
  'a role that does not exist': {
    code: 'RoleDefinitionDoesNotExist',
    wrong: [assignment(9, PRINCIPAL, CUSTOM_ROLE, VAULT_ID)],
    right: [customRole([]), assignment(9, PRINCIPAL, CUSTOM_ROLE, VAULT_ID)],
  },
  'a second role of a name': {
    code: 'RoleDefinitionWithSameNameExists',
    first: [customRole([])],
    wrong: [customRole([], SECRETS_USER)],
    right: [customRole(['Microsoft.KeyVault/vaults/secrets/getSecret/action'])],
  },
  'a role on a secret that does not exist': {
    code: 'ResourceNotFound',
    wrong: [usesSecrets(9, SECRET)],
    between: ({ vault }) => void vault.setSecret(VAULT_HOST, 'airflow-sp', { value: 'a-shell' }),
    right: [usesSecrets(9, SECRET)],
  },
  'a role on a vault that does not exist': {
    code: 'ResourceNotFound',
    wrong: [usesSecrets(9, `${VAULT_ID}-2`)],
    right: [usesSecrets(9, VAULT_ID)],
  },
  'a role on a factory that does not exist': {
    code: 'ResourceNotFound',
    wrong: [usesSecrets(9, `${FACTORY_ID}-2`)],
    right: [usesSecrets(9, FACTORY_ID)],
  },
  'a role on a group that does not exist': {
    code: 'ResourceGroupNotFound',
    wrong: [usesSecrets(9, `${GROUP_ID}-2`)],
    right: [usesSecrets(9, GROUP_ID)],
  },
  'a role on a subscription that does not exist': {
    code: 'SubscriptionNotFound',
    wrong: [usesSecrets(9, `/subscriptions/${NOBODY}`)],
    right: [usesSecrets(9, `/subscriptions/${SUBSCRIPTION}`)],
  },
  'an assignment that is there under another name': {
    code: 'RoleAssignmentExists',
    first: [usesSecrets(9, VAULT_ID)],
    wrong: [usesSecrets(10, VAULT_ID)],
    right: [usesSecrets(9, VAULT_ID), usesSecrets(10, VAULT_ID, EVENTS_PRINCIPAL)],
  },
  'an assignment that goes over to somebody else': {
    code: 'RoleAssignmentUpdateNotPermitted',
    first: [usesSecrets(9, VAULT_ID)],
    wrong: [usesSecrets(9, VAULT_ID, EVENTS_PRINCIPAL)],
    right: [usesSecrets(9, VAULT_ID)],
  },
  'a principal that nobody knows, without its type': {
    code: 'PrincipalNotFound',
    wrong: [assignment(9, NOBODY, SECRETS_USER, VAULT_ID, null)],
    right: [assignment(9, NOBODY, SECRETS_USER, VAULT_ID)],
  },
  'a principal that is no object id': {
    code: 'InvalidPrincipalId',
    wrong: [usesSecrets(9, VAULT_ID, '<id-lost.properties.principalId>')],
    right: [usesSecrets(9, VAULT_ID)],
  },
};

const RESOURCES: Readonly<Record<string, Row>> = {
  'a storage account with a dash': {
    code: 'AccountNameInvalid',
    wrong: [resource(own('Microsoft.Storage/storageAccounts', 'st-two'), { location: LOCATION })],
    right: [resource(own('Microsoft.Storage/storageAccounts', 'sttwo'), { location: LOCATION })],
  },
  'a storage account with 25 letters': {
    code: 'AccountNameInvalid',
    wrong: [resource(own('Microsoft.Storage/storageAccounts', 's'.repeat(25)), { location: LOCATION })],
    right: [resource(own('Microsoft.Storage/storageAccounts', 's'.repeat(24)), { location: LOCATION })],
  },
  'a topic with an underscore': {
    code: 'InvalidResourceName',
    wrong: [resource(own('Microsoft.EventGrid/topics', 'evgt_two'), { location: LOCATION })],
    right: [resource(own('Microsoft.EventGrid/topics', 'evgt-two'), { location: LOCATION })],
  },
  'a deployment with 65 letters': {
    code: 'InvalidResourceName',
    wrong: [resource(own('Microsoft.Resources/deployments', 'd'.repeat(65)))],
    right: [resource(own('Microsoft.Resources/deployments', 'd'.repeat(64)))],
  },
  'a group that is not there': {
    code: 'ResourceGroupNotFound',
    wrong: [resource(`${OWN_GROUP}-2/providers/Microsoft.Web/serverfarms/plan`)],
    right: [resource(`${OWN_GROUP}/providers/Microsoft.Web/serverfarms/plan-2`)],
  },
  'a child without its parent': {
    code: 'ParentResourceNotFound',
    wrong: [resource(`${ACCOUNT}two/blobServices/default/containers/ccc`)],
    right: [resource(`${ACCOUNT}/blobServices/default/containers/ccc`)],
  },
  'a plan that is not there': {
    code: 'ResourceNotFound',
    wrong: [
      {
        ...app(),
        body: { properties: { serverFarmId: `${OWN_GROUP}/providers/Microsoft.Web/serverfarms/x` } },
      },
    ],
    right: [app()],
  },
  'an identity that is not there': {
    code: 'FailedIdentityOperation',
    wrong: [
      { ...app(), body: { ...app().body, identity: { userAssignedIdentities: { [`${IDENTITY}-2`]: {} } } } },
    ],
    right: [app()],
  },
  'a resource in another location than before': {
    code: 'InvalidResourceLocation',
    wrong: [resource(ACCOUNT, { location: 'northeurope' })],
    right: [resource(ACCOUNT, { location: 'West Europe' })],
  },
  'a group in another location than before': {
    code: 'InvalidResourceGroupLocation',
    wrong: [resource(OWN_GROUP, { location: 'northeurope' })],
    right: [resource(OWN_GROUP, { location: LOCATION })],
  },
  'a version of Key Vault that there never was': {
    code: 'NoRegisteredProviderFound',
    wrong: [resource(own('Microsoft.KeyVault/vaults', 'own'), {}, '2024-12-24')],
    right: [resource(own('Microsoft.KeyVault/vaults', 'own'), {}, '2023-07-01')],
  },
};

const FLEX = Object.fromEntries([
  ...[...REFUSED_PROPERTIES, ...DEPRECATED_PROPERTIES].map((name): [string, Row] => [
    `siteConfig.${name}`,
    { code: '51021', wrong: [app({ [name]: null })], right: [app()] },
  ]),
  ...[...REFUSED_SETTINGS, ...DEPRECATED_SETTINGS, 'Section:Key'].map((name): [string, Row] => [
    `app setting ${name}`,
    { code: '51021', first: [app()], wrong: [settings({ [name]: '1' })], right: [settings()] },
  ]),
  [
    'app setting of the site itself',
    {
      code: '51021',
      wrong: [app({ appSettings: [{ name: 'functions_worker_runtime', value: 'node' }] })],
      right: [app({ appSettings: [{ name: 'FINE', value: 'node' }] })],
    },
  ],
]);

describe.each([
  ['Event Grid', EVENT_GRID],
  ['Authorization', AUTHORIZATION],
  ['every resource', RESOURCES],
  ['an app on Flex Consumption', FLEX],
])('of %s, refused and then taken when right:', (_part, rows) => {
  it.each(Object.entries(rows))('%s', async (_what, { code, first = [], wrong, between, right }) => {
    const cloud = createCloud();
    expect(await deploy(cloud, [...GROUND, ...first])).toMatchObject({ status: 'Succeeded' });

    const refused = await deploy(cloud, wrong);

    expect(causeIn(refused)).toMatchObject({ code, on: wrong.at(-1)?.id });
    between?.(cloud);
    expect(await deploy(cloud, right)).toEqual({ status: 'Succeeded', resources: right.map(({ id }) => id) });
  });
});

it('an app on another plan keeps what Flex Consumption refuses', async () => {
  const cloud = createCloud();
  const plan = `${OWN_GROUP}/providers/Microsoft.Web/serverfarms/plan`;
  const others = GROUND.filter(({ id }) => id !== plan);

  const result = await deploy(cloud, [
    ...others,
    resource(plan, { sku: { name: 'EP1' } }),
    app({ ftpsState: 'Disabled' }),
  ]);

  expect(result.status).toBe('Succeeded');
});

describe('an id that stands twice', () => {
  it('is refused before anything is made', async () => {
    const cloud = createCloud();
    const twice = [...GROUND, resource(OWN_GROUP.toUpperCase(), { location: LOCATION })];

    expect(await deploy(cloud, twice)).toMatchObject({
      status: 'Failed',
      error: { code: 'InvalidTemplate' },
    });
    expect(cloud.deployments.resources()).toEqual([]);
  });
});

describe('a deployment of a name that is in another location', () => {
  it.each([
    ['itself', 'airlock', []],
    [
      'as a module',
      'other',
      [resource(`/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Resources/deployments/inner`)],
    ],
  ])('is refused: %s', async (_what, name, modules) => {
    const { deployments } = createCloud();
    await deployments.deploy('airlock', LOCATION, [...GROUND, ...modules]);

    const moved = await deployments.deploy(name, 'northeurope', [...GROUND, ...modules]);

    expect(moved.status === 'Failed' && JSON.stringify(moved.error)).toContain('InvalidDeploymentLocation');
    expect(await deployments.deploy('airlock', LOCATION, [...GROUND, ...modules])).toMatchObject({
      status: 'Succeeded',
    });
  });

  it('is taken where a module lies in a resource group', async () => {
    const { deployments } = createCloud();
    const all = [...GROUND, resource(`${OWN_GROUP}/providers/Microsoft.Resources/deployments/inner`)];
    await deployments.deploy('airlock', LOCATION, all);

    expect(await deployments.deploy('other', 'northeurope', all)).toMatchObject({ status: 'Succeeded' });
  });
});
