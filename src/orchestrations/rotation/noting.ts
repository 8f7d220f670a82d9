/** A secret that does not say which key it holds: what the app has found goes onto its version. */
import type { CredentialStock } from '../../domain/rotation/stock.js';
import { sameId } from '../../domain/values/sameId.js';
import type { Flow } from '../flow.js';
import type { RotationEnd } from './ends.js';
import { carryOut, isStopped, type Rotating } from './rotating.js';

export interface UnnotedKey {
  readonly secretVersion: string;
  readonly keyId: string;
  /** ISO 8601. */
  readonly endsOn: string;
}

/** The key that the app has found for the current version, where nothing on the version says so. */
export function unnotedKey({
  current: { found, secretVersion },
  keys = [],
}: CredentialStock): UnnotedKey | undefined {
  if (!found || found.noted) return undefined;
  const key = keys.find(({ keyId }) => sameId(keyId, found.keyId));
  return key && key.endsOn !== '' ? { secretVersion, keyId: key.keyId, endsOn: key.endsOn } : undefined;
}

export function keyWouldBeNoted({ keyId }: UnnotedKey): RotationEnd {
  return {
    outcome: 'planned',
    summary: `The secret does not say that it holds the key ${keyId}: its version would be given tag and expiry.`,
    changed: false,
  };
}

/** Notes it. Where the app may not, the end says what a person can do; the key's end is minded all the same. */
export function* noteKey(run: Rotating, key: UnnotedKey, end: RotationEnd): Flow<RotationEnd> {
  run.progress.begin('note which key the secret holds');
  const noted = yield* carryOut(run, 'noteKey', { credential: run.input.credential, ...key });
  if (!isStopped(noted)) {
    run.progress.note(`${key.keyId}, ends ${key.endsOn}`);
    return end;
  }
  run.progress.note(noted.problem?.message ?? 'stopped');
  return noted.problem && !end.problem ? { ...end, problem: noted.problem } : end;
}
