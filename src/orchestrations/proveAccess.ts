import type { InspectedRuntime } from '../domain/activities/runtimeActivities.js';
import type { Plan } from '../domain/runs/plan.js';
import { webServerUnknown } from '../domain/runs/runProblems.js';
import type { ProofSummary } from '../domain/runs/runs.js';
import { displayRuntime } from '../domain/values/runtimeId.js';
import { callWithRetry, SUB_ORCHESTRATIONS } from './calls.js';
import type { CheckAccessInput, CheckAccessResult } from './checkState.js';
import { callWait } from './children.js';
import { type Flow, nowMs } from './flow.js';
import { end, endProblem, endStopped, endUnanswered, type Pass, type PassResult } from './pass.js';

/** Makes sure that the canary is in the vault. Returns the end of the pass where it cannot be. */
export function* ensureCanary(pass: Pass, runtime: InspectedRuntime): Flow<PassResult | undefined> {
  if (!runtime.canary) return undefined;
  const input = { canary: runtime.canary };
  const canary = yield* callWithRetry(
    pass.context,
    'ensureCanary',
    input,
    pass.claim,
    `${pass.label}-canary`,
  );
  if (canary.kind !== 'ready') return endUnanswered(pass, canary);
  logCanary(pass, runtime, canary.made);
  return undefined;
}

/** The canary in the trail. `made`: just now; absent where nobody looked. */
export function logCanary({ progress }: Pass, { canary }: InspectedRuntime, made: boolean | undefined): void {
  if (!canary || made === undefined) return;
  progress.logStep(
    `canary ${canary.name} ${made ? 'made' : 'is there'}`,
    'make sure that the canary is there',
  );
}

/** What a check is run for. */
interface Wanted {
  readonly changed: boolean;
  readonly outcome: 'enabled' | 'accessProven';
  /** The credential id that the worker must carry; absent: the runtime has no marker. */
  readonly expectedMarker?: string;
}

/** Runs the access check and ends the pass with its verdict. */
export function* proveAccess(
  pass: Pass,
  runtime: InspectedRuntime,
  plan: Plan,
  wanted: Wanted,
): Flow<PassResult> {
  const { context, progress } = pass;
  const { webUrl } = runtime;
  const known: Partial<PassResult> = { profile: runtime.profile, plan, changed: wanted.changed };
  if (!webUrl) {
    return endProblem(pass, 'notReady', webServerUnknown(displayRuntime(pass.runtime), runtime.words), known);
  }
  progress.begin('check access');
  const input = firstInput(pass, { ...runtime, webUrl }, wanted);
  const check = yield* callWait<CheckAccessResult>(
    context,
    SUB_ORCHESTRATIONS.checkAccess,
    // A check that begins anew has a nonce of its own, and so a DAG run of its own.
    (turn) => (turn === 1 ? input : { ...input, label: `${pass.label}-a${turn}` }),
    `${pass.label}-check`,
  );
  progress.include(check.trail);
  // Whether access works is one thing, which credential the answering processes have another.
  const carried = wanted.expectedMarker === undefined ? {} : { carried: wanted.expectedMarker };
  if (check.kind === 'stopped') return endStopped(pass, check.claimStatus, known);
  if (check.kind === 'failed') {
    const revokes = check.asked ? { revokesProof: true as const } : {};
    const seen = check.answered ? carried : {};
    return endProblem(pass, 'checkFailed', check.problem, { ...known, ...revokes, ...seen });
  }
  progress.logStep('passed');
  return endPassed(pass, plan, wanted, check.proof, { ...known, ...carried });
}

/** The check's input, from its beginning. */
function firstInput(
  { context, claim, runtime, label }: Pass,
  { profile, webUrl, dagsFromGit, dagId, proofKind, canary, limits }: InspectedRuntime & { webUrl: string },
  { expectedMarker }: Wanted,
): CheckAccessInput {
  const startedAt = nowMs(context);
  return {
    claim,
    target: { runtime, profile, webUrl, dagsFromGit },
    dagId,
    proofKind,
    ...(canary ? { canary } : {}),
    ...(expectedMarker === undefined ? {} : { expectedMarker }),
    label,
    startedAt,
    deadline: startedAt + limits.checkSeconds * 1000,
    renewedAt: startedAt,
    phase: { kind: 'prepare' },
    attempt: 1,
    failures: 0,
    trail: [],
  };
}

/** The end of a pass whose check has passed, with what is to be remembered as proven. */
function endPassed(
  pass: Pass,
  plan: Plan,
  { outcome }: Wanted,
  proof: ProofSummary,
  known: Partial<PassResult>,
): PassResult {
  const summary =
    outcome === 'enabled'
      ? `DAGs of ${displayRuntime(pass.runtime)} read ${plan.profile}'s vault: proven by ${proof.dagRunId}.`
      : `Access proven by ${proof.dagRunId}.`;
  return end(pass, outcome, summary, {
    ...known,
    proof,
    // With settings that still differ from the profile there is nothing to remember: the next enablement changes them.
    ...(outcome === 'enabled' || !plan.changes
      ? {
          recordedProof: {
            fingerprint: plan.fingerprint,
            credentialId: plan.credential.credentialId,
            provenAt: proof.provenAt,
            runId: pass.claim.runId,
          },
        }
      : {}),
  });
}
