/**
 * The least privilege that the app and Airflow's principal need, one row a permission. The sample environment grants exactly
 * these; nothing else is granted to either.
 */
import type { EmulatedAzure } from '../azure.js';
import type { GraphPermission } from '../services/entra/directoryState.js';
import type { SinglePermission } from '../services/resourceManager/roles.js';
import {
  AIRFLOW_VAULT,
  CANARY_SECRET,
  CREDENTIAL_SECRET,
  FACTORY_ID,
  GROUP_ID,
  OPERATOR_VAULT,
  PRINCIPALS,
  TOPIC_ID,
  vaultId,
} from './names.js';

/** What of the app needs a permission. */
type Use =
  | 'enable'
  /** Patterns that name no factory in full: the app lists them. */
  | 'patterns'
  /** `importDags` of a profile. */
  | 'importDags'
  /** `rotation.strategy: graph`. */
  | 'rotate'
  /** `events.topic`. */
  | 'events'
  /** The preflight alone: without it the rest works, unseen. */
  | 'preflight';

export type ScenarioPermission =
  | (SinglePermission & { readonly kind: 'role'; readonly use: Use })
  | {
      readonly kind: 'graph';
      readonly use: Use;
      readonly principal: string;
      readonly permission: GraphPermission;
    }
  | { readonly kind: 'owner'; readonly use: Use; readonly principal: string; readonly application: string };

const FACTORIES = 'Microsoft.DataFactory/factories';
const SECRETS = 'Microsoft.KeyVault/vaults/secrets';

const onArm = (use: Use, action: string, scope: string): ScenarioPermission => ({
  kind: 'role',
  use,
  principal: PRINCIPALS.app,
  plane: 'control',
  action,
  scope,
});

const onSecret = (
  use: Use,
  action: 'getSecret' | 'setSecret' | 'readMetadata' | 'update',
  vault: string,
  name: string,
): ScenarioPermission => ({
  kind: 'role',
  use,
  principal: PRINCIPALS.app,
  plane: 'data',
  action: `${SECRETS}/${action}/action`,
  scope: `${vaultId(vault)}/secrets/${name}`,
});

/** The table. */
export const LEAST_PRIVILEGE: readonly ScenarioPermission[] = [
  onArm('enable', `${FACTORIES}/integrationRuntimes/read`, FACTORY_ID),
  onArm('enable', `${FACTORIES}/integrationRuntimes/write`, FACTORY_ID),
  onArm('patterns', `${FACTORIES}/read`, GROUP_ID),
  onArm('importDags', `${FACTORIES}/airflow/sync/action`, FACTORY_ID),
  onSecret('enable', 'getSecret', OPERATOR_VAULT, CREDENTIAL_SECRET),
  onSecret('rotate', 'readMetadata', OPERATOR_VAULT, CREDENTIAL_SECRET),
  onSecret('rotate', 'setSecret', OPERATOR_VAULT, CREDENTIAL_SECRET),
  onSecret('rotate', 'update', OPERATOR_VAULT, CREDENTIAL_SECRET),
  onSecret('rotate', 'getSecret', OPERATOR_VAULT, `${CREDENTIAL_SECRET}-pending`),
  onSecret('rotate', 'readMetadata', OPERATOR_VAULT, `${CREDENTIAL_SECRET}-pending`),
  onSecret('rotate', 'setSecret', OPERATOR_VAULT, `${CREDENTIAL_SECRET}-pending`),
  onSecret('rotate', 'update', OPERATOR_VAULT, `${CREDENTIAL_SECRET}-pending`),
  onSecret('enable', 'getSecret', AIRFLOW_VAULT, CANARY_SECRET),
  onSecret('enable', 'setSecret', AIRFLOW_VAULT, CANARY_SECRET),
  {
    kind: 'graph',
    use: 'rotate',
    principal: PRINCIPALS.app,
    permission: 'Application.ReadWrite.OwnedBy',
  },
  { kind: 'owner', use: 'rotate', principal: PRINCIPALS.app, application: PRINCIPALS.airflow },
  {
    kind: 'role',
    use: 'enable',
    principal: PRINCIPALS.airflow,
    plane: 'data',
    action: `${SECRETS}/getSecret/action`,
    scope: vaultId(AIRFLOW_VAULT),
  },
  {
    kind: 'role',
    use: 'events',
    principal: PRINCIPALS.app,
    plane: 'data',
    action: 'Microsoft.EventGrid/events/send/action',
    scope: TOPIC_ID,
  },
  onArm('preflight', 'Microsoft.Authorization/permissions/read', GROUP_ID),
  onArm('preflight', 'Microsoft.EventGrid/topics/read', TOPIC_ID),
  onArm('preflight', 'Microsoft.KeyVault/vaults/read', vaultId(OPERATOR_VAULT)),
  onArm('preflight', 'Microsoft.KeyVault/vaults/read', vaultId(AIRFLOW_VAULT)),
];

/** Grants the table. Airflow's principal has it as the built-in role that its documentation names. */
export function grantLeastPrivilege({ roles, directory }: EmulatedAzure): void {
  for (const row of LEAST_PRIVILEGE) {
    if (row.kind === 'graph') directory.grantGraph(row.principal, row.permission);
    else if (row.kind === 'owner') directory.addOwner(row.application, row.principal);
    else if (row.principal === PRINCIPALS.airflow) {
      roles.grant({ principal: row.principal, scope: row.scope, role: 'Key Vault Secrets User' });
    } else roles.give(row);
  }
}

/** A row as an error or a test names it: the last part of its scope, and what may be done there. */
export function nameOf(row: ScenarioPermission): string {
  if (row.kind === 'graph') return row.permission;
  if (row.kind === 'owner') return 'owner of the application';
  const who = row.principal === PRINCIPALS.airflow ? 'Airflow: ' : '';
  return `${who}${row.action} on ${row.scope.split('/').slice(-1)}`;
}
