/** The claim of a rotation on its credential: asked for before each step that changes something, renewed in every wait. */

import type { Problem } from '../../domain/problems/problem.js';
import type { CredentialAnswer, CredentialOperation } from '../../domain/records/credentialRecord.js';
import { credentialTaken } from '../../domain/rotation/problems.js';
import { CREDENTIAL_CLAIM_MS } from '../../domain/values/timing.js';
import { askAgain } from '../askAgain.js';
import { callCredentialRecord } from '../calls.js';
import type { OrchestrationContext } from '../durable.js';
import { type Flow, nowMs } from '../flow.js';

/**
 * Another run works on the credential by now. Thrown, not given: whatever the flow was about to do, it does nothing any
 * more, neither forward nor back, and no caller can overlook it.
 */
export class ClaimLost extends Error {
  readonly problem: Problem = credentialTaken();

  constructor() {
    super('another run works on the credential');
    this.name = 'ClaimLost';
  }
}

/** Whose claim: the run and the key of the credential's record. */
export interface CredentialClaim {
  readonly runId: string;
  readonly recordKey: string;
}

/** Renews the claim; false where another run has taken the credential over, or this one has let go of it. */
export function* tryRenewCredentialClaim(
  context: OrchestrationContext,
  { runId, recordKey }: CredentialClaim,
): Flow<boolean> {
  const renewal = { kind: 'renew', runId, now: nowMs(context), claimMs: CREDENTIAL_CLAIM_MS } as const;
  return yield* isClaimed(context, recordKey, renewal);
}

/** Renews the claim. Throws `ClaimLost` where there is none. */
export function* renewCredentialClaim(context: OrchestrationContext, claim: CredentialClaim): Flow<void> {
  if (!(yield* tryRenewCredentialClaim(context, claim))) throw new ClaimLost();
}

/** Changes the record of the credential. Throws `ClaimLost` where the run has no claim to it. */
export function* changeClaimed(
  context: OrchestrationContext,
  recordKey: string,
  operation: Extract<CredentialOperation, { kind: 'advance' | 'retire' }>,
): Flow<void> {
  if (!(yield* isClaimed(context, recordKey, operation))) throw new ClaimLost();
}

function* isClaimed(
  context: OrchestrationContext,
  recordKey: string,
  operation: CredentialOperation,
): Flow<boolean> {
  return yield* askAgain(
    context,
    (claim) => !claim,
    function* () {
      const answer: CredentialAnswer = yield* callCredentialRecord(context, recordKey, operation);
      return answer.kind === 'claim' && answer.held;
    },
  );
}
