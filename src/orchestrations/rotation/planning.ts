/** What a rotation would do: a dry run changes nothing, and claims nothing. */

import type { KnownOfCredential } from '../../domain/rotation/credentialState.js';
import { amount } from '../../domain/values/amount.js';
import { shortRuntime } from '../../domain/values/runtimeId.js';
import { type Flow, nowMs } from '../flow.js';
import { assess, type Base } from './assessment.js';
import { type RotationEnd, SHOWN } from './ends.js';
import { callCredential, isStopped } from './rotating.js';
import { tagWouldBeSet, untaggedKey } from './tagVersion.js';
import { endedEarlier, endOfStopped, left } from './unchanged.js';

export function* dryRun(base: Base): Flow<RotationEnd> {
  const known = yield* callCredential<'known'>(base, { kind: 'read' });
  const outstanding = known.debts.length > 0 ? { debts: known.debts } : {};
  const { working } = known;
  // What a rotation has begun looks like something left over until it has ended.
  if (working && working.until > nowMs(base.context)) {
    return { ...endedEarlier({ outcome: 'busy', otherRunId: working.runId }), ...outstanding };
  }
  return { ...(yield* plan(base, known)), ...outstanding };
}

function* plan(base: Base, known: KnownOfCredential): Flow<RotationEnd> {
  base.progress.begin('list keys, versions and runtimes');
  const found = yield* assess(base, known);
  if (isStopped(found)) return endOfStopped(found);
  const { decision } = found;
  if (decision.kind !== 'task') {
    const key = untaggedKey(found.inventory);
    if (key) return tagWouldBeSet(key);
    return found.cleared.length > 0 ? alreadyCleared(found.cleared) : left(decision, found.kept);
  }
  const { task } = decision;
  const { total, pilots } = found.fleet;
  const pilot = task.committed || task.dead ? undefined : pilots[0];
  const what = {
    mint: 'A new credential would be minted',
    move: 'Runtimes would be moved',
    cleanUp: 'Keys would be removed',
  };
  const first = pilot ? `, ${shortRuntime(pilot.runtime)} first` : '';
  const summary = `${what[task.kind]}: ${task.why}. ${amount(total, 'runtime')}${task.kind === 'cleanUp' ? '' : first}.`;
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

function alreadyCleared(debts: readonly string[]): RotationEnd {
  const summary = `The debts ${debts.slice(0, SHOWN).join(', ')} are cleared (${debts.length}) and would be struck off.`;
  return { outcome: 'planned', summary, changed: false };
}
