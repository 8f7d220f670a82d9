import type { Flow } from './flow.js';
import { inspect } from './inspect.js';
import { end, type Look, type LookEnd } from './look.js';

/** The dry run: reads and plans, changes nothing, holds nothing. */
export function* planRuntime(look: Look): Flow<LookEnd> {
  const found = yield* inspect(look, 'plan');
  if (!('kind' in found)) return found;
  const { plan, runtime } = found;
  const words =
    plan.conflicts.length > 0
      ? `${plan.conflicts.length} conflict(s) would stop an enablement.`
      : plan.changes
        ? 'An enablement would write these settings.'
        : 'An enablement would change nothing.';
  return end(look, 'planned', words, { profile: runtime.profile, plan });
}
