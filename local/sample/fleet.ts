/** A fleet that was enabled long ago: many runtimes with the credential that everybody reads, and no run behind them. */
import type { EmulatedAzure } from '../azure.js';
import { airflowRuntime } from './airflowRuntime.js';
import {
  AIRFLOW_VAULT,
  CANARY_SECRET,
  LOCATION,
  PRINCIPALS,
  RESOURCE_GROUP,
  runtimeId,
  SUBSCRIPTION,
  SUBSCRIPTION_ID,
  TENANT,
  vaultHost,
} from './names.js';

export interface Fleet {
  readonly factories: number;
  /** Spread evenly over the factories. */
  readonly runtimes: number;
  /** How long an update takes, once the fleet is there. */
  readonly startSeconds: number;
  /** The sample environment's, where none is given. */
  readonly resourceGroup?: string;
}

/** Name of a factory of the fleet. */
export function fleetFactory(index: number): string {
  return `adf-fleet-${String(index + 1).padStart(2, '0')}`;
}

/** Makes the fleet, without events, and lets the app list and write everywhere in the subscription. */
export function seedFleet(
  azure: EmulatedAzure,
  { factories, runtimes, startSeconds, resourceGroup = RESOURCE_GROUP }: Fleet,
): void {
  const { directory, resourceManager, roles, keyVault } = azure;
  const [password] = directory.application(PRINCIPALS.airflow)?.passwordCredentials ?? [];
  if (!password) throw new Error('The directory has no credential for Airflow.');
  keyVault.setSecret(vaultHost(AIRFLOW_VAULT), CANARY_SECRET, { value: password.keyId });
  roles.grant({
    principal: PRINCIPALS.app,
    scope: SUBSCRIPTION_ID,
    role: 'Airlock Runtime Operator',
    actions: [
      'Microsoft.DataFactory/factories/read',
      'Microsoft.DataFactory/factories/integrationruntimes/read',
      'Microsoft.DataFactory/factories/integrationruntimes/write',
    ],
  });
  const place = {
    tenantId: TENANT,
    subscription: SUBSCRIPTION,
    resourceGroup,
    location: LOCATION,
  };
  for (let index = 0; index < factories; index++)
    resourceManager.addFactory({ ...place, name: fleetFactory(index) });
  resourceManager.setLifecycle({ startSeconds: 0 });
  for (let index = 0; index < runtimes; index++) {
    const name = `airflow-${String(index + 1).padStart(4, '0')}`;
    const id = runtimeId(name, fleetFactory(index % factories), resourceGroup);
    resourceManager.seedRuntime(id, name, enabledProperties(password));
  }
  resourceManager.setLifecycle({ startSeconds });
}

function enabledProperties({ keyId, value }: { keyId: string; value: string }): Record<string, unknown> {
  return airflowRuntime({
    airflowRequirements: ['apache-airflow-providers-microsoft-azure'],
    airflowEnvironmentVariables: {
      AIRFLOW__SECRETS__BACKEND: 'airflow.providers.microsoft.azure.secrets.key_vault.AzureKeyVaultBackend',
      AIRFLOW__SECRETS__BACKEND_KWARGS: JSON.stringify({
        connections_prefix: 'airflow-connections',
        variables_prefix: 'airflow-variables',
        vault_url: `https://${vaultHost(AIRFLOW_VAULT)}`,
      }),
      AZURE_CLIENT_ID: PRINCIPALS.airflow,
      AZURE_TENANT_ID: TENANT,
      AZURE_CLIENT_SECRET: value,
      AIRLOCK_CREDENTIAL_ID: keyId,
    },
    airflowEntityReferences: [],
  });
}
