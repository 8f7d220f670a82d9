import type { Problem } from '../../domain/problems/problem.js';
import { countOutdated, type FleetInventory } from '../../domain/rotation/inventory.js';
import { tooManyFailed } from '../../domain/rotation/problems.js';
import type { RotationTask } from '../../domain/rotation/task.js';
import type { RotationCounts } from '../../domain/runs/rotations.js';
import { amount } from '../../domain/values/amount.js';
import type { CredentialVersion } from '../../domain/values/credentialVersion.js';
import { type Flow, nowMs } from '../flow.js';
import { CANCELLED, type Moved } from './ends.js';
import { moveFleet, nameOf } from './fleet.js';
import { passGate } from './gates.js';
import { goFirst, type Piloted } from './piloting.js';
import { carryOut, isStopped, type Rotating } from './rotating.js';

/** How the move went; with `failure`, it is not to go on. */
export type MoveResult = Moved & { readonly failure?: Problem };

/** Moves the pilot, then the rest. */
export function* move(
  run: Rotating,
  task: RotationTask,
  to: CredentialVersion,
  fleet: FleetInventory,
): Flow<MoveResult> {
  // What has been approved and committed is not asked for again for a straggler.
  if (task.committed) return yield* moveAll(run, task, to, fleet);
  const nothing = { counts: nobodyOf(fleet), stragglers: [] };
  // Before the commit everybody reads what the runtimes come from, or what somebody else has written for them.
  const current = to.staged ? (task.from ?? to) : to;
  const closed = yield* passGate(run, 'pilot', current.credentialId);
  if (closed) return { ...nothing, failure: closed };
  if (run.settings.approval?.before === 'pilot') {
    // A person may have taken days: runtimes have come and gone meanwhile.
    const listed = yield* carryOut(run, 'listFleet', {
      credential: run.input.credential,
      failedPilots: run.passedOver,
    });
    if (!isStopped(listed)) return yield* moveAll(run, task, to, listed.fleet);
  }
  return yield* moveAll(run, task, to, fleet);
}

function* moveAll(
  run: Rotating,
  task: RotationTask,
  to: CredentialVersion,
  fleet: FleetInventory,
): Flow<MoveResult> {
  // Where every runtime is dead already, a pilot would only make the others wait; where others live with the new
  // credential, they have gone first.
  const alone = task.dead || task.committed;
  const first: Piloted = alone ? { stragglers: [], spoilt: 0 } : yield* goFirst(run, task, to, fleet);
  if (first.failure && mayStop(run, task)) {
    const failed = first.stragglers.length;
    return { counts: { ...nobodyOf(fleet), failed }, stragglers: first.stragglers, failure: first.failure };
  }

  // Whoever was no good as a pilot stays as it is, unless it would lose what it has.
  const left = mayStop(run, task) ? first.stragglers : [];
  const except = [...left.map(({ runtime }) => runtime), ...(first.pilot ? [nameOf(first.pilot)] : [])];
  run.progress.begin(`move ${amount(countOutdated(fleet, to.credentialId) - except.length, 'runtime')}`);
  const rest = yield* moveFleet(run, fleet, {
    to,
    proven: true,
    except,
    // A straggler that others have gone ahead of gets nothing back: it would be restarted again and again.
    ...(task.from && !alone ? { backTo: task.from } : {}),
    urgent: task.urgent,
    ...(first.readyAfterMs === undefined ? {} : { expectedReadyMs: first.readyAfterMs }),
  });
  run.progress.logStep(`${rest.moved} moved, ${rest.failed} not`);
  if (rest.wentBack > 0) run.progress.logStep(`${rest.wentBack} of these have the old one again`);
  for (const why of rest.untold)
    run.progress.logStep(`of some runtimes it is not known how they are: ${why}`);

  const counts = {
    carriers: fleet.total,
    moved: rest.moved + (first.pilot ? 1 : 0),
    failed: rest.failed + left.length,
    wentBack: rest.wentBack,
  };
  const stragglers = [...left, ...rest.stragglers];
  const cancelled = rest.stragglers.some(({ outcome }) => outcome === 'cancelled');
  if (cancelled && (task.committed || mayStop(run, task))) return { counts, stragglers, failure: CANCELLED };
  if (task.committed || !mayStop(run, task)) return { counts, stragglers };
  // A runtime that was broken before is no verdict on the credential.
  const { failureLimit } = run.settings;
  const verdicts = first.spoilt + rest.failed - rest.brokenBefore;
  if (verdicts > failureLimit * fleet.total) {
    return { counts, stragglers, failure: tooManyFailed(verdicts, fleet.total, failureLimit) };
  }
  return { counts, stragglers };
}

/** The counts of a fleet before anybody was moved. */
export function nobodyOf({ total }: FleetInventory): RotationCounts {
  return { carriers: total, moved: 0, failed: 0, wentBack: 0 };
}

/** Whether the runtimes can stay with what they have, so long that another run may follow. */
function mayStop(run: Rotating, { endsAt, dead }: RotationTask): boolean {
  const until = nowMs(run.context) + run.moveOneSeconds * 1000;
  return !dead && (endsAt === undefined || endsAt > until);
}
