import type { FleetInventory } from '../../domain/rotation/inventory.js';
import type { Debt } from '../../domain/runs/rotations.js';
import { hasWhatItWasGiven } from '../../domain/runs/runs.js';
import { amount } from '../../domain/values/amount.js';
import type { CredentialVersion } from '../../domain/values/credentialVersion.js';
import type { Flow } from '../flow.js';
import { changeClaimed } from './credentialClaim.js';
import { debt } from './debts.js';
import { moveFleet } from './fleet.js';
import { lostKeys, removeKeys } from './removal.js';
import { carryOut, isStopped, type Rotating } from './rotating.js';

export interface Rollback {
  readonly wentBack: number;
  readonly failed: number;
  /** Nothing stands in the way of these credential ids any more. */
  readonly unretire: readonly string[];
  readonly debts: readonly Debt[];
}

/**
 * Rolls back a rotation that has not been committed: whoever has the new credential gets the old one again, then the
 * minted key and its staged value go. Waits for no window and cannot be stopped.
 *
 * @param to the new credential; `from` the one to go back to
 */
export function* rollBack(
  given: Rotating,
  from: CredentialVersion | undefined,
  to: CredentialVersion,
): Flow<Rollback> {
  const run: Rotating = { ...given, unstoppable: true };
  run.progress.begin('roll back');
  run.progress.pastCancelling('It is rolling back already.');
  yield* changeClaimed(run.context, run.input.recordKey, {
    kind: 'advance',
    runId: run.runId,
    phase: 'rollingBack',
  });
  const back = from ? yield* moveBack(run, from, to) : { moved: 0, failed: 0, debts: [] };
  if (!to.staged) return { wentBack: back.moved, failed: back.failed, unretire: [], debts: back.debts };

  run.progress.begin('remove the minted credential');
  // Its value never left the vault but through this run, which writes the marker with it.
  const lost = yield* lostKeys(run, to.credentialId);
  const removal = yield* removeKeys(run, [to.credentialId, ...lost.keyIds], {
    ...(from ? { to: from } : {}),
    urgent: true,
    unmarked: false,
  });
  run.progress.logStep(removal.removed.length > 0 ? 'removed' : 'not removed: it stays a debt');
  return {
    wentBack: back.moved,
    failed: back.failed,
    unretire: [...removal.removed, ...removal.usable, ...removal.otherHubs],
    debts: [...removal.debts, ...lost.debts, ...back.debts],
  };
}

function* moveBack(run: Rotating, from: CredentialVersion, to: CredentialVersion) {
  const listed = yield* carryOut(run, 'listFleet', { credential: run.input.credential });
  if (isStopped(listed)) {
    run.progress.logStep(`the fleet could not be listed: ${listed.problem?.message ?? ''}`);
    return { moved: 0, failed: 0, debts: [] };
  }
  const fleet: FleetInventory = listed.fleet;
  const back = yield* moveFleet(run, fleet, { to: from, only: to.credentialId, urgent: true });
  // One whose check fails has what it had, and is as broken as it may have been before.
  const moved = back.moved + back.unproven;
  const failed = back.failed - back.unproven;
  run.progress.logStep(`${amount(moved, 'runtime')} went back, ${failed} did not`);
  if (back.unproven > 0) run.progress.logStep(`the check of ${back.unproven} of these fails`);
  const debts: Debt[] = back.stragglers
    .filter((straggler) => !hasWhatItWasGiven(straggler))
    .map(({ runtime, code, outcome }) =>
      debt(run, 'moveRuntime', runtime, `It did not go back: ${code ?? outcome}`),
    );
  return { moved, failed, debts };
}
