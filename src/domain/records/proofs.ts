/** How long what was proven of a runtime holds. */
import { sameId } from '../values/sameId.js';
import { JUST_PROVEN_MS } from '../values/timing.js';
import type { RecordedProof } from './runtimeRecord.js';

/** `due`: proven with these settings and this credential, too long ago. */
export type ProofStatus = 'holds' | 'due' | 'none';

/**
 * How a proof stands for what a runtime has or is to have.
 *
 * @param fingerprint of the settings and the credential that are asked about
 * @param everySeconds how long a proof holds
 * @param now milliseconds since the epoch
 */
export function proofStatusOf(
  proof: RecordedProof | undefined,
  fingerprint: string,
  everySeconds: number,
  now: number,
): ProofStatus {
  if (proof?.fingerprint !== fingerprint) return 'none';
  return now - Date.parse(proof.provenAt) < everySeconds * 1000 ? 'holds' : 'due';
}

/**
 * Whether a rotation has itself proven access with this credential, so lately that another check would tell nothing new.
 * What others have proven before says nothing of now.
 *
 * @param rotationId of the rotation, with which the ids of its runs begin
 * @param credentialId what the runtime has
 * @param now milliseconds since the epoch
 */
export function isJustProven(
  proof: RecordedProof | undefined,
  rotationId: string,
  credentialId: string,
  now: number,
): boolean {
  if (!proof?.runId.startsWith(`${rotationId}-`) || !sameId(proof.credentialId, credentialId)) return false;
  return now - Date.parse(proof.provenAt) < JUST_PROVEN_MS;
}
