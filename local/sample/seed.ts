/** What a new local cloud holds, as an operator would have set it up before deploying the app. */
import type { EmulatedAzure } from '../azure.js';
import type { Clock } from '../kernel/types.js';
import type { EventGrid } from '../services/eventGrid/eventGrid.js';
import type { EventSchema } from '../services/eventGrid/events.js';
import type { RoleAssignments } from '../services/resourceManager/roles.js';
import {
  AIRFLOW_VAULT,
  CREDENTIAL_SECRET,
  EVENT_FUNCTION,
  FACTORY,
  LOCATION,
  OPERATOR_VAULT,
  PRINCIPALS,
  RESOURCE_GROUP,
  SECRET_EVENT_FUNCTION,
  SUBSCRIPTION,
  SUBSCRIPTION_ID,
  TENANT,
  TOPIC_HOST,
  TOPIC_ID,
  vaultHost,
  vaultId,
} from './names.js';
import { grantLeastPrivilege } from './permissions.js';

const CREDENTIAL_DAYS = 180;
const DAY_MS = 24 * 3600 * 1000;

const RUNTIME_TYPE = 'Microsoft.DataFactory/factories/integrationruntimes';

export function seed(azure: EmulatedAzure, clock: Clock): void {
  seedPrincipals(azure);
  seedResources(azure);
  grantLeastPrivilege(azure);
  seedPortalUser(azure.roles);
  putCredential(azure, clock, {
    application: PRINCIPALS.airflow,
    vault: OPERATOR_VAULT,
    secret: CREDENTIAL_SECRET,
  });
}

/** Directs the events of the sample environment's resource group and of the operator's vault to the app. The schema can differ from start to start. */
export function subscribe(eventGrid: EventGrid, schema: EventSchema): void {
  eventGrid.subscribe({
    name: 'airlock-runtimes',
    topic: SUBSCRIPTION_ID,
    eventTypes: ['Microsoft.Resources.ResourceWriteSuccess', 'Microsoft.Resources.ResourceDeleteSuccess'],
    operationNames: [`${RUNTIME_TYPE}/write`, `${RUNTIME_TYPE}/delete`],
    functionName: EVENT_FUNCTION,
    schema,
  });
  eventGrid.subscribe({
    name: 'airlock-credentials',
    topic: vaultId(OPERATOR_VAULT),
    eventTypes: [
      'Microsoft.KeyVault.SecretNearExpiry',
      'Microsoft.KeyVault.SecretExpired',
      'Microsoft.KeyVault.SecretNewVersionCreated',
    ],
    functionName: SECRET_EVENT_FUNCTION,
    schema,
  });
}

function seedPrincipals({ directory, identity }: EmulatedAzure): void {
  directory.addTenant(TENANT);
  directory.addPrincipal({
    tenantId: TENANT,
    clientId: PRINCIPALS.app,
    displayName: 'func-airlock',
    kind: 'managedIdentity',
  });
  identity.assignSystem(PRINCIPALS.app);
  directory.addApplication({
    tenantId: TENANT,
    clientId: PRINCIPALS.airflow,
    displayName: 'airflow-secrets',
  });
  directory.addPrincipal({
    tenantId: TENANT,
    clientId: PRINCIPALS.portalUser,
    displayName: 'Portal User',
    kind: 'user',
  });
}

function seedResources({ resourceManager, keyVault, eventGrid }: EmulatedAzure): void {
  const place = {
    tenantId: TENANT,
    subscription: SUBSCRIPTION,
    resourceGroup: RESOURCE_GROUP,
    location: LOCATION,
  };
  resourceManager.addFactory({ ...place, name: FACTORY });
  keyVault.addVault({ ...place, name: OPERATOR_VAULT });
  keyVault.addVault({ ...place, name: AIRFLOW_VAULT });
  eventGrid.addTopic({ host: TOPIC_HOST, resourceId: TOPIC_ID, inputSchema: 'CloudEventSchemaV1_0' });
}

/** The person in the portal may do everything. */
function seedPortalUser(roles: RoleAssignments): void {
  for (const role of ['Contributor', 'Key Vault Administrator']) {
    roles.grant({ principal: PRINCIPALS.portalUser, scope: SUBSCRIPTION_ID, role });
  }
}

/** One client secret, kept where the profile's credential points to, with its key id and expiry. */
/** Adds a client secret to an application, and keeps it in a vault as an operator would: with its key id and its expiry. */
export function putCredential(
  { directory, keyVault }: EmulatedAzure,
  clock: Clock,
  { application, vault, secret }: { application: string; vault: string; secret: string },
): void {
  const endDateTime = new Date(clock.now() + CREDENTIAL_DAYS * DAY_MS).toISOString();
  const password = directory.addPassword(application, { displayName: 'airflow', endDateTime });
  if (!password) throw new Error('The directory has no application for Airflow.');
  keyVault.setSecret(vaultHost(vault), secret, {
    value: password.value,
    tags: { keyId: password.keyId },
    exp: Math.floor(Date.parse(endDateTime) / 1000),
  });
}
