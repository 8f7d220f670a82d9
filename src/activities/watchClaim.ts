import {
  credentialClaimShown,
  runtimeClaimShown,
  type WatchedClaim,
} from '../domain/records/watchedClaim.js';
import { CLAIM_MS, CREDENTIAL_CLAIM_MS, LEASE_MS } from '../domain/values/timing.js';
import { isAnyCancelled } from './cancelled.js';
import type { ActivityDeps, DurableState } from './deps.js';

/**
 * Whether a run that waits may go on, as far as reading shows: nobody has cancelled it, and nobody has taken over. Renews
 * what is a third gone. A read of the durable back end is one operation, and leaves nothing in a history; a call by the
 * orchestration is many. So `inQuestion` is no verdict: what is read may be older than what the orchestration was told.
 */
export async function watchClaim(
  claim: WatchedClaim,
  deps: ActivityDeps,
  durable: DurableState,
): Promise<'held' | 'inQuestion'> {
  const { runId, stoppedWith, record, rotation, now } = claim;
  const [cancelled, ofRuntime, ofCredential] = await Promise.all([
    isAnyCancelled(stoppedWith, deps, durable),
    record ? durable.runtimeRecord(record.key) : undefined,
    rotation ? durable.credentialRecord(rotation.recordKey) : undefined,
  ]);
  if (cancelled) return 'inQuestion';
  if (record) {
    const shown = runtimeClaimShown({ ...claim, record }, ofRuntime, { claim: CLAIM_MS, lease: LEASE_MS });
    if (shown === 'lost') return 'inQuestion';
    if (shown === 'due') {
      const { key, pass, leased } = record;
      await durable.renewRuntime(key, {
        kind: 'renew',
        runId,
        pass,
        now,
        claimMs: CLAIM_MS,
        ...(leased ? { leaseMs: LEASE_MS } : {}),
      });
    }
  }
  if (rotation) {
    const shown = credentialClaimShown(rotation.runId, now, ofCredential, CREDENTIAL_CLAIM_MS);
    if (shown === 'lost') return 'inQuestion';
    if (shown === 'due') {
      await durable.renewCredential(rotation.recordKey, {
        kind: 'renew',
        runId: rotation.runId,
        now,
        claimMs: CREDENTIAL_CLAIM_MS,
      });
    }
  }
  return 'held';
}
