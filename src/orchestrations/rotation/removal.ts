import type { CredentialVersion } from '../../domain/plan.js';
import type { Debt } from '../../domain/rotation/credentialRecord.js';
import { mayCarry } from '../../domain/rotation/stock.js';
import { type Flow, isoNow, pause } from '../calls.js';
import { moveFleet } from './fleet.js';
import { callCredential, carryOut, isStopped, type Rotating } from './rotating.js';

/**
 * How long a write that had asked before the key was retired may still be under way: an activity's calls each end
 * within half a minute.
 */
const FENCE_MS = 5 * 60_000;

export interface Removal {
  readonly removed: readonly string[];
  readonly debts: readonly Debt[];
}

/**
 * Removes keys that nobody is to have any more. First nothing may be written with them; then, when what was under way
 * has ended, stock is taken again: who has one still, or got it meanwhile, moves too; what is then in use, or may be,
 * stays and becomes a debt.
 *
 * @param unmarked whether a runtime without a marker may have one of them
 */
export function* removeKeys(
  run: Rotating,
  keyIds: readonly string[],
  options: { readonly to?: CredentialVersion; readonly unmarked: boolean },
): Flow<Removal> {
  const removed: string[] = [];
  const debts: Debt[] = [];
  const owe = (what: string, reason: string) =>
    debts.push({ kind: 'removeKey', what, since: isoNow(run.context), runId: run.runId, reason });
  if (keyIds.length === 0) return { removed, debts };

  for (const credentialId of keyIds) {
    yield* callCredential(run, { kind: 'retire', runId: run.runId, credentialId });
  }
  yield* pause(run.context, FENCE_MS);
  let stocked = yield* carryOut(run, 'stockFleet', { credential: run.input.credential });
  if (!isStopped(stocked) && options.to) {
    const { fleet } = stocked;
    for (const only of keyIds.filter((id) => mayCarry(fleet, id, false) > 0)) {
      const late = yield* moveFleet(run, fleet, { to: options.to, only, urgent: false });
      run.progress.note(`${late.moved} latecomers moved, ${late.failed} not`);
    }
    stocked = yield* carryOut(run, 'stockFleet', { credential: run.input.credential });
  }
  if (isStopped(stocked)) {
    const why = stocked.problem?.message ?? 'the fleet could not be listed';
    for (const keyId of keyIds) owe(keyId, `Who has it could not be found out: ${why}`);
    return { removed, debts };
  }

  for (const keyId of keyIds) {
    const carriers = mayCarry(stocked.fleet, keyId, options.unmarked);
    if (carriers > 0) {
      const outside = stocked.fleet.outside;
      const whom =
        outside.count > 0 ? `, among them outside of every profile: ${outside.some.join(', ')}` : '';
      owe(keyId, `${carriers} runtimes have it or may have it${whom}`);
      continue;
    }
    const gone = yield* carryOut(run, 'removeKey', {
      credential: run.input.credential,
      runId: run.runId,
      keyId,
    });
    if (isStopped(gone)) owe(keyId, gone.problem?.message ?? 'the removal was interrupted');
    else if (gone.kind === 'removed') removed.push(keyId);
  }
  return { removed, debts };
}
