import type { Credential } from '../../domain/configuration/credential.js';
import { credentialRecordKey, isInPhase } from '../../domain/rotation/credentialState.js';
import type { RotationPhase } from '../../domain/rotation/phases.js';
import type { DurableState } from '../deps.js';

/** Whether a rotation works on the credential and is in this phase: asked before it changes something. */
export async function isInRotationPhase(
  phase: RotationPhase,
  durable: DurableState,
  credential: Credential,
  runId: string,
): Promise<boolean> {
  return isInPhase(await durable.credentialRecord(credentialRecordKey(credential)), runId, phase);
}
