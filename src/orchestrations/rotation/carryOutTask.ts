import type { Problem } from '../../domain/problems/problem.js';
import { livesLongEnough } from '../../domain/rotation/due.js';
import type { FleetInventory } from '../../domain/rotation/inventory.js';
import { credentialTaken, mintedTooShort } from '../../domain/rotation/problems.js';
import type { RotationTask } from '../../domain/rotation/task.js';
import { amount } from '../../domain/values/amount.js';
import type { CredentialVersion } from '../../domain/values/credentialVersion.js';
import { type Flow, nowMs } from '../flow.js';
import { brokenClosing, brokenRollback, caught } from './caught.js';
import { type Commit, cleanUp, close, commit } from './closing.js';
import { changeClaimed, renewCredentialClaim } from './credentialClaim.js';
import { CANCELLED, endUnchanged, type Moved, type RotationEnd, SHOWN } from './ends.js';
import { type MoveResult, move, nobodyOf } from './moving.js';
import { proveBesidePilot } from './piloting.js';
import { mint } from './preparing.js';
import { rollBack } from './rollBack.js';
import { credentialClaimOf, type Rotating } from './rotating.js';

/** Carries a rotation out, step by step. What fails before the commit leads to the way back, what comes after only on. */
export function* carryOutTask(run: Rotating, task: RotationTask, fleet: FleetInventory): Flow<RotationEnd> {
  run.progress.logStep(task.why);
  yield* renewCredentialClaim(run.context, credentialClaimOf(run));
  if (task.kind === 'cleanUp') return yield* cleanUp({ ...run, unstoppable: true }, task, fleet);

  const to = task.to ?? (yield* mint(run));
  return 'outcome' in to ? to : yield* bring(run, task, to, fleet);
}

/** Brings a credential to every runtime that carries another. */
function* bring(
  run: Rotating,
  task: RotationTask,
  to: CredentialVersion,
  fleet: FleetInventory,
): Flow<RotationEnd> {
  const forward: Rotating = { ...run, unstoppable: true };
  yield* changeClaimed(run.context, run.input.recordKey, {
    kind: 'advance',
    runId: run.runId,
    phase: 'moving',
    ...(task.from ? { from: task.from } : {}),
    to,
    over: run.secretVersion,
  });
  const back = (problem: Problem, moved?: Moved) =>
    caught(
      run,
      () => stop(run, task, to, problem, moved),
      (broken) => brokenRollback(run, to, broken),
    );

  if (to.staged && !livesLongEnough(to.expiresOn ?? '', run.settings, nowMs(run.context))) {
    return yield* back(mintedTooShort(to.expiresOn ?? ''));
  }
  const moved = yield* caught<MoveResult>(
    run,
    () => proveAndMove(run, task, to, fleet),
    (failure) => ({ counts: nobodyOf(fleet), stragglers: [], failure }),
  );
  if (moved.failure) return yield* back(moved.failure, moved);

  const committed = yield* caught<Commit>(
    run,
    () => commit(forward, to),
    (problem) => ({ kind: 'unknown', problem }),
  );
  switch (committed.kind) {
    case 'committed': {
      const { version, unclosed } = committed;
      const closed = yield* caught(
        run,
        () => close(forward, task, version, moved),
        (problem) => brokenClosing(run, task, version, moved, problem),
      );
      return withUnclosed(closed, unclosed);
    }
    case 'failed':
      return yield* back(committed.problem ?? credentialTaken(), moved);
    case 'unknown':
      return { ...endUnchanged('interrupted', committed.problem ?? credentialTaken()), changed: true };
  }
}

function* proveAndMove(
  run: Rotating,
  task: RotationTask,
  to: CredentialVersion,
  fleet: FleetInventory,
): Flow<MoveResult> {
  const failure = yield* proveBesidePilot(run, task, to, fleet);
  return failure ? { counts: nobodyOf(fleet), stragglers: [], failure } : yield* move(run, task, to, fleet);
}

/** Ends before the commit, or on the way to what is committed. */
function* stop(
  run: Rotating,
  task: RotationTask,
  to: CredentialVersion,
  problem: Problem,
  moved: Moved | undefined,
): Flow<RotationEnd> {
  if (task.committed) return stay(run, to, problem, moved);
  return yield* undo(run, task, to, problem, moved);
}

/** What is outstanding comes first; otherwise the secret that stayed open is what there is to say. */
function withUnclosed(end: RotationEnd, unclosed: Problem | undefined): RotationEnd {
  return unclosed && !end.problem ? { ...end, problem: unclosed } : end;
}

/** Goes back, and says why. */
function* undo(
  run: Rotating,
  { from }: RotationTask,
  to: CredentialVersion,
  problem: Problem,
  moved: Moved | undefined,
): Flow<RotationEnd> {
  const { counts, stragglers = [] } = moved ?? {};

  run.progress.logStep(problem.message);
  const back = yield* rollBack(run, from, to);
  const others = back.failed > 0 ? `, ${back.failed} did not` : '';
  return {
    outcome: problem === CANCELLED ? 'cancelled' : 'rolledBack',
    summary: `${problem.message} ${amount(back.wentBack, 'runtime')} went back${others}.`,
    problem,
    ...(from ? { from: from.credentialId } : {}),
    to: to.credentialId,
    counts: {
      carriers: back.wentBack + back.failed,
      moved: 0,
      failed: counts?.failed ?? 0,
      wentBack: back.wentBack,
    },
    ...(stragglers.length > 0 ? { stragglers: stragglers.slice(0, SHOWN) } : {}),
    debts: back.debts,
    changed: true,
    unretire: back.unretire,
    ...(!to.staged && from
      ? { pin: { use: from, insteadOf: to.credentialId, secretVersion: to.secretVersion } }
      : {}),
  };
}

/** Stops on the way to what others have already: from that nobody goes back. */
function stay(run: Rotating, to: CredentialVersion, problem: Problem, moved?: Moved): RotationEnd {
  run.progress.logStep(problem.message);
  const { counts, stragglers = [] } = moved ?? {};
  return {
    outcome: problem === CANCELLED ? 'cancelled' : 'interrupted',
    summary: `${problem.message} Every runtime keeps what it has; ${to.credentialId} stays in use.`,
    problem,
    to: to.credentialId,
    ...(counts ? { counts } : {}),
    ...(stragglers.length > 0 ? { stragglers: stragglers.slice(0, SHOWN) } : {}),
    changed: counts !== undefined && counts.moved + counts.failed > 0,
  };
}
