/** Proof of a credential beside its use: as it is given out, before it becomes everybody's, before the old one goes. */

import type { Problem } from '../../domain/problems/problem.js';
import { credentialUnproven } from '../../domain/rotation/problems.js';
import { amount } from '../../domain/values/amount.js';
import type { CredentialVersion } from '../../domain/values/credentialVersion.js';
import { PROVE_MS } from '../../domain/values/timing.js';
import { SUB_ORCHESTRATIONS } from '../calls.js';
import { callWait } from '../children.js';
import type { Task } from '../durable.js';
import { type Flow, nowMs } from '../flow.js';
import { ClaimLost } from './credentialClaim.js';
import { CANCELLED } from './ends.js';
import type { ProveInput, ProveResult } from './proveInARow.js';
import { carryOut, childId, credentialClaimOf, isStopped, type Rotating } from './rotating.js';

/**
 * Proof before use. Returns the problem where there is none.
 *
 * @param beside a child that is begun with it, and whose end is waited for as well
 */
export function* prove(
  run: Rotating,
  version: CredentialVersion,
  { step = 'prove the new credential', beside }: { readonly step?: string; readonly beside?: Task } = {},
): Flow<Problem | undefined> {
  run.progress.begin(step);
  const now = nowMs(run.context);
  const input: ProveInput = {
    runId: run.runId,
    credential: run.input.credential,
    version,
    deadline: now + PROVE_MS,
    accepted: 0,
    tries: 0,
    unstoppable: run.unstoppable,
    rotation: { ...credentialClaimOf(run), since: now },
  };
  const proven = yield* callWait<ProveResult>(
    run.context,
    SUB_ORCHESTRATIONS.proveInARow,
    () => input,
    childId(run),
    beside ? { beside } : {},
  );
  if (proven.kind === 'proven') {
    run.progress.logStep(`accepted several times in a row, after ${amount(proven.tries, 'try', 'tries')}`);
    return undefined;
  }
  if (proven.kind === 'lost') throw new ClaimLost();
  return proven.kind === 'cancelled' ? CANCELLED : credentialUnproven(proven.why);
}

/**
 * Whether a credential that was proven before has died meanwhile: moves, an overlap and a person take days. One look is
 * enough where Entra takes it; otherwise it is asked as often as after the mint. Returns the problem where it has.
 */
export function* diedMeanwhile(
  run: Rotating,
  version: CredentialVersion,
  step?: string,
): Flow<Problem | undefined> {
  const asked = yield* carryOut(run, 'proveVersion', { credential: run.input.credential, version });
  return isStopped(asked) ? yield* prove(run, version, step === undefined ? {} : { step }) : undefined;
}
