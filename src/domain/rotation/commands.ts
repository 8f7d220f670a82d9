/** Commands that write a credential's secret or what it says of itself. One place, so that none leaves out end and key. */
import type { SecretReference } from '../configuration/credential.js';
import { vaultNameOf } from '../values/vaultName.js';
import { FOUND_KEY_TAG, KEY_ID_TAG } from './pending.js';

/** What a new version of any credential's secret is written with, for who knows which one it is. */
export const WITH_END_AND_KEY = `--expires … --tags ${KEY_ID_TAG}=…`;

/** Writes a new version, where it is not known of which secret. */
export const SET_SECRET = `az keyvault secret set … --value … ${WITH_END_AND_KEY} (end and id of the key)`;

/** Writes a new version. What the app cannot know stays open: value, end and id of the key. */
export function setSecretCommand(secret: SecretReference): string {
  return `az keyvault secret set ${placeOf(secret)} --value … ${WITH_END_AND_KEY} (end and id of the key as Entra shows them, the end as 2027-01-31T00:00:00Z)${whereDeleted(secret)}`;
}

/** Writes a secret that is no credential: a password, a variable. */
export function setPlainSecretCommand(secret: SecretReference): string {
  return `az keyvault secret set ${placeOf(secret)} --value …${whereDeleted(secret)}`;
}

/**
 * To whoever reads secrets, one that is deleted and kept is not there, as one that never was; nobody can write under its name
 * until it is recovered or purged (https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview).
 */
function whereDeleted(secret: SecretReference): string {
  return `; where that is refused because the secret is deleted, first az keyvault secret recover ${placeOf(secret)}`;
}

/** Adds a client secret to the application, then writes it. */
export function newCredentialCommand(clientId: string, secret: SecretReference): string {
  return `az ad app credential reset --append --id ${clientId}, then ${setSecretCommand(secret)}`;
}

/** Gives the current version the end of its key, and changes nothing else. */
export function setExpiryCommand(secret: SecretReference): string {
  return `az keyvault secret set-attributes ${placeOf(secret)} --expires … (the end of its key as Entra shows it, as 2027-01-31T00:00:00Z)`;
}

/** Says of a version which key it holds. The tag is the app's own: `keyId` would make it another credential. */
export function tagVersionCommand(
  secret: SecretReference,
  { secretVersion, keyId, endsOn }: { secretVersion: string; keyId: string; endsOn: string },
): string {
  return `az keyvault secret set-attributes ${placeOf(secret)} --version ${secretVersion} --expires ${endsOn} --tags ${FOUND_KEY_TAG}=${keyId}`;
}

function placeOf({ vault, name }: SecretReference): string {
  return `--vault-name ${vaultNameOf(vault)} --name ${name}`;
}
