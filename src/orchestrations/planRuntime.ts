import { amount } from '../domain/values/amount.js';
import type { Flow } from './flow.js';
import { inspect } from './inspect.js';
import { end, type Pass, type PassResult } from './pass.js';

/** The dry run: reads and plans, changes nothing, claims nothing. */
export function* planRuntime(pass: Pass): Flow<PassResult> {
  const found = yield* inspect(pass, 'plan');
  if (!('kind' in found)) return found;
  const { plan, runtime } = found;
  const words =
    plan.conflicts.length > 0
      ? `${amount(plan.conflicts.length, 'conflict')} would stop an enablement.`
      : plan.changes
        ? 'An enablement would write these settings.'
        : 'An enablement would change nothing.';
  return end(pass, 'planned', words, { profile: runtime.profile, plan });
}
