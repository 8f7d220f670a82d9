/** A secret that does not say which key it holds: what the app has found goes onto its version. */
import type { CredentialInventory } from '../../domain/rotation/inventory.js';
import { sameId } from '../../domain/values/sameId.js';
import type { Flow } from '../flow.js';
import type { RotationEnd } from './ends.js';
import { carryOut, isStopped, type Rotating } from './rotating.js';

export interface UntaggedKey {
  readonly secretVersion: string;
  readonly keyId: string;
  /** ISO 8601. */
  readonly endsOn: string;
}

/** The key that the app has found for the current version, where nothing on the version says so. */
export function untaggedKey({
  current: { found, secretVersion },
  keys = [],
}: CredentialInventory): UntaggedKey | undefined {
  if (!found || found.recorded) return undefined;
  const key = keys.find(({ keyId }) => sameId(keyId, found.keyId));
  return key && key.endsOn !== '' ? { secretVersion, keyId: key.keyId, endsOn: key.endsOn } : undefined;
}

export function tagWouldBeSet({ keyId }: UntaggedKey): RotationEnd {
  return {
    outcome: 'planned',
    summary: `The secret does not say that it holds the key ${keyId}: its version would be given tag and expiry.`,
    changed: false,
  };
}

/** Tags it. Where the app may not, the end says what a person can do; the key's end is minded all the same. */
export function* tagVersion(run: Rotating, key: UntaggedKey, end: RotationEnd): Flow<RotationEnd> {
  run.progress.begin('tag the secret with its key');
  const tagged = yield* carryOut(run, 'tagVersion', { credential: run.input.credential, ...key });
  if (!isStopped(tagged)) {
    run.progress.logStep(`${key.keyId}, ends ${key.endsOn}`);
    return end;
  }
  run.progress.logStep(tagged.problem?.message ?? 'stopped');
  return tagged.problem && !end.problem ? { ...end, problem: tagged.problem } : end;
}
