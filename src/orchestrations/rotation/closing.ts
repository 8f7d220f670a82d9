import type { Problem } from '../../domain/problems/problem.js';
import { versionOf } from '../../domain/rotation/credentialsInUse.js';
import { type FleetInventory, having } from '../../domain/rotation/inventory.js';
import { pendingOpen } from '../../domain/rotation/problems.js';
import type { RotationTask } from '../../domain/rotation/task.js';
import type { CredentialVersion } from '../../domain/values/credentialVersion.js';
import { sameId } from '../../domain/values/sameId.js';
import { type Flow, nowMs } from '../flow.js';
import { changeClaimed, renewCredentialClaim } from './credentialClaim.js';
import type { Removal } from './debts.js';
import { debt } from './debts.js';
import { CANCELLED, endForward, endUnchanged, type Moved, type RotationEnd } from './ends.js';
import { moveFleet } from './fleet.js';
import { overlap, passGate } from './gates.js';
import { diedMeanwhile } from './proof.js';
import { lostKeys, removeKeys } from './removal.js';
import { carryOut, credentialClaimOf, isStopped, type Rotating } from './rotating.js';

export type Commit =
  | {
      readonly kind: 'committed';
      readonly version: CredentialVersion;
      /** Why the pending secret stayed open. */
      readonly unclosed?: Problem;
    }
  /** It was not, and the way back is open. */
  | { readonly kind: 'failed'; readonly problem: Problem | undefined }
  /** Nobody can tell whether it was: neither forward nor back is safe. */
  | { readonly kind: 'unknown'; readonly problem: Problem | undefined };

/** Makes the staged version the one that everybody reads. One that is that already stays. */
export function* commit(run: Rotating, staged: CredentialVersion): Flow<Commit> {
  if (!staged.staged) return { kind: 'committed', version: staged };
  const { credential } = run.input;
  run.progress.begin('commit');
  const died = yield* diedMeanwhile(run, staged);
  if (died) return { kind: 'failed', problem: died };
  run.progress.pastCancelling(
    'It writes the credential that everybody reads, and can only go on from there.',
  );
  const committed = yield* carryOut(run, 'commitCredential', {
    credential,
    runId: run.runId,
    version: staged,
  });
  if (!isStopped(committed)) {
    run.progress.logStep(`everybody reads ${committed.version.credentialId} now`);
    return committed;
  }
  // The answer to the write may have been lost: what the vault has decides.
  const { problem } = committed;
  // What the secret holds is somebody else's: there is nothing of this run to find.
  if (problem?.code === 'secretOverwritten') return { kind: 'failed', problem };
  const listed = yield* carryOut(run, 'readCredentialInventory', { credential, now: nowMs(run.context) });
  if (isStopped(listed)) return { kind: 'unknown', problem };
  const current = versionOf(listed.inventory.current);
  if (!sameId(current.credentialId, staged.credentialId)) return { kind: 'failed', problem };
  run.progress.logStep(`everybody reads ${current.credentialId} now`);
  const unclosed = problem ? pendingOpen(problem) : undefined;
  if (unclosed) run.progress.logStep(unclosed.message);
  return { kind: 'committed', version: current, ...(unclosed ? { unclosed } : {}) };
}

