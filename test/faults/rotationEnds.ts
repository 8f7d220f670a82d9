/** How a run of a scenario ended, as the app shows it, and what is wrong with that. */
import type { FaultScenario } from './faultScenario.js';

export interface Rotation {
  readonly id: string;
  readonly status: string;
  readonly outcome?: string;
  readonly otherRunId?: string;
  readonly problem?: { readonly code: string; readonly remedy: string };
  readonly result?: {
    readonly debts?: readonly { readonly kind: string; readonly what: string }[];
    readonly removes?: readonly string[];
  };
  readonly waitingFor?: { readonly gate: 'pilot' | 'removal' };
}

const EXPLAINED = new Set(['rotated', 'enabled', 'upToDate', 'planned', 'busy', 'tooSoon', 'cancelled']);

export function outcomeOf(id: string | undefined, ended: Rotation | undefined): string {
  if (id === undefined) return 'by the calendar';
  return ended ? [ended.outcome, ended.problem?.code].filter(Boolean).join(' ') : 'no end';
}

/** Whether the host itself ends rotations in it: such a one cannot say more than that. */
export function endsRotations({ faults }: FaultScenario): boolean {
  return faults.some(
    ({ match, action }) =>
      ['workerGone', 'terminate'].includes(action.kind) && match.subject === ' rotateCredential ',
  );
}

export function endedOtherwise({ id, outcome }: Rotation, { expectedOutcome }: FaultScenario): string[] {
  return expectedOutcome === undefined || outcome === expectedOutcome
    ? []
    : [`${id} ended ${outcome}, not ${expectedOutcome}`];
}

export function unexplained({ id, status, outcome, problem }: Rotation, scenario: FaultScenario): string[] {
  const isOfHost = problem?.code === 'hostEnded' && endsRotations(scenario);
  if ((status === 'failed' && !isOfHost) || outcome === undefined)
    return [`the run ${id} ended ${status} without an outcome`];
  const explained = EXPLAINED.has(outcome) || (problem !== undefined && problem.remedy !== '');
  return explained ? [] : [`the outcome ${outcome} of ${id} has no problem with a remedy`];
}

export function sameOwed(one: Rotation | undefined, other: Rotation | undefined): boolean {
  const [a, b] = [one, other].map((run) => {
    const { debts = [], removes = [] } = run?.result ?? {};
    return [run?.outcome, ...debts.map(({ kind, what }) => `${kind} ${what}`), ...removes].join();
  });
  return a === b;
}
