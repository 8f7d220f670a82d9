/** Debts that a look at directory, vault and fleet finds paid, whoever did that. */
import { isAmong, sameId } from '../values/sameId.js';
import { idsWhere } from './stock.js';
import { labelPayableAt } from './strayKeys.js';
import type { LookedAt } from './task.js';

/** What of the debts is no more: labels, and resource ids of runtimes. */
export function paidBy(looked: LookedAt): string[] {
  return [...paidLabels(looked), ...paidMoves(looked)];
}

/**
 * Labels that are paid: the look comes so late that the directory would show a key, and none has the label but
 * perhaps the one that everybody reads.
 */
function paidLabels({ stock: { keys, current }, debts, now }: LookedAt): string[] {
  if (!keys) return [];
  const standing = keys.filter(({ keyId }) => !sameId(keyId, current.credentialId));
  return debts
    .filter((debt) => debt.kind === 'removeLabelled' && labelPayableAt(debt) <= now)
    .map(({ what }) => what)
    .filter((label) => !standing.some(({ displayName }) => displayName === label));
}

/**
 * Runtimes that have the credential in use by now, most often since a sweep or a person has enabled them, and those that
 * have none any more or are gone; where a list may lack one, nobody is taken for gone.
 */
function paidMoves({ stock: { current }, fleet, debts }: LookedAt): string[] {
  const owed = debts.filter(({ kind }) => kind === 'moveRuntime').map(({ what }) => what);
  // A fleet may have thousands, and most often nothing is owed.
  if (owed.length === 0) return [];
  const isCurrent = (id: string) => sameId(id, current.credentialId);
  const moved = idsWhere(fleet, isCurrent);
  const behind = idsWhere(fleet, (id) => !isCurrent(id));
  const { outside, unread } = fleet;
  const all = unread.count === 0 && outside.count === outside.some.length;
  return owed.filter(
    (id) => isAmong(moved, id) || (all && !isAmong(behind, id) && !isAmong(outside.some, id)),
  );
}
