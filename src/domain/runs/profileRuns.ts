/** How a run over a profile ends, from how the runs on its runtimes ended. */

import type { Problem } from '../problems/problem.js';
import { amount } from '../values/amount.js';
import type { RunAction } from './inputs.js';
import { needsAttention, type RunOutcome } from './outcomes.js';
import type { ProfileRunResult } from './runs.js';

export type OutcomeCounts = ProfileRunResult['outcomes'];

/** What a run of each action comes to where nothing is left to do. */
const GOOD: Readonly<Record<RunAction, RunOutcome>> = {
  enable: 'enabled',
  check: 'accessProven',
  plan: 'planned',
};

/** The end of a run over a profile that has come to its last runtime. */
export function endOfProfileRun(
  action: RunAction,
  outcomes: OutcomeCounts,
): Pick<ProfileRunResult, 'outcome' | 'summary' | 'problem'> {
  const counted = Object.entries(outcomes) as [RunOutcome, number][];
  const summary = summaryOf(counted);
  // Whoever cancelled the run cancelled those on its runtimes with it.
  if ((outcomes.cancelled ?? 0) > 0) return { outcome: 'cancelled', summary };
  const left = counted.filter(([outcome]) => needsAttention(outcome));
  if (left.length === 0) return { outcome: GOOD[action], summary };
  return { outcome: 'incomplete', summary, problem: someFailed(left) };
}

/** A run over a profile that was asked to stop before its last runtime. */
export function cancelledAfter(total: number): Problem {
  return {
    code: 'cancelled',
    message: `Cancelled as asked after ${amount(total, 'runtime')}.`,
    remedy: 'Start the run again for the rest; what is enabled already costs one read.',
  };
}

function someFailed(left: readonly (readonly [RunOutcome, number])[]): Problem {
  const count = left.reduce((sum, [, number]) => sum + number, 0);
  return {
    code: 'runtimesFailed',
    message: `${amount(count, 'runtime needs', 'runtimes need')} somebody: ${wordsOf(left)}.`,
    remedy:
      'Read the runs that the result names first (GET /api/runs/{runId}), do what their problems say, then start this run again.',
  };
}

function summaryOf(counted: readonly (readonly [RunOutcome, number])[]): string {
  const total = counted.reduce((sum, [, number]) => sum + number, 0);
  return total === 0
    ? 'The profile matches no runtime.'
    : `${amount(total, 'runtime')}: ${wordsOf(counted)}.`;
}

function wordsOf(counted: readonly (readonly [RunOutcome, number])[]): string {
  return counted.map(([outcome, number]) => `${number} ${outcome}`).join(', ');
}
