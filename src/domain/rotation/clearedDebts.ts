/** Debts that directory, vault and fleet show to be cleared, whoever did that. */
import { isAmong, sameId } from '../values/sameId.js';
import { idsWhere } from './inventory.js';
import { labelClearableAt } from './strayKeys.js';
import type { Examined } from './task.js';

/** What of the debts is no more: labels, and resource ids of runtimes. */
export function clearedDebts(found: Examined): string[] {
  return [...clearedLabels(found), ...clearedMoves(found)];
}

/**
 * Labels that are cleared: the list is read so late that the directory would show a key, and none has the label but
 * perhaps the one that everybody reads.
 */
function clearedLabels({ inventory: { keys, current }, debts, now }: Examined): string[] {
  if (!keys) return [];
  const others = keys.filter(({ keyId }) => !sameId(keyId, current.credentialId));
  return debts
    .filter((debt) => debt.kind === 'removeLabelled' && labelClearableAt(debt) <= now)
    .map(({ what }) => what)
    .filter((label) => !others.some(({ displayName }) => displayName === label));
}

/**
 * Runtimes that have the credential in use by now, most often since a sweep or a person has enabled them, and those that
 * have none any more or are gone; where a list may lack one, nobody is taken for gone.
 */
function clearedMoves({ inventory: { current }, fleet, debts }: Examined): string[] {
  const outstanding = debts.filter(({ kind }) => kind === 'moveRuntime').map(({ what }) => what);
  // A fleet may have thousands, and most often nothing is outstanding.
  if (outstanding.length === 0) return [];
  const isCurrent = (id: string) => sameId(id, current.credentialId);
  const moved = idsWhere(fleet, isCurrent);
  const outdated = idsWhere(fleet, (id) => !isCurrent(id));
  const { outside, unread } = fleet;
  const all = unread.count === 0 && outside.count === outside.some.length;
  return outstanding.filter(
    (id) => isAmong(moved, id) || (all && !isAmong(outdated, id) && !isAmong(outside.some, id)),
  );
}
