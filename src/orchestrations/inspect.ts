import type { RunAction } from '../domain/runs/inputs.js';
import type { Inspection } from '../domain/steps/runtimeSteps.js';
import { displayRuntime } from '../domain/values/runtimeId.js';
import { patiently } from './calls.js';
import { type Flow, nowMs } from './flow.js';
import { end, endUnsettled, type Look, type LookEnd } from './look.js';

export type Inspected = Extract<Inspection, { kind: 'inspected' }>;

/** Resolves the profile, reads the runtime, plans. Ends the look where there is nothing more to do. */
export function* inspect(look: Look, action: RunAction): Flow<Inspected | LookEnd> {
  look.progress.begin('read the runtime and plan');
  const inspection = yield* patiently(
    look.context,
    'inspectRuntime',
    {
      runtime: look.runtime,
      action,
      now: nowMs(look.context),
      ...(look.credential ? { credential: look.credential } : {}),
      ...(look.writesAgain ? { writesAgain: true } : {}),
    },
    look.holder,
    `${look.label}-inspect`,
  );
  switch (inspection.kind) {
    case 'missing':
      return end(look, 'gone', `${displayRuntime(look.runtime)} does not exist.`);
    case 'irrelevant':
      return end(look, 'irrelevant', inspection.why);
    case 'ambiguous':
      return end(look, 'ambiguous', `Several profiles match: ${inspection.profiles.join(', ')}.`, {
        problem: {
          code: 'ambiguousProfile',
          message: `The profiles ${inspection.profiles.join(' and ')} both match ${displayRuntime(look.runtime)}.`,
          remedy:
            'Narrow the patterns under `runtimes` so that one profile matches, then start the run again.',
        },
      });
    case 'inspected': {
      const { runtime, plan } = inspection;
      const changes = plan.settings.filter((setting) => setting.kind !== 'keep').length;
      look.progress.note(
        `state ${runtime.state}, profile ${runtime.profile}: ${plan.conflicts.length > 0 ? `${plan.conflicts.length} conflicts` : `${changes} changes`}`,
      );
      look.progress.showPlan(plan);
      return inspection;
    }
    default:
      return endUnsettled(look, inspection);
  }
}
