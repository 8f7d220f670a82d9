import type { Activities } from '../../domain/activities/activities.js';
import type { Credential } from '../../domain/configuration/credential.js';
import type { CallFailure } from '../../domain/problems/callResult.js';
import { credentialRecordKey, isInPhase } from '../../domain/rotation/credentialState.js';
import { KEY_ID_TAG, pendingSecret, RUN_TAG } from '../../domain/rotation/pending.js';
import { secretOverwritten } from '../../domain/rotation/problems.js';
import type { CredentialVersion } from '../../domain/values/credentialVersion.js';
import { sameId } from '../../domain/values/sameId.js';
import { vaultNameOf } from '../../domain/values/vaultName.js';
import type { Azure } from '../azure.js';
import { credentialNamed } from '../configured.js';
import type { ActivityDeps, DurableState } from '../deps.js';
import { type CredentialWithValue, readCredential } from '../readCredential.js';

type Activity = Activities['commitCredential'];

/**
 * The commit: a new version of the secret that everybody reads, over the one that its run began from and no other: what a
 * person wrote meanwhile stays. Repeated, it finds the version by its key id; two at once write two versions of the same
 * key, which is harmless. Only then is the pending secret closed, so that a crash between
 * the two leaves nothing unreadable.
 */
export async function commitCredential(
  input: Activity['input'],
  deps: ActivityDeps,
  durable: DurableState,
): Promise<Activity['output']> {
  const credential = credentialNamed(await deps.configuration(), input.credential);
  if ('kind' in credential) return credential;
  const azure = await deps.azure();
  const { credentialId, secretVersion } = input.version;

  const before = await committedEarlier(azure, credential, credentialId);
  if (before && 'kind' in before) return before;
  let committed = before;
  if (!committed) {
    const staged = await readCredential(azure, credential, input.version);
    if (staged.kind !== 'read') return staged;
    const record = await durable.credentialRecord(credentialRecordKey(credential));
    if (!isInPhase(record, input.runId, 'moving')) return { kind: 'notOurs' };
    // Last of all, since a vault knows no condition: from here to the write is no more than the write itself.
    const inTheWay = await somebodyElses(azure, credential, record?.rotation?.over);
    // What was written meanwhile may be by another one of this very commit.
    const written = inTheWay
      ? ((await committedEarlier(azure, credential, credentialId)) ?? inTheWay)
      : await write(azure, credential, staged, input.runId);
    if ('kind' in written) return written;
    committed = written;
  }
  const closed = await azure.vaults.disable(pendingSecret(credential), secretVersion);
  return closed.kind === 'disabled' ? { kind: 'committed', version: committed } : closed;
}

/** Writes the staged value as the version that everybody reads. */
async function write(
  azure: Azure,
  { secret }: Credential,
  { value, version }: CredentialWithValue,
  runId: string,
): Promise<CredentialVersion | CallFailure> {
  const { staged: _, ...rest } = version;
  const created = await azure.vaults.create(secret, value, {
    contentType: 'text/plain',
    tags: { [KEY_ID_TAG]: version.credentialId, [RUN_TAG]: runId },
    ...(version.expiresOn ? { expiresOn: new Date(version.expiresOn) } : {}),
  });
  return created.kind === 'created' ? { ...rest, secretVersion: created.version } : created;
}

/** The version with this key, where it is what everybody reads already. */
async function committedEarlier(
  azure: Azure,
  credential: Credential,
  credentialId: string,
): Promise<CredentialVersion | Extract<CallFailure, { kind: 'retry' }> | undefined> {
  const current = await readCredential(azure, credential);
  if (current.kind === 'retry') return current;
  const isIt = current.kind === 'read' && sameId(current.version.credentialId, credentialId);
  return isIt ? current.version : undefined;
}

/** Why nothing is written: the secret does not hold any more what the run began from. */
async function somebodyElses(
  azure: Azure,
  { name, secret }: Credential,
  over: string | undefined,
): Promise<CallFailure | undefined> {
  const current = await azure.vaults.current(secret);
  if (current.kind === 'retry') return current;
  if (current.kind === 'found' && current.version === over) return undefined;
  const by = current.kind === 'found' ? current.tags[RUN_TAG] : undefined;
  const found =
    current.kind === 'found'
      ? `version ${current.version}, key ${current.tags[KEY_ID_TAG] ?? 'unknown'}${by ? `, written by run ${by}` : ''}`
      : current.kind === 'missing'
        ? 'it is gone'
        : current.problem.message;
  const where = `${secret.name} in ${vaultNameOf(secret.vault)}`;
  return { kind: 'refused', problem: secretOverwritten(where, found, name) };
}
