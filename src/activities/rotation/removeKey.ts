import type { Activities } from '../../domain/activities/activities.js';
import type { SecretReference } from '../../domain/configuration/credential.js';
import type { CallFailure } from '../../domain/problems/callResult.js';
import { credentialRecordKey, mayRemove } from '../../domain/rotation/credentialState.js';
import {
  FOUND_KEY_TAG,
  isOtherHubs,
  KEY_ID_TAG,
  minterOf,
  pendingSecret,
} from '../../domain/rotation/pending.js';
import { sameId } from '../../domain/values/sameId.js';
import type { Azure } from '../azure.js';
import { credentialNamed } from '../configured.js';
import type { ActivityDeps, DurableState } from '../deps.js';
import { readCredential } from '../readCredential.js';

type Activity = Activities['removeKey'];

/**
 * Removes exactly one key, first where it is accepted, then where its value is kept. Never the key that everybody
 * reads, nor one that the run has not retired, nor one that another task hub minted. Repeating it does no harm.
 */
export async function removeKey(
  input: Activity['input'],
  deps: ActivityDeps,
  durable: DurableState,
): Promise<Activity['output']> {
  const credential = credentialNamed(await deps.configuration(), input.credential);
  if ('kind' in credential) return credential;
  const azure = await deps.azure();
  const issuer = await deps.strategies.of(credential).connect(azure);
  const current = await readCredential(azure, credential);
  // A newest version that is disabled or gone is nobody's: only a certain answer lets a key be removed.
  if (current.kind === 'retry') return current;
  if (current.kind === 'read' && sameId(current.version.credentialId, input.keyId)) return { kind: 'inUse' };
  const record = await durable.credentialRecord(credentialRecordKey(credential));
  if (!mayRemove(record, input.runId, input.keyId)) return { kind: 'notOurs' };
  const listed = await issuer.list(credential);
  if (listed.kind !== 'listed') return listed;
  const label = listed.keys.find(({ keyId }) => sameId(keyId, input.keyId))?.displayName;
  const minter = minterOf(credentialRecordKey(credential), record?.hub ?? '');
  if (label !== undefined && isOtherHubs(minter, label)) return { kind: 'otherHubs', label };

  const removed = await issuer.remove(credential, input.keyId);
  if (removed.kind !== 'removed') return removed;
  for (const secret of [credential.secret, pendingSecret(credential)]) {
    const closed = await disableVersions(azure, secret, input.keyId);
    if (closed) return closed;
  }
  return { kind: 'removed' };
}

async function disableVersions(
  azure: Azure,
  secret: SecretReference,
  keyId: string,
): Promise<CallFailure | undefined> {
  const listed = await azure.vaults.versions(secret);
  if (listed.kind !== 'listed') return listed;
  // What the app noted on a version is done with its key: a disabled one is given to nobody.
  const matching = listed.versions.filter(
    ({ enabled, tags }) => enabled && sameId(tags[KEY_ID_TAG] ?? tags[FOUND_KEY_TAG] ?? '', keyId),
  );
  for (const { version } of matching) {
    const disabled = await azure.vaults.disable(secret, version);
    if (disabled.kind !== 'disabled') return disabled;
  }
  return undefined;
}
