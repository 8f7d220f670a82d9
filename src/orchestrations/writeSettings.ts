import type { Plan } from '../domain/runs/plan.js';
import { credentialRetiring, keepsChanging } from '../domain/runs/runProblems.js';
import type { InspectedRuntime } from '../domain/steps/runtimeSteps.js';
import { displayRuntime } from '../domain/values/runtimeId.js';
import { REFUSED_PAUSE_MS } from '../domain/values/timing.js';
import { patiently, type Settled } from './calls.js';
import { type Flow, nowMs, pause } from './flow.js';
import { acquireLease, recordOf } from './leasing.js';
import { end, endConflict, endProblem, endStopped, endUnsettled, type Look, type LookEnd } from './look.js';

const MAX_WRITES = 4;
/** Fewer than the writes, so that a refusal is told as one. */
const MAX_REFUSALS = 3;
/** How often the lease may not be seen that the record says it gave. */
const MAX_LOSSES = 3;

/** What was written, or is there already. */
export type Written = { readonly plan: Plan; readonly changed: boolean; readonly operation?: string };

/** The plan that says what was written: a write whose answer was lost left nothing to plan. */
function planWritten(now: Plan, first: Plan): Plan {
  return now.changes || now.fingerprint !== first.fingerprint ? now : first;
}

/** What a write was answered with. */
type Applied = Settled<'applySettings'>;
/** After these it is written once more. */
type Repeatable = Extract<Applied, { kind: 'outdated' | 'unproven' | 'changedMeanwhile' | 'leaseLost' }>;
type Over = Exclude<Applied, Repeatable | { kind: 'unchanged' | 'written' }>;

/** What the tries so far have come to. */
interface Tries {
  readonly plan: Plan;
  readonly refusals: number;
  readonly losses: number;
}

/** Writes until the settings are there with the newest version of the credential. */
export function* writeSettings(
  look: Look,
  runtime: InspectedRuntime,
  firstPlan: Plan,
): Flow<Written | LookEnd> {
  let tries: Tries = { plan: firstPlan, refusals: 0, losses: 0 };
  for (let turn = 1; turn <= MAX_WRITES; turn++) {
    const known: Partial<LookEnd> = { profile: runtime.profile, plan: tries.plan, changed: false };
    const applied = yield* applySettings(look, runtime, tries.plan, turn);
    switch (applied.kind) {
      case 'unchanged':
        look.progress.note('nothing to write');
        // A write whose answer was lost shows as "nothing to write" too: the restart it caused has to be waited for.
        return { plan: planWritten(applied.plan, firstPlan), changed: firstPlan.changes };
      case 'written':
        look.progress.note(`proven and written: credential ${applied.plan.credential.credentialId}`);
        look.progress.showPlan(applied.plan);
        return {
          plan: applied.plan,
          changed: true,
          ...(applied.operation === undefined ? {} : { operation: applied.operation }),
        };
      case 'outdated':
      case 'unproven':
      case 'changedMeanwhile':
      case 'leaseLost': {
        const next = yield* beforeNextTry(look, tries, applied, known);
        if ('outcome' in next) return next;
        tries = next;
        break;
      }
      default:
        return notWritten(look, runtime, applied, known);
    }
  }
  return endProblem(look, 'interrupted', keepsChanging(displayRuntime(look.runtime), MAX_WRITES), {
    profile: runtime.profile,
    plan: tries.plan,
    changed: false,
  });
}

/** One write, on the condition that nobody has changed the runtime since it was read. */
function* applySettings(look: Look, runtime: InspectedRuntime, plan: Plan, turn: number): Flow<Applied> {
  const { context, progress, holder } = look;
  progress.begin('write the settings');
  return yield* patiently(
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
}

/** What has to be before the next try: a pause, a newer credential, the lease. The look's end where it cannot be. */
function* beforeNextTry(
  look: Look,
  tries: Tries,
  applied: Repeatable,
  known: Partial<LookEnd>,
): Flow<Tries | LookEnd> {
  const { context, progress, holder } = look;
  const { plan } = tries;
  switch (applied.kind) {
    case 'outdated':
      progress.note(`${plan.credential.credentialId} is not what the runtime is to have by now: not written`);
      if (!applied.newer) {
        return endProblem(look, 'interrupted', credentialRetiring(plan.credential.credentialId), known);
      }
      return { ...tries, plan: { ...plan, credential: applied.newer } };
    case 'unproven': {
      progress.note(`not written: ${applied.problem.message}`);
      const refusals = tries.refusals + 1;
      // A key that a rotation has minted a moment ago is refused now and then until the directory has settled.
      if (!look.credential || refusals >= MAX_REFUSALS) {
        return endProblem(look, 'credentialRefused', applied.problem, known);
      }
      yield* pause(context, REFUSED_PAUSE_MS);
      return { ...tries, refusals };
    }
    case 'changedMeanwhile':
      progress.note('changed by somebody else meanwhile: reading again');
      return tries;
    case 'leaseLost': {
      const losses = tries.losses + 1;
      const record = recordOf(holder);
      if (losses >= MAX_LOSSES || !(yield* acquireLease(context, { ...holder, record }, plan.changes))) {
        return endStopped(look, 'lost', known);
      }
      return { ...tries, losses };
    }
  }
}

/** The end of the look where no further try would write anything. */
function notWritten(
  look: Look,
  { profile }: InspectedRuntime,
  applied: Over,
  known: Partial<LookEnd>,
): LookEnd {
  switch (applied.kind) {
    case 'conflict':
      return endConflict(look, profile, applied.plan);
    case 'missing':
      return end(look, 'gone', 'The runtime was deleted meanwhile.', known);
    case 'cancelled':
      return endStopped(look, 'cancelled', known);
    default:
      return { ...endUnsettled(look, applied), ...known };
  }
}
