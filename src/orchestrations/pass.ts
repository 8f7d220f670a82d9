import type { Problem } from '../domain/problems/problem.js';
import type { RecordedProof } from '../domain/records/runtimeRecord.js';
import type { RuntimeRunInput } from '../domain/runs/inputs.js';
import type { RunOutcome } from '../domain/runs/outcomes.js';
import type { Plan } from '../domain/runs/plan.js';
import { leaseLost, reportedOnly } from '../domain/runs/runProblems.js';
import type { OnlyReported, ProofSummary } from '../domain/runs/runs.js';
import type { learned } from '../domain/settings/shownSettings.js';
import { amount } from '../domain/values/amount.js';
import type { CredentialVersion } from '../domain/values/credentialVersion.js';
import { displayRuntime, type RuntimeId } from '../domain/values/runtimeId.js';
import type { RunClaim } from './calls.js';
import type { OrchestrationContext } from './durable.js';
import type { Progress } from './progress.js';

/** How one pass over a runtime ended; `runtimeRun` makes the run's result of it. */
export interface PassResult {
  readonly outcome: RunOutcome;
  readonly summary: string;
  readonly profile?: string;
  readonly problem?: Problem;
  readonly plan?: Plan;
  readonly changed: boolean;
  readonly proof?: ProofSummary;
  /** The credential that the processes have which answered the check. */
  readonly carried?: string;
  /** How long the runtime has taken until it was ready again, milliseconds. */
  readonly readyAfterMs?: number;
  /** A read has shown already all that the pass wrote. */
  readonly shown?: true;
  /** What the pass has learned of the runtime's settings. */
  readonly learned?: ReturnType<typeof learned>;
  /** The app looks after the runtime from now on, whoever made it. */
  readonly lookedAfter?: true;
  /** What to remember durably as proven. */
  readonly recordedProof?: RecordedProof;
  /** The runtime was asked and did not prove access: what was proven before counts no more. */
  readonly revokesProof?: true;
}

/** One pass over one runtime: what it is about and what it may lean on. */
export interface Pass {
  readonly context: OrchestrationContext;
  readonly progress: Progress;
  readonly runtime: RuntimeId;
  readonly claim: RunClaim;
  /** The credential that the runtime is to have; absent: the one that is in use. */
  readonly credential?: CredentialVersion;
  /** A rotation has proven the credential: where the runtime has it, nobody asks about it again. */
  readonly proven?: boolean;
  /** Nothing is written unless access works as it is. */
  readonly proveFirst?: boolean;
  /** How long another runtime of its fleet has taken until it was ready again, milliseconds. */
  readonly expectedReadyMs?: number;
  /** Waits neither for a maintenance window nor for tasks. */
  readonly urgent?: boolean;
  /** It has waited for tasks already, as long as the profile lets it. */
  readonly drained?: boolean;
  /** A person asked: what does not show after a write is written once more. */
  readonly writesAgain?: boolean;
  /** What was proven there before. */
  readonly knownProof?: RecordedProof;
  /** Somebody asked for it, or a rotation moves it: what was there before the app is written, too. */
  readonly asked?: RuntimeRunInput['asked'] | 'rotation';
  /** Settings whose check failed in an earlier pass of this very run: asking again at once would tell the same. */
  readonly failedFingerprint?: string;
  /** Makes ids unique to this pass: of child orchestrations and of DAG runs. */
  readonly label: string;
}

/** Ends a pass; the summary goes into the trail. */
export function end(
  pass: Pass,
  outcome: RunOutcome,
  summary: string,
  more: Partial<PassResult> = {},
): PassResult {
  pass.progress.logStep(summary);
  return { changed: false, ...more, outcome, summary };
}

export function endProblem(
  pass: Pass,
  outcome: RunOutcome,
  problem: Problem,
  more: Partial<PassResult> = {},
): PassResult {
  return end(pass, outcome, problem.message, { ...more, problem });
}

export function endConflict(pass: Pass, profile: string, plan: Plan, changed = false): PassResult {
  const [first] = plan.conflicts;
  const summary = `${amount(plan.conflicts.length, 'conflict')}, nothing written: ${first?.message ?? ''}`;
  return end(pass, 'conflict', summary, {
    profile,
    plan,
    changed,
    ...(first ? { problem: { code: first.code, message: first.message, remedy: first.remedy } } : {}),
  });
}

/** The end of a pass over a runtime to which nothing is written unless somebody asks. */
export function endReported(pass: Pass, only: OnlyReported, profile: string, plan: Plan): PassResult {
  const problem = reportedOnly(only, displayRuntime(pass.runtime), profile);
  return endProblem(pass, 'reported', problem, { profile, plan });
}

export function endStopped(
  pass: Pass,
  claimStatus: 'lost' | 'cancelled',
  more: Partial<PassResult> = {},
): PassResult {
  if (claimStatus === 'lost') {
    return endProblem(pass, 'interrupted', leaseLost(displayRuntime(pass.runtime)), more);
  }
  // A write that was begun twice may be under way still, whatever the one says that was cancelled.
  const left = more.changed
    ? 'the settings that it wrote stay, unproven'
    : 'nothing was written, as far as it is known';
  return end(pass, 'cancelled', `Cancelled as asked; ${left}.`, more);
}

/** The end of a pass in which an activity gave no usable answer. */
export function endUnanswered(
  pass: Pass,
  answer:
    | { readonly kind: 'refused'; readonly problem: Problem }
    | { readonly kind: 'exhausted'; readonly problem: Problem }
    | { readonly kind: 'stopped'; readonly claimStatus: 'lost' | 'cancelled' },
): PassResult {
  switch (answer.kind) {
    case 'refused':
      return endProblem(pass, 'refused', answer.problem);
    case 'stopped':
      return endStopped(pass, answer.claimStatus);
    case 'exhausted':
      return endProblem(pass, 'interrupted', answer.problem);
  }
}
