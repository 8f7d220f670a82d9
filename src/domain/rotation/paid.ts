/** Debts that a look at directory, vault and fleet finds paid, whoever did that. */
import { formatRuntimeId } from '../runtimeId.js';
import { sameId } from '../sameId.js';
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
  const behind: string[] = [];
  const moved: string[] = [];
  for (const { members, place: _, ...factory } of fleet.groups) {
    for (const [name, credential] of members) {
      const has = sameId(fleet.credentials[credential] ?? '', current.credentialId);
      (has ? moved : behind).push(formatRuntimeId({ ...factory, name }));
    }
  }
  const { outside, unread } = fleet;
  const all = unread.count === 0 && outside.count === outside.some.length;
  const among = (ids: readonly string[], id: string) => ids.some((one) => sameId(one, id));
  const isPaid = (id: string) => among(moved, id) || (all && !among(behind, id) && !among(outside.some, id));
  return debts.filter(({ kind, what }) => kind === 'moveRuntime' && isPaid(what)).map(({ what }) => what);
}
