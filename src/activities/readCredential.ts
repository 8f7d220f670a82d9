import type { ReadSecret } from '../azure/keyVault.js';
import type { Credential } from '../domain/configuration/credential.js';
import type { CallFailure } from '../domain/problems/callResult.js';
import type { Problem } from '../domain/problems/problem.js';
import { chosenVersion, pinnedVersion } from '../domain/rotation/choice.js';
import { setSecretCommand } from '../domain/rotation/commands.js';
import type { CredentialRecord } from '../domain/rotation/credentialState.js';
import { KEY_ID_TAG, pendingSecret } from '../domain/rotation/pending.js';
import type { CredentialVersion } from '../domain/values/credentialVersion.js';
import { sameId } from '../domain/values/sameId.js';
import type { Secret } from '../domain/values/secret.js';
import type { Azure } from './azure.js';
import { idOfSameValue } from './sameValue.js';

/** A version of a credential as the operator's vault has it now: what may be told of it, and its value. */
export interface CredentialWithValue {
  readonly kind: 'read';
  readonly version: CredentialVersion;
  readonly value: Secret;
}

/** Reads the credential's current version, or the given one, from the operator's vault. */
export async function readCredential(
  azure: Azure,
  credential: Credential,
  version?: CredentialVersion,
): Promise<CredentialWithValue | CallFailure> {
  if (version?.staged) return readStaged(azure, credential, version);
  if (version !== undefined) {
    const read = await azure.vaults.readVersion(credential.secret, version.secretVersion);
    return credentialWithValue(credential, read, version.credentialId);
  }
  const read = await azure.vaults.current(credential.secret);
  if (read.kind !== 'found' || read.tags[KEY_ID_TAG] !== undefined)
    return credentialWithValue(credential, read);
  const known = await idOfSameValue(azure, credential.secret, read);
  return typeof known === 'object' ? known : credentialWithValue(credential, read, known);
}

/** A staged version; where it was committed meanwhile, the pending secret is closed and the same key is current. */
async function readStaged(
  azure: Azure,
  credential: Credential,
  { secretVersion, credentialId }: CredentialVersion,
): Promise<CredentialWithValue | CallFailure> {
  const staged = credentialWithValue(
    credential,
    await azure.vaults.readVersion(pendingSecret(credential), secretVersion),
  );
  if (staged.kind === 'read') {
    return { ...staged, version: { ...staged.version, staged: true } };
  }
  if (staged.kind === 'retry') return staged;
  const current = await readCredential(azure, credential);
  return current.kind === 'read' && sameId(current.version.credentialId, credentialId) ? current : staged;
}

/** @param known id under which a version without the tag is known already */
function credentialWithValue(
  credential: Credential,
  read: ReadSecret | CallFailure,
  known?: string,
): CredentialWithValue | CallFailure {
  if (read.kind === 'missing') return { kind: 'refused', problem: credentialMissing(credential) };
  if (read.kind !== 'found') return read;
  return {
    kind: 'read',
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
export async function readWantedCredential(
  azure: Azure,
  credential: Credential,
  record: CredentialRecord | undefined,
  marker: string | undefined,
  now: number,
): Promise<CredentialWithValue | CallFailure> {
  const chosen = chosenVersion(record, marker, now);
  if (chosen) return readCredential(azure, credential, chosen);
  const current = await readCredential(azure, credential);
  if (current.kind !== 'read') return current;
  const pinned = pinnedVersion(record, current.version, now);
  return pinned ? readCredential(azure, credential, pinned) : current;
}

function credentialMissing(credential: Credential): Problem {
  const { secret } = credential;
  return {
    code: 'credentialMissing',
    message: `The credential ${credential.name} has no secret ${secret.name} in ${secret.vault}.`,
    remedy: setSecretCommand(secret),
  };
}
