import type { CredentialVersion } from '../values/credentialVersion.js';
import { sameId } from '../values/sameId.js';
import type { CredentialRecord } from './credentialState.js';
import { stands } from './failures.js';

/**
 * Which version an enablement gives a runtime. Without a rotation the current one. While one is under way, a runtime
 * keeps what it has of the two: the rotation moves it when its turn comes. A new runtime gets the one that lives
 * longest with certainty: the old one until the commit, as long as it lives.
 *
 * @param marker credential id that the runtime carries now
 * @param now milliseconds since the epoch
 * @returns `undefined`: the current version of the secret
 */
export function chosenVersion(
  record: CredentialRecord | undefined,
  marker: string | undefined,
  now: number,
): CredentialVersion | undefined {
  const rotation = record?.rotation;
  if (rotation?.to && rotation.from) {
    const { from, to, phase } = rotation;
    if (phase === 'committed') return to;
    const dead = from.expiresOn !== undefined && Date.parse(from.expiresOn) <= now;
    if (phase === 'rollingBack') return dead ? undefined : from;
    if (marker !== undefined && sameId(marker, to.credentialId)) return to;
    return dead ? undefined : from;
  }
  return undefined;
}

/**
 * The pin, where it stands for the current version: after a move that had to go back. What has expired meanwhile is given
 * to nobody.
 *
 * @param now milliseconds since the epoch
 */
export function pinnedVersion(
  record: CredentialRecord | undefined,
  current: CredentialVersion,
  now: number,
): CredentialVersion | undefined {
  const pinned = record?.pinned;
  if (!pinned || !stands(pinned, current)) return undefined;
  const { use } = pinned;
  return use.expiresOn !== undefined && Date.parse(use.expiresOn) <= now ? undefined : use;
}
