/** The hold of a rotation on its credential: asked for before each step that changes something, renewed in every wait. */

import type { Problem } from '../../domain/problems/problem.js';
import type { CredentialAnswer, CredentialOperation } from '../../domain/records/credentialRecord.js';
import { credentialTaken } from '../../domain/rotation/problems.js';
import { CREDENTIAL_HOLD_MS } from '../../domain/values/timing.js';
import { askAgain } from '../askAgain.js';
import { callCredentialRecord } from '../calls.js';
import type { OrchestrationContext } from '../durable.js';
import { type Flow, nowMs } from '../flow.js';

/**
 * Another run works on the credential by now. Thrown, not given: whatever the flow was about to do, it does nothing any
 * more, neither forward nor back, and no caller can overlook it.
 */
export class HoldLost extends Error {
  readonly problem: Problem = credentialTaken();

  constructor() {
    super('another run works on the credential');
    this.name = 'HoldLost';
  }
}

/** Whose hold: the run and the key of the credential's record. */
export interface Held {
  readonly runId: string;
  readonly recordKey: string;
}

/** Renews the hold; false where another run has taken the credential over, or this one has let go of it. */
export function* renewCredential(context: OrchestrationContext, { runId, recordKey }: Held): Flow<boolean> {
  const renewal = { kind: 'renew', runId, now: nowMs(context), holdMs: CREDENTIAL_HOLD_MS } as const;
  return yield* standing(context, recordKey, renewal);
}

/** Renews the hold. Throws `HoldLost` where there is none. */
export function* renewHold(context: OrchestrationContext, held: Held): Flow<void> {
  if (!(yield* renewCredential(context, held))) throw new HoldLost();
}

/** Changes the record of the credential. Throws `HoldLost` where the run does not hold it. */
export function* asHolder(
  context: OrchestrationContext,
  recordKey: string,
  operation: Extract<CredentialOperation, { kind: 'advance' | 'retire' }>,
): Flow<void> {
  if (!(yield* standing(context, recordKey, operation))) throw new HoldLost();
}

function* standing(
  context: OrchestrationContext,
  recordKey: string,
  operation: CredentialOperation,
): Flow<boolean> {
  return yield* askAgain(
    context,
    (held) => !held,
    function* () {
      const answer: CredentialAnswer = yield* callCredentialRecord(context, recordKey, operation);
      return answer.kind === 'standing' && answer.held;
    },
  );
}
