import type { Plan } from '../domain/runs/plan.js';
import { credentialRetiring, keepsChanging } from '../domain/runs/runProblems.js';
import type { InspectedRuntime } from '../domain/steps/runtimeSteps.js';
import { displayRuntime } from '../domain/values/runtimeId.js';
import { patiently } from './calls.js';
import { type Flow, nowMs, pause } from './flow.js';
import { acquireLease, recordOf } from './leasing.js';
import { end, endConflict, endProblem, endStopped, endUnsettled, type Look, type LookEnd } from './look.js';

const MAX_WRITES = 4;
/** Fewer than the writes, so that a refusal is told as one. */
const MAX_REFUSALS = 3;
const REFUSED_PAUSE_MS = 20_000;
/** How often the lease may not be seen that the record says it gave. */
const MAX_LOSSES = 3;

/** What was written, or is there already. */
export type Written = { readonly plan: Plan; readonly changed: boolean; readonly operation?: string };

/** The plan that says what was written: a write whose answer was lost left nothing to plan. */
function planWritten(now: Plan, first: Plan): Plan {
  return now.changes || now.fingerprint !== first.fingerprint ? now : first;
}

/** Writes until the settings are there with the newest version of the credential. */
export function* writeSettings(
  look: Look,
  runtime: InspectedRuntime,
  firstPlan: Plan,
): Flow<Written | LookEnd> {
  const { context, progress, holder } = look;
  let plan = firstPlan;
  const changed = false;
  let refusals = 0;
  let losses = 0;
  for (let turn = 1; turn <= MAX_WRITES; turn++) {
    progress.begin('write the settings');
    const applied = yield* patiently(
      context,
      'applySettings',
      {
        runtime: look.runtime,
        profile: runtime.profile,
        runId: holder.runId,
        look: recordOf(holder).look,
        seen: runtime.seen,
        ...(holder.parentRunId ? { parentRunId: holder.parentRunId } : {}),
        credential: plan.credential,
        given: look.credential !== undefined,
        ...(holder.rotation ? { rotationRunId: holder.rotation.runId } : {}),
        now: nowMs(context),
      },
      holder,
      `${look.label}-write${turn}`,
    );
    const known: Partial<LookEnd> = { profile: runtime.profile, plan, changed };
    switch (applied.kind) {
      case 'unchanged':
        progress.note('nothing to write');
        // A write whose answer was lost shows as "nothing to write" too: the restart it caused has to be waited for.
        return { plan: planWritten(applied.plan, firstPlan), changed: changed || firstPlan.changes };
      case 'written':
        progress.note(`proven and written: credential ${applied.plan.credential.credentialId}`);
        progress.showPlan(applied.plan);
        return {
          plan: applied.plan,
          changed: true,
          ...(applied.operation === undefined ? {} : { operation: applied.operation }),
        };
      case 'outdated':
        progress.note(
          `${plan.credential.credentialId} is not what the runtime is to have by now: not written`,
        );
        if (!applied.newer) {
          return endProblem(look, 'interrupted', credentialRetiring(plan.credential.credentialId), known);
        }
        plan = { ...plan, credential: applied.newer };
        break;
      case 'unproven':
        progress.note(`not written: ${applied.problem.message}`);
        refusals++;
        // A key that a rotation has minted a moment ago is refused now and then until the directory has settled.
        if (!look.credential || refusals >= MAX_REFUSALS) {
          return endProblem(look, 'credentialRefused', applied.problem, known);
        }
        yield* pause(context, REFUSED_PAUSE_MS);
        break;
      case 'changedMeanwhile':
        progress.note('changed by somebody else meanwhile: reading again');
        break;
      case 'conflict':
        return endConflict(look, runtime.profile, applied.plan, changed);
      case 'missing':
        return end(look, 'gone', 'The runtime was deleted meanwhile.', known);
      case 'leaseLost': {
        losses++;
        const record = recordOf(holder);
        if (losses >= MAX_LOSSES || !(yield* acquireLease(context, { ...holder, record }, plan.changes))) {
          return endStopped(look, 'lost', known);
        }
        break;
      }
      case 'cancelled':
        return endStopped(look, 'cancelled', known);
      default:
        return { ...endUnsettled(look, applied), ...known };
    }
  }
  return endProblem(look, 'interrupted', keepsChanging(displayRuntime(look.runtime), MAX_WRITES), {
    profile: runtime.profile,
    plan,
    changed,
  });
}
