import { outcomeOf, type PreflightResult, summaryOf } from '../domain/preflight/report.js';
import type { PreflightInput } from '../domain/runs/inputs.js';
import { callWithRetry, type RunClaim } from './calls.js';
import { emitCancelled } from './cancelling.js';
import { inputOf, instanceIdOf, type OrchestrationContext } from './durable.js';
import type { Flow } from './flow.js';
import { Progress } from './progress.js';
import { formatStartedBy } from './startedBy.js';

/** Looks at everything that is configured, with the app's own identity, and says what is missing. Changes nothing. */
export function* preflight(context: OrchestrationContext): Flow<PreflightResult> {
  const { startedBy } = inputOf<PreflightInput>(context);
  const runId = instanceIdOf(context);
  const progress = new Progress(context);
  progress.logStep(formatStartedBy(startedBy), 'start: preflight');
  progress.begin('examine what is configured');
  const claim: RunClaim = { runId, leased: false };
  const gathered = yield* callWithRetry(context, 'gatherPreflight', {}, claim, `${runId}-1`);
  if (gathered.kind === 'gathered') {
    const { identity, rows } = gathered;
    const summary = summaryOf(rows);
    progress.logStep(summary);
    return { outcome: outcomeOf(rows), summary, identity, rows, changed: false, trail: progress.trail };
  }
  if (gathered.kind === 'stopped') {
    yield* emitCancelled(context, progress, claim, { subject: 'preflight' });
    progress.logStep('Cancelled as asked.');
    return {
      outcome: 'cancelled',
      summary: 'Cancelled as asked.',
      rows: [],
      changed: false,
      trail: progress.trail,
    };
  }
  const { problem } = gathered;
  progress.logStep(problem.message);
  return {
    outcome: gathered.kind === 'refused' ? 'refused' : 'interrupted',
    summary: problem.message,
    problem,
    rows: [],
    changed: false,
    trail: progress.trail,
  };
}
