import { amount } from '../../domain/values/amount.js';
import type { CredentialVersion } from '../../domain/values/credentialVersion.js';
import { FENCE_MS, GIVEN_UP_MS } from '../../domain/values/timing.js';
import { type Flow, nowMs, pause } from '../flow.js';
import { changeClaimed } from './credentialClaim.js';
import { endUnchanged, type RotationEnd } from './ends.js';
import { lostKeys, removeKeys } from './removal.js';
import { carryOut, isStopped, type Rotating } from './rotating.js';

/** Mints the next credential into the pending secret. Ends the rotation where that cannot be done. */
export function* mint(run: Rotating): Flow<CredentialVersion | RotationEnd> {
  const { context, settings, progress, minting } = run;
  progress.begin('mint the next credential');
  const began = nowMs(context);
  minting.trace = { began: true };
  const endsOn = new Date(began + settings.validitySeconds * 1000).toISOString();
  const minted = yield* carryOut(run, 'mintCredential', {
    credential: run.input.credential,
    runId: run.runId,
    endsOn,
  });
  const ended = nowMs(context);
  minting.trace = { began: true, endedAt: ended };
  if (isStopped(minted)) {
    // A call that was given up may have its effect later. Waiting for that spares a later run the removal, no more: what
    // this run does not see is a debt.
    if (ended - began >= GIVEN_UP_MS) yield* pause(context, FENCE_MS);
    return { ...endUnchanged(minted.outcome, minted.problem), ...(yield* removeLost(run)) };
  }
  if (minted.kind === 'unstored') {
    return { ...endUnchanged('refused', minted.problem), ...(yield* removeLost(run, minted.keyId)) };
  }
  progress.logStep(`${minted.version.credentialId}, ends ${minted.endsOn}; staged`);
  return minted.version;
}

/**
 * A mint whose answer or whose value was lost may have left a key; the directory shows it sooner or later.
 *
 * @param known one that it has left for certain
 */
function* removeLost(given: Rotating, known?: string): Flow<Pick<RotationEnd, 'debts' | 'unretire'>> {
  const run: Rotating = { ...given, unstoppable: true };
  run.progress.pastCancelling('It is rolling back already.');
  // From here on no mint that comes late makes another.
  yield* changeClaimed(run.context, run.input.recordKey, {
    kind: 'advance',
    runId: run.runId,
    phase: 'rollingBack',
  });
  const lost = yield* lostKeys(run, known);
  const keyIds = [...(known === undefined ? [] : [known]), ...lost.keyIds];
  const removal = yield* removeKeys(run, keyIds, { urgent: false, unmarked: false });
  if (keyIds.length > 0) run.progress.logStep(`${amount(removal.removed.length, 'key')} of this run removed`);
  return {
    debts: [...removal.debts, ...lost.debts],
    unretire: [...removal.removed, ...removal.usable, ...removal.otherHubs],
  };
}
