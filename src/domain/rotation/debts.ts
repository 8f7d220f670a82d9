/** What rotations left to do: the list in its credential's record, which the sweep works off. */

import type { Debt } from '../runs/rotations.js';
import { sameId } from '../values/sameId.js';
import type { ActiveRotation } from './phases.js';

/** The debts with what a run left that was silent for too long: the keys that it was about to remove. */
export function withLeft(
  debts: readonly Debt[],
  { runId, removable = [] }: ActiveRotation,
  now: number,
): readonly Debt[] {
  const left = removable.map(
    (what): Debt => ({
      kind: 'removeKey',
      what,
      since: new Date(now).toISOString(),
      runId,
      reason: 'The run that was to remove it ended without saying what became of it',
    }),
  );
  return [...debts, ...left.filter((debt) => !debts.some(isSameDebt(debt)))];
}

function isSameDebt(one: Debt): (other: Debt) => boolean {
  return (other) => one.kind === other.kind && sameId(one.what, other.what);
}

/** What a run that ends says of debts. */
export interface DebtChanges {
  readonly debts: readonly Debt[];
  /** Key ids, labels, resource ids of debts that are no more. */
  readonly cleared: readonly string[];
  /** The run looked at every runtime: which are behind is in `debts`, and earlier entries are not. */
  readonly sawEverything: boolean;
}

/** The debts once a run has ended. An old debt keeps its date: how long it stands is what people need to see. */
export function debtsAfter(
  before: readonly Debt[],
  { debts, cleared, sawEverything }: DebtChanges,
): readonly Debt[] {
  const kept = before.filter(
    (debt) =>
      !cleared.some((what) => sameId(what, debt.what)) &&
      !debts.some(isSameDebt(debt)) &&
      !(sawEverything && debt.kind === 'moveRuntime'),
  );
  return [
    ...kept,
    ...debts.map((debt) => ({ ...debt, since: before.find(isSameDebt(debt))?.since ?? debt.since })),
  ];
}
