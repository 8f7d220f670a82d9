import type { SecretReference } from '../domain/configuration/credential.js';
import type { CallFailure } from '../domain/problems/callResult.js';
import { WITH_END_AND_KEY } from '../domain/rotation/commands.js';
import { vaultNameOf } from '../domain/values/vaultName.js';
import { conflict, refused, type ServiceError, transientFailure } from './failures.js';

type Operation = 'get' | 'set' | 'list' | 'update' | 'recover';

const DOING: Readonly<Record<Operation, string>> = {
  get: 'reading',
  set: 'writing',
  list: 'listing the versions of',
  update: 'changing',
  recover: 'recovering',
};

/** What a vault's refusal means, and the command that fixes it. Used for the app's and for the credential's reads. */
export function vaultFailure(
  error: ServiceError,
  reference: SecretReference,
  operation: Operation,
  principal = "the app's identity",
): CallFailure {
  const vault = vaultNameOf(reference.vault);
  const what = `${DOING[operation]} the secret ${reference.name} of the vault ${vault}`;
  const transient = transientFailure(error, what);
  if (transient) return transient;
  switch (error.status) {
    case 403:
      return forbidden(error, reference, operation, principal);
    case 401:
      return refused(
        'vaultUnauthorized',
        `The vault ${vault} did not accept the token of ${principal} (401).`,
        'Look whether the vault is in the same tenant and cloud as the app.',
      );
    case 409:
      return error.innerCode === 'ObjectIsDeletedButRecoverable'
        ? refused(
            'secretDeleted',
            `The secret ${reference.name} of the vault ${vault} was deleted and can be recovered; until then nobody can write one of that name.`,
            `az keyvault secret recover --vault-name ${vault} --name ${reference.name}; where its versions must not come back: az keyvault secret purge --vault-name ${vault} --name ${reference.name}`,
          )
        : conflict(error, what);
    default:
      return refused(
        'vaultRefused',
        `The vault ${vault} refused ${what} (${error.status ?? '?'} ${error.code ?? ''}).`,
        `Look at the secret in the portal: az keyvault secret show --vault-name ${vault} --name ${reference.name} --query attributes; one that is deleted: az keyvault secret show-deleted --vault-name ${vault} --name ${reference.name}`,
      );
  }
}

/** Inner codes are an open list: whatever a vault does not name is a missing role. */
function forbidden(
  { innerCode }: ServiceError,
  { vault: uri, name }: SecretReference,
  operation: Operation,
  principal: string,
): CallFailure {
  const vault = vaultNameOf(uri);
  switch (innerCode) {
    case 'SecretDisabled':
      return refused(
        'secretDisabled',
        `The current version of ${name} in the vault ${vault} is disabled, so nobody can read the secret.`,
        `az keyvault secret set-attributes --vault-name ${vault} --name ${name} --enabled true, or set a new version (of a credential with ${WITH_END_AND_KEY})`,
      );
    case 'ForbiddenByPolicy':
      return refused(
        'accessPolicyMissing',
        `The vault ${vault} works with access policies and has none that lets ${principal} ${operation} secrets.`,
        `az keyvault set-policy --name ${vault} --object-id <principal id> --secret-permissions ${operation}`,
      );
    case 'ForbiddenByFirewall':
    case 'ForbiddenByConnection':
      return refused(
        'blockedByFirewall',
        `The firewall of the vault ${vault} does not let ${principal} in.`,
        `Let the app's outbound addresses or its subnet in: az keyvault network-rule add --name ${vault} …`,
      );
    default: {
      const role = operation === 'get' ? 'Key Vault Secrets User' : 'Key Vault Secrets Officer';
      return refused(
        'vaultRoleMissing',
        `The vault ${vault} refuses ${principal}: it has no role that lets it ${operation} secrets there.`,
        `az role assignment create --role "${role}" --assignee <principal id> --scope $(az keyvault show --name ${vault} --query id --output tsv)`,
      );
    }
  }
}
