/** How a sweep ends, from what it found. */

import type { Problem } from '../problems/problem.js';
import { amount } from '../values/amount.js';
import type { SweepResult, SweptSoFar } from './sweep.js';

type End = Omit<SweepResult, 'trail'>;

const NOTHING: SweptSoFar = { credentials: [], profiles: [], unmoved: [] };

export const CANCELLED: Problem = {
  code: 'cancelled',
  message: 'Cancelled as asked.',
  remedy: 'The next sweep does the rest.',
};

/** The end of a sweep that has looked at everything. */
export function endOfSweep(soFar: SweptSoFar, dryRun: boolean): End {
  const { credentials, profiles, unmoved } = soFar;
  const started = startedBy(soFar, dryRun);
  const people = profiles.flatMap(({ findings }) => [findings.conflict ?? 0, findings.broken ?? 0]);
  const needed = people.reduce((sum, one) => sum + one, 0);
  const alone = needed > 0 ? ` ${amount(needed, 'runtime needs', 'runtimes need')} a person.` : '';
  const existing = profiles.reduce((sum, { findings }) => sum + (findings.existing ?? 0), 0);
  const first =
    existing > 0
      ? ` ${amount(existing, 'runtime was there before and is', 'runtimes were there before and are')} only reported.`
      : '';
  const problem = profiles.find((profile) => profile.problem)?.problem;
  return {
    outcome: 'swept',
    summary: `${dryRun ? amount(started, 'run would be', 'runs would be') : amount(started, 'run was', 'runs were')} started.${alone}${first}`,
    ...(problem ? { problem } : {}),
    profiles,
    credentials,
    unmoved,
    changed: !dryRun && started > 0,
  };
}

/** The end of one that could not go on, with what it had found. */
export function interruptedSweep(soFar: SweptSoFar | undefined, dryRun: boolean, problem: Problem): End {
  const { credentials, profiles, unmoved } = soFar ?? NOTHING;
  const changed = !dryRun && startedBy(soFar ?? NOTHING, dryRun) > 0;
  return {
    outcome: 'interrupted',
    summary: problem.message,
    problem,
    profiles,
    credentials,
    unmoved,
    changed,
  };
}

/** The end of one that somebody has cancelled. */
export function cancelledSweep(soFar: SweptSoFar, dryRun: boolean): End {
  return { ...interruptedSweep(soFar, dryRun, CANCELLED), outcome: 'cancelled' };
}

/** How many runs were started; in a dry run, would be. */
function startedBy({ credentials, profiles }: SweptSoFar, dryRun: boolean): number {
  const rotations = credentials.filter(({ outcome, runId }) => (dryRun ? outcome === 'planned' : runId));
  return profiles.reduce((sum, { enablements, checks }) => sum + enablements + checks, rotations.length);
}
