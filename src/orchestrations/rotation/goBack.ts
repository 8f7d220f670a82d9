import type { FleetStock } from '../../domain/rotation/stock.js';
import type { Debt } from '../../domain/runs/rotations.js';
import { hasWhatItWasGiven } from '../../domain/runs/runs.js';
import type { CredentialVersion } from '../../domain/values/credentialVersion.js';
import type { Flow } from '../flow.js';
import { debt } from './debts.js';
import { moveFleet } from './fleet.js';
import { asHolder } from './hold.js';
import { lostKeys, removeKeys } from './removal.js';
import { carryOut, isStopped, type Rotating } from './rotating.js';

export interface WayBack {
  readonly wentBack: number;
  readonly failed: number;
  /** Nothing stands in the way of these credential ids any more. */
  readonly unretire: readonly string[];
  readonly debts: readonly Debt[];
}

/**
 * Undoes a rotation that has not been committed: whoever has the new credential gets the old one again, then the
 * minted key and its staged value go. Waits for no window and cannot be stopped.
 *
 * @param to the new credential; `from` the one to go back to
 */
export function* goBack(
  given: Rotating,
  from: CredentialVersion | undefined,
  to: CredentialVersion,
): Flow<WayBack> {
  const run: Rotating = { ...given, unstoppable: true };
  run.progress.begin('go back');
  run.progress.pastCancelling('It is on its way back already.');
  yield* asHolder(run.context, run.input.recordKey, {
    kind: 'advance',
    runId: run.runId,
    phase: 'goingBack',
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
  run.progress.note(removal.removed.length > 0 ? 'removed' : 'not removed: it is owed');
  return {
    wentBack: back.moved,
    failed: back.failed,
    unretire: [...removal.removed, ...removal.usable, ...removal.otherHubs],
    debts: [...removal.debts, ...lost.debts, ...back.debts],
  };
}

function* moveBack(run: Rotating, from: CredentialVersion, to: CredentialVersion) {
  const stocked = yield* carryOut(run, 'stockFleet', { credential: run.input.credential });
  if (isStopped(stocked)) {
    run.progress.note(`the fleet could not be listed: ${stocked.problem?.message ?? ''}`);
    return { moved: 0, failed: 0, debts: [] };
  }
  const fleet: FleetStock = stocked.fleet;
  const back = yield* moveFleet(run, fleet, { to: from, only: to.credentialId, urgent: true });
  // One whose check fails has what it had, and is as broken as it may have been before.
  const moved = back.moved + back.unproven;
  const failed = back.failed - back.unproven;
  run.progress.note(`${moved} runtimes went back, ${failed} did not`);
  if (back.unproven > 0) run.progress.note(`the check of ${back.unproven} of these fails`);
  const debts: Debt[] = back.stragglers
    .filter((straggler) => !hasWhatItWasGiven(straggler))
    .map(({ runtime, code, outcome }) =>
      debt(run, 'moveRuntime', runtime, `It did not go back: ${code ?? outcome}`),
    );
  return { moved, failed, debts };
}
