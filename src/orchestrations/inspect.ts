import type { Inspection } from '../domain/activities/runtimeActivities.js';
import type { RunAction } from '../domain/runs/inputs.js';
import { amount } from '../domain/values/amount.js';
import { displayRuntime } from '../domain/values/runtimeId.js';
import { callWithRetry } from './calls.js';
import { type Flow, nowMs } from './flow.js';
import { end, endUnanswered, type Pass, type PassResult } from './pass.js';

export type Inspected = Extract<Inspection, { kind: 'inspected' }>;

/** Resolves the profile, reads the runtime, plans. Ends the pass where there is nothing more to do. */
export function* inspect(pass: Pass, action: RunAction): Flow<Inspected | PassResult> {
  pass.progress.begin('read the runtime and plan');
  const inspection = yield* callWithRetry(
    pass.context,
    'inspectRuntime',
    {
      runtime: pass.runtime,
      action,
      now: nowMs(pass.context),
      ...(pass.credential ? { credential: pass.credential } : {}),
      ...(pass.writesAgain ? { writesAgain: true } : {}),
    },
    pass.claim,
    `${pass.label}-inspect`,
  );
  switch (inspection.kind) {
    case 'missing':
      return end(pass, 'gone', `${displayRuntime(pass.runtime)} does not exist.`);
    case 'irrelevant':
      return end(pass, 'irrelevant', inspection.why);
    case 'ambiguous':
      return end(pass, 'ambiguous', `Several profiles match: ${inspection.profiles.join(', ')}.`, {
        problem: {
          code: 'ambiguousProfile',
          message: `The profiles ${inspection.profiles.join(' and ')} both match ${displayRuntime(pass.runtime)}.`,
          remedy:
            'Narrow the patterns under `runtimes` so that one profile matches, then start the run again.',
        },
      });
    case 'inspected': {
      const { runtime, plan } = inspection;
      const changes = plan.settings.filter((setting) => setting.kind !== 'keep').length;
      pass.progress.logStep(
        `state ${runtime.state}, profile ${runtime.profile}: ${plan.conflicts.length > 0 ? amount(plan.conflicts.length, 'conflict') : amount(changes, 'change')}`,
      );
      pass.progress.showPlan(plan);
      return inspection;
    }
    default:
      return endUnanswered(pass, inspection);
  }
}
