import type { CallFailure } from '../domain/callResult.js';
import type { CredentialVersion } from '../domain/plan.js';
import type { Configuration, Credential, Profile, SecretReference } from '../domain/profile.js';
import type { Problem } from '../domain/runs.js';
import type { Secret } from '../domain/secret.js';
import type { Azure } from './azure.js';

/** A credential as the operator's vault holds it now: what may be told of it, and its value. */
export interface HeldCredential {
  readonly kind: 'held';
  readonly version: CredentialVersion;
  readonly value: Secret;
}

/** Tag of the secret that names the Entra key id of its value; the app's rotation sets it, a person may. */
const KEY_ID_TAG = 'keyId';

/** Reads the credential's current version, or the given one, from the operator's vault. */
export async function holdCredential(
  azure: Azure,
  credential: Credential,
  version?: string,
): Promise<HeldCredential | CallFailure> {
  const read =
    version === undefined
      ? await azure.vaults.current(credential.secret)
      : await azure.vaults.readVersion(credential.secret, version);
  if (read.kind === 'missing') return { kind: 'refused', problem: credentialMissing(credential) };
  if (read.kind !== 'found') return read;
  return {
    kind: 'held',
    value: read.value,
    version: {
      clientId: credential.clientId,
      tenantId: credential.tenantId,
      credentialId: read.tags[KEY_ID_TAG] ?? read.version,
      secretVersion: read.version,
      ...(read.expiresOn ? { expiresOn: read.expiresOn } : {}),
    },
  };
}

/** Reads a secret that a profile refers to: a password, a git credential. */
export async function holdSecret(
  azure: Azure,
  reference: SecretReference,
  purpose: string,
): Promise<{ readonly kind: 'held'; readonly value: Secret } | CallFailure> {
  const read = await azure.vaults.current(reference);
  if (read.kind === 'found') return { kind: 'held', value: read.value };
  if (read.kind !== 'missing') return read;
  return {
    kind: 'refused',
    problem: {
      code: 'secretMissing',
      message: `The secret ${reference.name} in ${reference.vault}, the profile's ${purpose}, does not exist.`,
      remedy: `az keyvault secret set --vault-name ${vaultName(reference)} --name ${reference.name} --value …`,
    },
  };
}

/** The profile of that name; a run outlives a change of the configuration, so it may be gone. */
export function profileNamed(configuration: Configuration, name: string): Profile | CallFailure {
  const profile = configuration.profiles.find((candidate) => candidate.name === name);
  if (profile) return profile;
  return {
    kind: 'refused',
    problem: {
      code: 'profileGone',
      message: `The profile ${name} is not in the configuration any more.`,
      remedy: 'Start the run again; it takes the profile that matches now.',
    },
  };
}

function credentialMissing(credential: Credential): Problem {
  const { secret } = credential;
  return {
    code: 'credentialMissing',
    message: `The credential ${credential.name} has no secret ${secret.name} in ${secret.vault}.`,
    remedy: `az keyvault secret set --vault-name ${vaultName(secret)} --name ${secret.name} --value … --expires … --tags ${KEY_ID_TAG}=…`,
  };
}

function vaultName(reference: SecretReference): string {
  return new URL(reference.vault).hostname.split('.')[0] ?? reference.vault;
}