/** After the commit: the overlap, the removal of what is old, and one more check without it. */
export function* close(
  run: Rotating,
  task: RotationTask,
  to: CredentialVersion,
  moved: Moved,
): Flow<RotationEnd> {
  yield* changeClaimed(run.context, run.input.recordKey, {
    kind: 'advance',
    runId: run.runId,
    phase: 'committed',
    to,
    removable: task.removable,
  });
  run.current.secretVersion = to.secretVersion;
  const known = {
    ...(task.from ? { from: task.from.credentialId } : {}),
    to: to.credentialId,
    ...(to.expiresOn ? { expiresOn: to.expiresOn } : {}),
    changed: true,
  };
  if (task.removable.length > 0) {
    yield* overlap(run, to.expiresOn);
    const kept = yield* passGate(run, 'removal', to.credentialId);
    if (kept) {
      const debts = task.removable.map((what) => debt(run, 'removeKey', what, kept.message));
      return endForward(run, known, yield* counted(run, to, moved), { ...NOTHING_REMOVED, debts }, 0);
    }
    yield* renewCredentialClaim(run.context, credentialClaimOf(run));
  }
  const lost = yield* lostKeys(run, to.credentialId);
  const removable = [...new Set([...task.removable, ...lost.keyIds])];
  if (removable.length === 0) {
    const removal = { ...NOTHING_REMOVED, debts: lost.debts };
    return endForward(run, known, yield* counted(run, to, moved), removal, 0);
  }
  run.progress.begin('remove the old credential');
  const gone = yield* removeKeys(run, removable, {
    to,
    ...(task.from && !task.dead && !task.committed ? { from: task.from } : {}),
    proving: true,
    urgent: false,
    // Broken before the rotation: fixed first, a later run moves them.
    except: run.failedPilots,
    unmarked: true,
  });
  const removal = { ...gone, debts: [...gone.debts, ...lost.debts] };
  run.progress.logStep(`${removal.removed.length} removed, ${removal.debts.length} left as debts`);
  const unproven = removal.removed.length > 0 ? yield* checkOnceMore(run) : 0;
  return endForward(run, known, yield* counted(run, to, moved), removal, unproven);
}

/**
 * The counts, as the fleet is at the end: a run that was begun anew has moved some of its runtimes before, and would count
 * only the others, or those of an earlier fleet.
 */
function* counted(run: Rotating, to: CredentialVersion, moved: Moved): Flow<Moved> {
  const listed = yield* carryOut(run, 'listFleet', { credential: run.input.credential });
  if (isStopped(listed)) return moved;
  const { fleet } = listed;
  const { failed } = moved.counts;
  const have = Math.min(having(fleet, to.credentialId), Math.max(0, fleet.total - failed));
  return { ...moved, counts: { ...moved.counts, carriers: fleet.total, moved: have } };
}

/** Removes what earlier runs left over. */
export function* cleanUp(run: Rotating, task: RotationTask, fleet: FleetInventory): Flow<RotationEnd> {
  // A key that was not to go without a person goes by no other way.
  const closed = yield* passGate({ ...run, unstoppable: false }, 'removal', task.to?.credentialId ?? '');
  if (closed) return endUnchanged(closed === CANCELLED ? 'cancelled' : 'rotatedPartly', closed);
  run.progress.begin('remove what is left over');
  run.progress.pastCancelling('It only removes what earlier runs left over.');
  const to = task.to ? { to: task.to } : {};
  const removal = yield* removeKeys(run, task.removable, {
    ...to,
    proving: true,
    urgent: false,
    unmarked: true,
  });
  const have = task.to ? having(fleet, task.to.credentialId) : 0;
  const moved = { counts: { carriers: fleet.total, moved: have, failed: 0, wentBack: 0 }, stragglers: [] };
  const known = { ...(task.to ? { to: task.to.credentialId } : {}), changed: removal.removed.length > 0 };
  return endForward(run, known, moved, removal, 0);
}

const NOTHING_REMOVED: Removal = { removed: [], usable: [], otherHubs: [], debts: [] };

/** Now that the old one is gone, nothing can pass by leaning on it. Returns how many failed. */
function* checkOnceMore(run: Rotating): Flow<number> {
  run.progress.begin('check access once more');
  const listed = yield* carryOut(run, 'listFleet', { credential: run.input.credential });
  if (isStopped(listed)) {
    run.progress.logStep('the fleet could not be listed');
    return 0;
  }
  const checked = yield* moveFleet(run, listed.fleet, { urgent: false });
  run.progress.logStep(`${checked.moved} passed, ${checked.failed} failed`);
  for (const { runtime, code } of checked.stragglers.slice(0, 5))
    run.progress.logStep(`${runtime}: ${code ?? 'failed'}`);
  return checked.failed;
}
