import { outcomeOf, type PreflightResult, summaryOf } from '../domain/preflight/report.js';
import type { PreflightInput } from '../domain/runs/inputs.js';
import { type Holder, patiently } from './calls.js';
import { tellCancelled } from './cancelling.js';
import { inputOf, instanceIdOf, type OrchestrationContext } from './durable.js';
import type { Flow } from './flow.js';
import { Progress } from './progress.js';
import { startedByWords } from './words.js';

/** Looks at everything that is configured, with the app's own identity, and says what is missing. Changes nothing. */
export function* preflight(context: OrchestrationContext): Flow<PreflightResult> {
  const { startedBy } = inputOf<PreflightInput>(context);
  const runId = instanceIdOf(context);
  const progress = new Progress(context);
  progress.note(startedByWords(startedBy), 'start: preflight');
  progress.begin('look');
  const holder: Holder = { runId, leased: false };
  const gathered = yield* patiently(context, 'gatherPreflight', {}, holder, `${runId}-1`);
  if (gathered.kind === 'gathered') {
    const { identity, rows } = gathered;
    const summary = summaryOf(rows);
    progress.note(summary);
    return { outcome: outcomeOf(rows), summary, identity, rows, changed: false, trail: progress.trail };
  }
  if (gathered.kind === 'stopped') {
    yield* tellCancelled(context, progress, holder, { subject: 'preflight' });
    progress.note('Cancelled as asked.');
    return {
      outcome: 'cancelled',
      summary: 'Cancelled as asked.',
      rows: [],
      changed: false,
      trail: progress.trail,
    };
  }
  const { problem } = gathered;
  progress.note(problem.message);
  return {
    outcome: gathered.kind === 'refused' ? 'refused' : 'interrupted',
    summary: problem.message,
    problem,
    rows: [],
    changed: false,
    trail: progress.trail,
  };
}
