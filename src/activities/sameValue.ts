import type { ReadSecret, SecretVersionInfo } from '../azure/keyVault.js';
import type { SecretReference } from '../domain/configuration/credential.js';
import type { CallFailure } from '../domain/problems/callResult.js';
import { KEY_ID_TAG } from '../domain/rotation/pending.js';
import { constantTimeEqual } from '../domain/values/digest.js';
import type { Azure } from './azure.js';

/** Versions before the current one that are compared with it. */
const MOST = 3;

/**
 * The id under which the value of a version without the tag `keyId` is known already: the same value written once more is
 * the same credential, and no reason to restart a runtime. Compares values in memory. `undefined`: it is a new value, or
 * the versions before it cannot be read.
 */
export async function idOfSameValue(
  { vaults }: Azure,
  secret: SecretReference,
  current: Extract<ReadSecret, { kind: 'found' }>,
): Promise<string | undefined | CallFailure> {
  const listed = await vaults.versions(secret);
  // An id that changes with the moment would restart runtimes.
  if (listed.kind === 'retry') return listed;
  if (listed.kind !== 'listed') return undefined;
  const own = listed.versions.find(({ version }) => version === current.version);
  const earlier = listed.versions.filter(
    ({ version, enabled, createdAt }) =>
      enabled && version !== current.version && createdAt <= (own?.createdAt ?? 0),
  );
  let known: SecretVersionInfo | undefined;
  for (const one of earlier.slice(0, MOST)) {
    const read = await vaults.readVersion(secret, one.version);
    if (read.kind === 'retry') return read;
    if (read.kind !== 'found' || !constantTimeEqual(read.value.reveal(), current.value.reveal())) break;
    known = one;
    if (one.tags[KEY_ID_TAG] !== undefined) break;
  }
  return known && (known.tags[KEY_ID_TAG] ?? known.version);
}
