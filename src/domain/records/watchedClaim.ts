/** What a run that waits has a claim to, for whoever looks meanwhile whether it still has. */

import type { CredentialRecord } from '../rotation/credentialState.js';
import type { RuntimeRecord } from './runtimeRecord.js';
import { holdsLease } from './runtimeRecord.js';

export interface WatchedClaim {
  readonly runId: string;
  /** Runs whose cancellation stops it: itself and who started it; none where nobody can stop it. */
  readonly stoppedWith: readonly string[];
  /** The runtime's record and the pass of the run; absent where it has no claim. */
  readonly record?: { readonly key: string; readonly pass: number; readonly leased: boolean };
  /** The rotation that waits for it, where it has waited so long that the run keeps its claim for it. */
  readonly rotation?: { readonly recordKey: string; readonly runId: string };
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What a record says of a claim: it is somebody else's by now, good for a while, or to be renewed. */
export type ClaimShown = 'lost' | 'good' | 'due';

/** How a run's claim to a runtime stands. `lastsMs`: how long a claim and a lease hold from a renewal on. */
export function runtimeClaimShown(
  { runId, record, now }: WatchedClaim & Required<Pick<WatchedClaim, 'record'>>,
  shown: RuntimeRecord | undefined,
  lastsMs: { readonly claim: number; readonly lease: number },
): ClaimShown {
  const { work, lease } = shown ?? {};
  if (work?.runId !== runId || work.pass !== record.pass) return 'lost';
  if (!record.leased) return isDue(work.until, now, lastsMs.claim) ? 'due' : 'good';
  if (!lease || !holdsLease(shown, runId, record.pass)) return 'lost';
  return isDue(work.until, now, lastsMs.claim) || isDue(lease.until, now, lastsMs.lease) ? 'due' : 'good';
}

/** How a rotation's claim to its credential stands. */
export function credentialClaimShown(
  runId: string,
  now: number,
  shown: CredentialRecord | undefined,
  lastsMs: number,
): ClaimShown {
  const { rotation } = shown ?? {};
  if (rotation?.runId !== runId) return 'lost';
  return isDue(rotation.until, now, lastsMs) ? 'due' : 'good';
}

/** A third of it is gone: soon enough that one renewal that does not arrive does no harm. */
function isDue(until: number, now: number, lastsMs: number): boolean {
  return until - now < (lastsMs * 2) / 3;
}
