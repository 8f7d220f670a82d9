/** Runtimes, profiles and credentials that the tests of the rules share. */

import type { Profile } from '../../../../src/domain/configuration/profile.js';
import type { Plan, SecretComparison } from '../../../../src/domain/runs/plan.js';
import { hiddenVariables } from '../../../../src/domain/settings/hiddenVariables.js';
import { type MergeInput, mergeSettings } from '../../../../src/domain/settings/merging.js';
import { type PlanInput, planRuntime } from '../../../../src/domain/settings/planning.js';
import type { Snapshot } from '../../../../src/domain/settings/snapshot.js';
import type { CredentialVersion } from '../../../../src/domain/values/credentialVersion.js';
import type { JsonObject } from '../../../../src/domain/values/json.js';
import { Secret } from '../../../../src/domain/values/secret.js';
import { airflowProperties } from '../../../../src/runtimes/data-factory/airflowProperties.js';
import { ResourcePattern } from '../../../../src/runtimes/data-factory/pattern.js';
import { viewOf } from '../../../../src/runtimes/data-factory/runtimeBody.js';
import { bodyWith } from '../../../../src/runtimes/data-factory/writeBody.js';
import type { Changes } from '../../../../src/runtimes/port.js';

export const PROFILE: Profile & { readonly requirement: string } = {
  name: 'sales',
  mode: 'enable',
  existing: 'report',
  runtimes: [new ResourcePattern({ subscription: 's', resourceGroup: '*', factory: '*', name: '*' })],
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
      mints: true,
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

/** What Data Factory's adapter makes of a body. Fails where it is no Airflow's. */
export function snapshotOf(body: JsonObject): Snapshot {
  const view = viewOf(body, 'adf/etl', 'etag-1');
  if (view.kind !== 'airflow') throw new Error(`It is no Airflow, but ${view.kind}.`);
  return view;
}

type OfBody<T> = Omit<T, 'snapshot'> & { readonly body: JsonObject };

/** The plan for a runtime with this body. */
export function planBody({ body, ...input }: OfBody<PlanInput>): Plan {
  return planRuntime({ ...input, snapshot: snapshotOf(body) });
}

/** The body of the write for a runtime with this body. */
export function mergeBody({
  body,
  values,
  ...input
}: OfBody<MergeInput> & { readonly values: MergeInput['values'] & Changes['hiddenValues'] }): JsonObject {
  const settings = mergeSettings({ ...input, values, snapshot: snapshotOf(body) });
  return bodyWith(body, settings, values);
}

/** Values that a body leaves out or hides and that a write has to send again. */
export function neededOf(
  body: JsonObject,
  writeOnly: Profile['writeOnly'],
): {
  readonly webServerPassword: boolean;
  readonly gitCredential: boolean;
  readonly variables: readonly string[];
} {
  const { needed, settings } = snapshotOf(body);
  const isNeeded = (wanted: string) => needed.some(({ name }) => name === wanted);
  return {
    webServerPassword: isNeeded('webServerPassword'),
    gitCredential: isNeeded('gitCredential'),
    variables: hiddenVariables(settings, writeOnly),
  };
}

/** The plan for a runtime with these settings. */
export function planOf(
  airflow: JsonObject,
  secretComparison: SecretComparison = 'absent',
  profile: Profile = PROFILE,
) {
  return planBody({ profile, credential: CREDENTIAL, body: bodyOf(airflow), secretComparison });
}

/** Its settings after a write. */
export function mergedOf(
  airflow: JsonObject,
  secretComparison: SecretComparison = 'absent',
  profile: Profile = PROFILE,
) {
  const merged = mergeBody({
    profile,
    credential: CREDENTIAL,
    body: bodyOf(airflow),
    secretComparison,
    values: { clientSecret: new Secret('held-secret') },
  });
  return airflowProperties(merged) ?? {};
}
