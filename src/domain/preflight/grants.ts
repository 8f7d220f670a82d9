/** The commands that grant what is missing. They name what was looked for and no more than it. */
import { type ControlNeed, dataActionOf, type SecretOperation } from './needs.js';

/** Who is to be granted something, as far as it is known. */
export interface Grantee {
  /** Object id of the principal; absent where the token does not tell it. */
  readonly objectId?: string;
  readonly person: boolean;
}

const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000';
/** Application.ReadWrite.OwnedBy (https://learn.microsoft.com/graph/permissions-reference#applicationreadwriteownedby). */
const OWNED_BY_ROLE_ID = '18a4783c-866b-4cc7-a460-3d5e5662c884';

/**
 * The built-in role with the fewest other permissions
 * (https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/security).
 */
const SECRET_ROLES: Readonly<Record<SecretOperation, string>> = {
  getSecret: 'Key Vault Secrets User',
  readMetadata: 'Key Vault Reader',
  // The smallest that write a secret can delete it, too: only where a custom role cannot be written out.
  setSecret: 'Key Vault Secrets Officer',
  update: 'Key Vault Secrets Officer',
};

/** A custom role with this operation alone, and its assignment on this scope. */
export function grantControl({ action, scope }: Pick<ControlNeed, 'action' | 'scope'>, to: Grantee): string {
  return grantCustom({ Actions: [action] }, action.split('/').slice(-2).join(' '), scope, to);
}

/**
 * The role itself can be defined for resource groups and what is above them only
 * (https://learn.microsoft.com/azure/role-based-access-control/role-definitions#assignablescopes). The `;` lets the
 * assignment go ahead where the role is there already.
 */
function grantCustom(
  allowed: { readonly Actions: readonly string[]; readonly DataActions?: readonly string[] },
  operation: string,
  scope: string,
  to: Grantee,
): string {
  const role = `Airlock ${operation} on ${scope.split('/').at(-1)}`;
  const definition = JSON.stringify({
    Name: role,
    ...allowed,
    AssignableScopes: [scope.split(/\/providers\//i)[0] ?? ''],
  });
  return `az role definition create --role-definition '${definition}'; ${assignment(role, scope, to)}`;
}

/** The built-in role that shows a vault's settings: the smallest one; a custom role needs the vault's id. */
export function grantVaultRead(vaultName: string, to: Grantee): string {
  return assignment('Key Vault Reader', vaultScope(vaultName, undefined), to);
}

/**
 * A role on one secret: built-in for reading, custom for writing where the resource id is known, since the definition
 * names the vault's resource group.
 */
export function grantOnSecret(operation: SecretOperation, secretId: string, to: Grantee): string {
  if ((operation === 'setSecret' || operation === 'update') && secretId.startsWith('/subscriptions/')) {
    return grantCustom({ Actions: [], DataActions: [dataActionOf(operation)] }, operation, secretId, to);
  }
  return assignment(SECRET_ROLES[operation], secretId, to);
}

/** The role that lets Airflow's principal read its vault. */
export function grantAirflow(clientId: string, vaultId: string): string {
  return `az role assignment create --role "Key Vault Secrets User" --assignee ${clientId} --scope "${vaultId}"`;
}

/** The application permission in Microsoft Graph, consent included. */
export function grantGraph({ objectId }: Grantee, graph: string): string {
  const id = objectId ?? OBJECT_ID;
  return [
    `az rest --method POST --uri ${graph}/v1.0/servicePrincipals/${id}/appRoleAssignments`,
    `--body "{\\"principalId\\":\\"${id}\\",\\"resourceId\\":\\"$(az ad sp show --id ${GRAPH_APP_ID} --query id --output tsv)\\",\\"appRoleId\\":\\"${OWNED_BY_ROLE_ID}\\"}"`,
  ].join(' ');
}

/**
 * The built-in role that sends events to a topic and sees the topic
 * (https://learn.microsoft.com/azure/event-grid/security-authorization).
 */
export function grantTopic(topicName: string, topicId: string | undefined, to: Grantee): string {
  const found = `$(az eventgrid topic list --query "[?name=='${topicName}'].id" --output tsv)`;
  return assignment('EventGrid Data Sender', topicId ?? found, to);
}

/** Ownership of the application. */
export function grantOwnership(clientId: string, { objectId }: Grantee): string {
  return `az ad app owner add --id ${clientId} --owner-object-id ${objectId ?? OBJECT_ID}`;
}

/** A resource id where it is known; otherwise the command that finds it. */
export function vaultScope(vaultName: string, vaultId: string | undefined): string {
  return vaultId ?? `$(az keyvault show --name ${vaultName} --query id --output tsv)`;
}

const OBJECT_ID = "<object id of the app's identity>";

function assignment(role: string, scope: string, { objectId, person }: Grantee): string {
  return [
    `az role assignment create --role "${role}"`,
    `--assignee-object-id ${objectId ?? OBJECT_ID}`,
    `--assignee-principal-type ${person ? 'User' : 'ServicePrincipal'}`,
    // A resource group's name may have parentheses.
    `--scope "${scope}"`,
  ].join(' ');
}
