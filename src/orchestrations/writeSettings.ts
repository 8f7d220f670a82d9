import type { InspectedRuntime } from '../domain/activities/runtimeActivities.js';
import type { Plan } from '../domain/runs/plan.js';
import { credentialRetiring, keepsChanging } from '../domain/runs/runProblems.js';
import type { SeenSettings } from '../domain/settings/shownSettings.js';
import { displayRuntime } from '../domain/values/runtimeId.js';
import { REFUSED_PAUSE_MS } from '../domain/values/timing.js';
import { callWithRetry, type RetryOutcome } from './calls.js';
import { type Flow, nowMs, pause } from './flow.js';
import { acquireLease, recordOf } from './leasing.js';
import {
  end,
  endConflict,
  endProblem,
  endStopped,
  endUnanswered,
  type Pass,
  type PassResult,
} from './pass.js';
import { logCanary } from './proveAccess.js';

const MAX_WRITES = 4;
/** Fewer than the writes, so that a refusal is told as one. */
const MAX_REFUSALS = 3;
/** How often the lease may not be seen that the record says it gave. */
const MAX_LOSSES = 3;

/** What was written, or is there already. `wrote`: how much; absent where the write's answer was lost. */
export type Written = {
  readonly plan: Plan;
  readonly changed: boolean;
  readonly operation?: string;
  readonly wrote?: SeenSettings;
};

/** The plan that says what was written: a write whose answer was lost left nothing to plan. */
function planWritten(now: Plan, first: Plan): Plan {
  return now.changes || now.fingerprint !== first.fingerprint ? now : first;
}

/** What a write was answered with. */
type Applied = RetryOutcome<'applySettings'>;
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
  pass: Pass,
  runtime: InspectedRuntime,
  firstPlan: Plan,
): Flow<Written | PassResult> {
  let tries: Tries = { plan: firstPlan, refusals: 0, losses: 0 };
  for (let turn = 1; turn <= MAX_WRITES; turn++) {
    const known: Partial<PassResult> = { profile: runtime.profile, plan: tries.plan, changed: false };
    const applied = yield* applySettings(pass, runtime, tries.plan, turn);
    switch (applied.kind) {
      case 'unchanged':
        logCanary(pass, runtime, applied.canaryMade);
        pass.progress.logStep('nothing to write');
        // A write whose answer was lost shows as "nothing to write" too: the restart it caused has to be waited for.
        return { plan: planWritten(applied.plan, firstPlan), changed: firstPlan.changes };
      case 'written':
        logCanary(pass, runtime, applied.canaryMade);
        pass.progress.logStep(`proven and written: credential ${applied.plan.credential.credentialId}`);
        pass.progress.showPlan(applied.plan);
        return {
          plan: applied.plan,
          changed: true,
          wrote: applied.wrote,
          ...(applied.operation === undefined ? {} : { operation: applied.operation }),
        };
      case 'outdated':
      case 'unproven':
      case 'changedMeanwhile':
      case 'leaseLost': {
        const next = yield* beforeNextTry(pass, tries, applied, known);
        if ('outcome' in next) return next;
        tries = next;
        break;
      }
      default:
        return notWritten(pass, runtime, applied, known);
    }
  }
  return endProblem(pass, 'interrupted', keepsChanging(displayRuntime(pass.runtime), MAX_WRITES), {
    profile: runtime.profile,
    plan: tries.plan,
    changed: false,
  });
}

/** One write, on the condition that nobody has changed the runtime since it was read. */
function* applySettings(pass: Pass, runtime: InspectedRuntime, plan: Plan, turn: number): Flow<Applied> {
  const { context, progress, claim } = pass;
  progress.begin('write the settings');
  return yield* callWithRetry(
    context,
    'applySettings',
    {
      runtime: pass.runtime,
      profile: runtime.profile,
      runId: claim.runId,
      pass: recordOf(claim).pass,
      seen: runtime.seen,
      ...(claim.parentRunId ? { parentRunId: claim.parentRunId } : {}),
      credential: plan.credential,
      ...(runtime.canary && !pass.proveFirst ? { canary: runtime.canary } : {}),
      given: pass.credential !== undefined,
      ...(claim.rotation ? { rotationRunId: claim.rotation.runId } : {}),
      now: nowMs(context),
    },
    claim,
    `${pass.label}-write${turn}`,
  );
}

/** What has to be before the next try: a pause, a newer credential, the lease. The pass's end where it cannot be. */
function* beforeNextTry(
  pass: Pass,
  tries: Tries,
  applied: Repeatable,
  known: Partial<PassResult>,
): Flow<Tries | PassResult> {
  const { context, progress, claim } = pass;
  const { plan } = tries;
  switch (applied.kind) {
    case 'outdated':
      progress.logStep(
        `${plan.credential.credentialId} is not what the runtime is to have by now: not written`,
      );
      if (!applied.newer) {
        return endProblem(pass, 'interrupted', credentialRetiring(plan.credential.credentialId), known);
      }
      return { ...tries, plan: { ...plan, credential: applied.newer } };
    case 'unproven': {
      progress.logStep(`not written: ${applied.problem.message}`);
      const refusals = tries.refusals + 1;
      // A key that a rotation has minted a moment ago is refused now and then until all of the directory knows it.
      if (!pass.credential || refusals >= MAX_REFUSALS) {
        return endProblem(pass, 'credentialRefused', applied.problem, known);
      }
      yield* pause(context, REFUSED_PAUSE_MS);
      return { ...tries, refusals };
    }
    case 'changedMeanwhile':
      progress.logStep('changed by somebody else meanwhile: reading again');
      return tries;
    case 'leaseLost': {
      const losses = tries.losses + 1;
      const record = recordOf(claim);
      if (losses >= MAX_LOSSES || !(yield* acquireLease(context, { ...claim, record }, plan.changes))) {
        return endStopped(pass, 'lost', known);
      }
      return { ...tries, losses };
    }
  }
}

/** The end of the pass where no further try would write anything. */
function notWritten(
  pass: Pass,
  { profile }: InspectedRuntime,
  applied: Over,
  known: Partial<PassResult>,
): PassResult {
  switch (applied.kind) {
    case 'conflict':
      return endConflict(pass, profile, applied.plan);
    case 'missing':
      return end(pass, 'gone', 'The runtime was deleted meanwhile.', known);
    case 'cancelled':
      return endStopped(pass, 'cancelled', known);
    default:
      return { ...endUnanswered(pass, applied), ...known };
  }
}
