/** What a rotation would do: a dry run changes nothing, and holds nothing. */
import type { KnownOfCredential } from '../../domain/rotation/credentialState.js';
import { shortRuntime } from '../../domain/values/runtimeId.js';
import { type Flow, nowMs } from '../flow.js';
import { type RotationEnd, SHOWN } from './ends.js';
import { keyWouldBeNoted, unnotedKey } from './noting.js';
import { callCredential, isStopped } from './rotating.js';
import { type Base, takeStock } from './stocktaking.js';
import { endedEarlier, endOfStopped, left } from './unchanged.js';

export function* dryRun(base: Base): Flow<RotationEnd> {
  const known = yield* callCredential<'known'>(base, { kind: 'read' });
  const owed = known.debts.length > 0 ? { debts: known.debts } : {};
  const { working } = known;
  // What a rotation has begun looks like something left over until it has ended.
  if (working && working.until > nowMs(base.context)) {
    return { ...endedEarlier({ outcome: 'busy', otherRunId: working.runId }), ...owed };
  }
  return { ...(yield* plan(base, known)), ...owed };
}

function* plan(base: Base, known: KnownOfCredential): Flow<RotationEnd> {
  base.progress.begin('take stock');
  const found = yield* takeStock(base, known);
  if (isStopped(found)) return endOfStopped(found);
  const { decision } = found;
  if (decision.kind !== 'task') {
    const key = unnotedKey(found.stock);
    if (key) return keyWouldBeNoted(key);
    return found.paid.length > 0 ? alreadyPaid(found.paid) : left(decision, found.kept);
  }
  const { task } = decision;
  const { total, pilots } = found.fleet;
  const pilot = task.committed || task.dead ? undefined : pilots[0];
  const what = {
    mint: 'A new credential would be minted',
    move: 'Runtimes would be moved',
    settle: 'Keys would be removed',
  };
  const first = pilot ? `, ${shortRuntime(pilot.runtime)} first` : '';
  const summary = `${what[task.kind]}: ${task.why}. ${total} runtimes${task.kind === 'settle' ? '' : first}.`;
  return {
    outcome: 'planned',
    summary,
    changed: false,
    ...(task.from ? { from: task.from.credentialId } : {}),
    ...(task.to ? { to: task.to.credentialId } : {}),
    counts: { carriers: total, moved: 0, failed: 0, wentBack: 0 },
    ...(task.removable.length > 0 ? { removes: task.removable.slice(0, SHOWN) } : {}),
  };
}

function alreadyPaid(debts: readonly string[]): RotationEnd {
  const summary = `Nothing is left of ${debts.length} debts (${debts.slice(0, SHOWN).join(', ')}): they would stand no more.`;
  return { outcome: 'planned', summary, changed: false };
}
