/** Runtimes, profiles and credentials that the tests of the rules share. */

import type { Profile } from '../../../../src/domain/configuration/profile.js';
import type { CredentialVersion } from '../../../../src/domain/values/credentialVersion.js';
import type { JsonObject } from '../../../../src/domain/values/json.js';

export const PROFILE: Profile & { readonly requirement: string } = {
  name: 'sales',
  mode: 'enable',
  existing: 'report',
  runtimes: [{ subscription: 's', resourceGroup: '*', factory: '*', name: '*' }],
  vault: 'https://contoso-airflow.vault.azure.net',
  connectionsPrefix: 'airflow-connections',
  variablesPrefix: 'airflow-variables',
  separator: '-',
  credential: {
    name: 'reader',
    tenantId: '11111111-1111-1111-1111-111111111111',
    clientId: '22222222-2222-2222-2222-222222222222',
    secret: { vault: 'https://contoso-ops.vault.azure.net', name: 'airflow-sp' },
    rotation: {
      strategy: 'graph',
      rotateBeforeSeconds: 30 * 86_400,
      validitySeconds: 180 * 86_400,
      overlapSeconds: 86_400,
      failureLimit: 0.2,
    },
  },
  onConflict: 'report',
  requirement: 'apache-airflow-providers-microsoft-azure',
  access: {
    proof: { kind: 'challenge', dagId: 'airlock_check', canary: 'airlock-canary' },
    login: { kind: 'entra', scope: 'x/.default' },
    proveEverySeconds: 86_400,
  },
  writeOnly: {},
  maintenance: { windows: [] },
  limits: { changeableSeconds: 60, readySeconds: 60, checkSeconds: 60, pollSeconds: 10 },
};

export const REPLACING: Profile = { ...PROFILE, onConflict: 'replace' };

export const CREDENTIAL: CredentialVersion = {
  clientId: PROFILE.credential.clientId,
  tenantId: PROFILE.credential.tenantId,
  credentialId: 'key-1',
  secretVersion: 'v1',
};

export const BACKEND_CLASS = 'airflow.providers.microsoft.azure.secrets.key_vault.AzureKeyVaultBackend';
export const KWARGS =
  '{"connections_prefix":"airflow-connections","variables_prefix":"airflow-variables","vault_url":"https://contoso-airflow.vault.azure.net"}';

/** Variables of a runtime that is enabled as the profile wants it. */
export const ENABLED = {
  AIRFLOW__SECRETS__BACKEND: BACKEND_CLASS,
  AIRFLOW__SECRETS__BACKEND_KWARGS: KWARGS,
  AZURE_CLIENT_ID: PROFILE.credential.clientId,
  AZURE_TENANT_ID: PROFILE.credential.tenantId,
  AZURE_CLIENT_SECRET: 'held-secret',
  AIRLOCK_CREDENTIAL_ID: 'key-1',
};

/** The body of a runtime, as Resource Manager gives it. */
export function bodyOf(airflow: JsonObject, properties: JsonObject = {}): JsonObject {
  return {
    id: '/subscriptions/s/x',
    name: 'etl',
    type: 'Microsoft.DataFactory/factories/integrationruntimes',
    properties: {
      type: 'Airflow',
      state: 'Started',
      ...properties,
      typeProperties: { computeProperties: { extraNodes: 0 }, airflowProperties: airflow },
    },
  };
}
