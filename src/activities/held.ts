import type { ReadSecret } from '../azure/keyVault.js';
import type { Credential, SecretReference } from '../domain/configuration/credential.js';
import type { Configuration, Profile } from '../domain/configuration/profile.js';
import type { CallFailure } from '../domain/problems/callResult.js';
import type { Problem } from '../domain/problems/problem.js';
import { chosenVersion, pinnedVersion } from '../domain/rotation/choice.js';
import { setPlainSecretCommand, setSecretCommand } from '../domain/rotation/commands.js';
import { type CredentialRecord, credentialRecordKey, isInPhase } from '../domain/rotation/credentialState.js';
import { KEY_ID_TAG, pendingSecret } from '../domain/rotation/pending.js';
import type { RotationPhase } from '../domain/rotation/phases.js';
import type { CredentialVersion } from '../domain/values/credentialVersion.js';
import { sameId } from '../domain/values/sameId.js';
import type { Secret } from '../domain/values/secret.js';
import type { Azure } from './azure.js';
import type { DurableState } from './deps.js';
import { idOfSameValue } from './sameValue.js';

/** A credential as the operator's vault holds it now: what may be told of it, and its value. */
export interface HeldCredential {
  readonly kind: 'held';
  readonly version: CredentialVersion;
  readonly value: Secret;
}

/** Reads the credential's current version, or the given one, from the operator's vault. */
export async function holdCredential(
  azure: Azure,
  credential: Credential,
  version?: CredentialVersion,
): Promise<HeldCredential | CallFailure> {
  if (version?.staged) return holdStaged(azure, credential, version);
  if (version !== undefined) {
    const read = await azure.vaults.readVersion(credential.secret, version.secretVersion);
    return heldOf(credential, read, version.credentialId);
  }
  const read = await azure.vaults.current(credential.secret);
  if (read.kind !== 'found' || read.tags[KEY_ID_TAG] !== undefined) return heldOf(credential, read);
  const known = await idOfSameValue(azure, credential.secret, read);
  return typeof known === 'object' ? known : heldOf(credential, read, known);
}

/** A staged version; where it was committed meanwhile, the pending secret is closed and the same key is current. */
async function holdStaged(
  azure: Azure,
  credential: Credential,
  { secretVersion, credentialId }: CredentialVersion,
): Promise<HeldCredential | CallFailure> {
  const staged = heldOf(credential, await azure.vaults.readVersion(pendingSecret(credential), secretVersion));
  if (staged.kind === 'held') {
    return { ...staged, version: { ...staged.version, staged: true } };
  }
  if (staged.kind === 'retry') return staged;
  const current = await holdCredential(azure, credential);
  return current.kind === 'held' && sameId(current.version.credentialId, credentialId) ? current : staged;
}

/** @param known id under which a version without the tag is known already */
function heldOf(
  credential: Credential,
  read: ReadSecret | CallFailure,
  known?: string,
): HeldCredential | CallFailure {
  if (read.kind === 'missing') return { kind: 'refused', problem: credentialMissing(credential) };
  if (read.kind !== 'found') return read;
  return {
    kind: 'held',
    value: read.value,
    version: {
      clientId: credential.clientId,
      tenantId: credential.tenantId,
      credentialId: read.tags[KEY_ID_TAG] ?? known ?? read.version,
      secretVersion: read.version,
      ...(read.expiresOn ? { expiresOn: read.expiresOn } : {}),
    },
  };
}

/**
 * The version that an enablement gives a runtime now: the current one, unless a rotation or its way back says
 * otherwise.
 *
 * @param marker credential id that the runtime carries
 * @param now milliseconds since the epoch, on the orchestration's clock
 */
export async function holdWanted(
  azure: Azure,
  credential: Credential,
  record: CredentialRecord | undefined,
  marker: string | undefined,
  now: number,
): Promise<HeldCredential | CallFailure> {
  const chosen = chosenVersion(record, marker, now);
  if (chosen) return holdCredential(azure, credential, chosen);
  const current = await holdCredential(azure, credential);
  if (current.kind !== 'held') return current;
  const pinned = pinnedVersion(record, current.version, now);
  return pinned ? holdCredential(azure, credential, pinned) : current;
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
      remedy: setPlainSecretCommand(reference),
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

/** The credential of that name. */
export function credentialNamed(configuration: Configuration, name: string): Credential | CallFailure {
  const credential = configuration.credentials.find((candidate) => candidate.name === name);
  if (credential) return credential;
  return {
    kind: 'refused',
    problem: {
      code: 'credentialGone',
      message: `The credential ${name} is not in the configuration any more.`,
      remedy: 'Put it back, or start the run again for one that is there.',
    },
  };
}

/** Whether a rotation works on the credential and is in this phase: asked before it changes something. */
export async function isStillIn(
  phase: RotationPhase,
  durable: DurableState,
  credential: Credential,
  runId: string,
): Promise<boolean> {
  return isInPhase(await durable.credentialRecord(credentialRecordKey(credential)), runId, phase);
}

function credentialMissing(credential: Credential): Problem {
  const { secret } = credential;
  return {
    code: 'credentialMissing',
    message: `The credential ${credential.name} has no secret ${secret.name} in ${secret.vault}.`,
    remedy: setSecretCommand(secret),
  };
}

/** Short name of the vault that a secret is in. */
export function vaultName(reference: SecretReference): string {
  return new URL(reference.vault).hostname.split('.')[0] ?? reference.vault;
}
