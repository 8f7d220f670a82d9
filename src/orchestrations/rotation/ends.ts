/** How a rotation ends: the words and the values that its record keeps. */

import type { Problem } from '../../domain/problems/problem.js';
import type { CredentialOperation } from '../../domain/records/credentialRecord.js';
import { leftBehind } from '../../domain/rotation/problems.js';
import type { RotationCounts, RotationResult, Straggler } from '../../domain/runs/rotations.js';
import { amount } from '../../domain/values/amount.js';
import { debt, type Removal } from './debts.js';
import type { Rotating } from './rotating.js';

type Finish = Extract<CredentialOperation, { kind: 'finish' }>;

/** How a rotation ended, with what its record is to keep. */
export type RotationEnd = Omit<RotationResult, 'credential' | 'trail'> &
  Partial<Pick<Finish, 'cleared' | 'pin' | 'unretire' | 'sawEverything'>>;

/** How the runtimes came along. */
export interface Moved {
  readonly counts: RotationCounts;
  readonly stragglers: readonly Straggler[];
}

export const CANCELLED: Problem = {
  code: 'cancelled',
  message: 'Cancelled as asked.',
  remedy: 'Start the rotation again when it suits.',
};

/** Stragglers that a result names. */
export const SHOWN = 20;

/** The end of a rotation that went through, with what is left to do. */
export function endForward(
  run: Rotating,
  known: Pick<RotationResult, 'from' | 'to' | 'expiresOn' | 'changed'>,
  { counts, stragglers }: Moved,
  removal: Removal,
  unproven: number,
): RotationEnd {
  const outdated = stragglers.map(({ runtime, code, outcome }) =>
    debt(run, 'moveRuntime', runtime, `It did not come along: ${code ?? outcome}`),
  );
  const debts = [...removal.debts, ...outdated];
  const clean = debts.length === 0 && unproven === 0;
  return {
    ...known,
    counts,
    outcome: clean ? 'rotated' : 'rotatedPartly',
    summary: `${counts.moved} of ${counts.carriers} runtimes have ${known.to ?? ''}; ${amount(removal.removed.length, 'old key')} removed.`,
    ...(clean
      ? {}
      : { problem: removal.unproven ?? leftBehind(stragglers.length, removal.debts.length, unproven) }),
    ...(stragglers.length > 0 ? { stragglers: stragglers.slice(0, SHOWN) } : {}),
    ...(debts.length > 0 ? { debts } : {}),
    cleared: [...removal.removed, ...removal.otherHubs],
    unretire: [...removal.removed, ...removal.usable, ...removal.otherHubs],
    sawEverything: true,
  };
}

/** The end of a rotation that could not begin its change. */
export function endUnchanged(outcome: RotationEnd['outcome'], problem: Problem | undefined): RotationEnd {
  const summary = problem?.message ?? 'Stopped before anything was changed.';
  return { outcome, summary, changed: false, ...(problem ? { problem } : {}) };
}
