import type { Problem } from '../../domain/problems/problem.js';
import type { Debt, DebtKind } from '../../domain/runs/rotations.js';
import { isoNow } from '../flow.js';
import type { Rotating } from './rotating.js';

/** What the rotation leaves over from now on. `reason`: why, for people. */
export function debt(run: Rotating, kind: DebtKind, what: string, reason: string): Debt {
  return { kind, what, reason, since: isoNow(run.context), runId: run.runId };
}

/** What became of the keys that were to go. */
export interface Removal {
  readonly removed: readonly string[];
  /** They stay, and may be written again: everybody reads them after all, or what is to stay instead is not proven. */
  readonly usable: readonly string[];
  /** Another task hub minted them: they are not this one's to remove. */
  readonly otherHubs: readonly string[];
  readonly debts: readonly Debt[];
  /** Why nothing was removed: what is to stay works no more, as far as anybody can tell. */
  readonly unproven?: Problem;
}
