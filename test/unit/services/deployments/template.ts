import {
  causeOf,
  type DeploymentResult,
  type TemplateResource,
} from '../../../../local/services/resourceManager/deployments/types.js';
import { type Cloud, GROUP_ID, SUBSCRIPTION, VAULT_ID } from '../cloud.js';

export const LOCATION = 'westeurope';
const SUBSCRIPTION_ID = `/subscriptions/${SUBSCRIPTION}`;
export const OWN_GROUP = `${SUBSCRIPTION_ID}/resourceGroups/rg-airlock`;

const inGroup = (type: string, name: string) => `${OWN_GROUP}/providers/${type}/${name}`;
export const IDENTITY = inGroup('Microsoft.ManagedIdentity/userAssignedIdentities', 'id-app');
export const EVENTS_IDENTITY = inGroup('Microsoft.ManagedIdentity/userAssignedIdentities', 'id-events');
export const ACCOUNT = inGroup('Microsoft.Storage/storageAccounts', 'stairlock');
export const CONTAINER = `${ACCOUNT}/blobServices/default/containers/dead-letters`;
export const QUEUE = `${ACCOUNT}/queueServices/default/queues/told`;
export const TOPIC = inGroup('Microsoft.EventGrid/topics', 'evgt-airlock');
export const SYSTEM_TOPIC = inGroup('Microsoft.EventGrid/systemTopics', 'evgt-group');
export const VAULT_TOPIC = inGroup('Microsoft.EventGrid/systemTopics', 'evgt-vault');
const PLAN = inGroup('Microsoft.Web/serverfarms', 'plan');
export const SITE = inGroup('Microsoft.Web/sites', 'func-airlock');

export const BLOB_CONTRIBUTOR = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe';
const BLOB_OWNER = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b';
export const MESSAGE_SENDER = 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a';
export const SECRETS_USER = '4633458b-17de-408a-b874-0445c86b69e6';
export const CUSTOM_ROLE = '99999999-0000-4000-8000-000000000001';

const definitionId = (role: string) =>
  `${SUBSCRIPTION_ID}/providers/Microsoft.Authorization/roleDefinitions/${role}`;

/** A resource by its id; the type follows from it. */
export function resource(
  id: string,
  body: Record<string, unknown> = {},
  apiVersion?: string,
): TemplateResource {
  const [, scope = '', namespace = '', rest = ''] = /^(.*)\/providers\/([^/]+)\/(.+)$/.exec(id) ?? [];
  const parts = rest.split('/');
  const type =
    namespace === ''
      ? 'Microsoft.Resources/resourceGroups'
      : [namespace, ...parts.filter((_, i) => i % 2 === 0)].join('/');
  return {
    type,
    id,
    name: id.split('/').at(-1) ?? '',
    scope: namespace === '' ? SUBSCRIPTION_ID : scope,
    body,
    ...(apiVersion === undefined ? {} : { apiVersion }),
  };
}

/** The `n`th role assignment; its name is made of the number. */
export function assignment(
  n: number,
  principalId: string,
  role: string,
  scope: string,
  principalType: string | null = 'ServicePrincipal',
): TemplateResource {
  const name = `aaaaaaaa-0000-4000-8000-${String(n).padStart(12, '0')}`;
  return resource(`${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`, {
    properties: {
      principalId,
      roleDefinitionId: definitionId(role),
      ...(principalType === null ? {} : { principalType }),
    },
  });
}

export const customRole = (dataActions: readonly string[], id = CUSTOM_ROLE): TemplateResource =>
  resource(definitionId(id), {
    properties: { roleName: 'Secret keeper', permissions: [{ actions: [], dataActions }] },
  });

const EVENTS = { type: 'UserAssigned', userAssignedIdentity: EVENTS_IDENTITY };
export const DEAD_LETTERS = {
  identity: EVENTS,
  deadLetterDestination: {
    endpointType: 'StorageBlob',
    properties: { resourceId: ACCOUNT, blobContainerName: 'dead-letters' },
  },
};
export const TO_QUEUE = {
  identity: EVENTS,
  destination: { endpointType: 'StorageQueue', properties: { resourceId: ACCOUNT, queueName: 'told' } },
};
export const toFunction = (name: string) => ({
  endpointType: 'AzureFunction',
  properties: { resourceId: `${SITE}/functions/${name}` },
});

export const subscription = (topic: string, properties: Record<string, unknown>): TemplateResource =>
  resource(`${topic}/eventSubscriptions/told`, { properties });

const owned = (...ids: string[]) => ({
  type: 'UserAssigned',
  userAssignedIdentities: Object.fromEntries(ids.map((id) => [id, {}])),
});

export const systemTopic = (id: string, source: string, location: string): TemplateResource =>
  resource(id, {
    location,
    identity: owned(EVENTS_IDENTITY),
    properties: { source, topicType: 'Microsoft.Resources.ResourceGroups' },
  });

export const app = (siteConfig: Record<string, unknown> = {}): TemplateResource =>
  resource(SITE, {
    location: LOCATION,
    kind: 'functionapp,linux',
    identity: owned(IDENTITY),
    properties: {
      serverFarmId: PLAN,
      siteConfig: { http20Enabled: true, ...siteConfig },
      functionAppConfig: {
        deployment: {
          storage: {
            type: 'blobContainer',
            value: '<stairlock.primaryEndpoints.blob>app-package',
            authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: IDENTITY },
          },
        },
      },
    },
  });

export const settings = (more: Record<string, unknown> = {}): TemplateResource =>
  resource(`${SITE}/config/appsettings`, {
    properties: { CLIENT: '<id-app.properties.clientId>', TOPIC: '<evgt-airlock.endpoint>', ...more },
  });

/** What stands below everything else: group, identities, storage, topic, plan. */
export const GROUND: readonly TemplateResource[] = [
  resource(OWN_GROUP, { location: LOCATION }),
  resource(IDENTITY, { location: LOCATION }),
  resource(EVENTS_IDENTITY, { location: LOCATION }),
  resource(ACCOUNT, { location: LOCATION }),
  resource(`${ACCOUNT}/blobServices/default/containers/app-package`),
  resource(CONTAINER),
  resource(QUEUE),
  resource(TOPIC, { location: LOCATION, identity: owned(EVENTS_IDENTITY) }),
  resource(PLAN, { location: LOCATION, sku: { name: 'FC1', tier: 'FlexConsumption' } }),
];

export const PRINCIPAL = '<id-app.properties.principalId>';
export const EVENTS_PRINCIPAL = '<id-events.properties.principalId>';

/** Everything that is right: taken as a whole. */
export const APP: readonly TemplateResource[] = [
  assignment(1, PRINCIPAL, BLOB_OWNER, ACCOUNT),
  assignment(2, EVENTS_PRINCIPAL, BLOB_CONTRIBUTOR, ACCOUNT),
  assignment(3, EVENTS_PRINCIPAL, MESSAGE_SENDER, ACCOUNT),
  app(),
  settings(),
];
export const TOPICS: readonly TemplateResource[] = [
  systemTopic(SYSTEM_TOPIC, GROUP_ID, 'global'),
  systemTopic(VAULT_TOPIC, VAULT_ID, '<contoso-kv.location>'),
];

export const deploy = ({ deployments }: Cloud, resources: readonly TemplateResource[]) =>
  deployments.deploy('airlock', LOCATION, resources);

/** Why a deployment failed, and on which resource. Throws where it did not fail. */
export function causeIn(result: DeploymentResult) {
  if (result.status === 'Succeeded') throw new Error('The deployment was taken.');
  return { ...causeOf(result.error), on: result.error.details?.[0]?.target };
}
