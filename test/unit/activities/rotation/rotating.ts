/** A credential that a rotation works on, for the tests of the activities that change something. */
import type { Profile } from '../../../../src/domain/configuration/profile.js';
import {
  type CredentialRecord,
  EMPTY_CREDENTIAL_RECORD,
} from '../../../../src/domain/rotation/credentialState.js';
import { pendingSecret } from '../../../../src/domain/rotation/pending.js';
import type { RotationPhase } from '../../../../src/domain/rotation/phases.js';
import { ActivityContext, NOW, OF_ATTIC } from '../../doubles/activityContext.js';

export const RUN = 'run-1';
export const HUB = 'c0ffee00';
export const { secret: SECRET, clientId: CLIENT, tenantId: TENANT } = OF_ATTIC.credential;
export const PENDING = pendingSecret(OF_ATTIC.credential);

/** A context in which the run works on the credential, in that phase. */
export function rotating(
  phase: RotationPhase,
  more: Partial<CredentialRecord> = {},
  profile: Partial<Profile> = {},
): ActivityContext {
  const context = new ActivityContext(profile);
  context.credential = recordIn(phase, more);
  return context;
}

/** The record of the credential while a run works on it that began from the version v1. */
export function recordIn(
  phase: RotationPhase,
  more: Partial<CredentialRecord> = {},
  runId = RUN,
): CredentialRecord {
  const rotation = { runId, until: NOW + 3_600_000, phase, over: 'v1' };
  return { ...EMPTY_CREDENTIAL_RECORD, hub: HUB, rotation, ...more };
}
