/** How long what was proven of a runtime holds. */
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
