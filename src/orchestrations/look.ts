import type { Problem } from '../domain/problems/problem.js';
import type { RecordedProof } from '../domain/records/runtimeRecord.js';
import type { RuntimeRunInput } from '../domain/runs/inputs.js';
import type { RunOutcome } from '../domain/runs/outcomes.js';
import type { Plan } from '../domain/runs/plan.js';
import { leaseLost, reportedOnly } from '../domain/runs/runProblems.js';
import type { OnlyReported, ProofSummary } from '../domain/runs/runs.js';
import type { learned } from '../domain/settings/shownSettings.js';
import type { CredentialVersion } from '../domain/values/credentialVersion.js';
import { displayRuntime, type RuntimeId } from '../domain/values/runtimeId.js';
import type { Holder } from './calls.js';
import type { OrchestrationContext } from './durable.js';
import type { Progress } from './progress.js';

/** How one look at a runtime ended; `runtimeRun` makes the run's result of it. */
export interface LookEnd {
  readonly outcome: RunOutcome;
  readonly summary: string;
  readonly profile?: string;
  readonly problem?: Problem;
  readonly plan?: Plan;
  readonly changed: boolean;
  readonly proof?: ProofSummary;
  /** The credential that the processes have which answered the check. */
  readonly carried?: string;
  /** What the look has learned of the runtime's settings. */
  readonly learned?: ReturnType<typeof learned>;
  /** The app looks after the runtime from now on, whoever made it. */
  readonly lookedAfter?: true;
  /** What to remember durably as proven. */
  readonly recordedProof?: RecordedProof;
  /** The runtime was asked and did not prove access: what was proven before counts no more. */
  readonly revokesProof?: true;
}

/** One look at one runtime: what it is about and what it may lean on. */
export interface Look {
  readonly context: OrchestrationContext;
  readonly progress: Progress;
  readonly runtime: RuntimeId;
  readonly holder: Holder;
  /** The credential that the runtime is to have; absent: the one that is in use. */
  readonly credential?: CredentialVersion;
  /** A rotation has proven the credential: where the runtime has it, nobody asks about it again. */
  readonly proven?: boolean;
  /** Nothing is written unless access works as it is. */
  readonly proveFirst?: boolean;
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
  /** Settings whose check failed in an earlier look of this very run: asking again at once would tell the same. */
  readonly failedFingerprint?: string;
  /** Makes ids unique to this look: of child orchestrations and of DAG runs. */
  readonly label: string;
}

/** Ends a look; the summary goes into the trail. */
export function end(look: Look, outcome: RunOutcome, summary: string, more: Partial<LookEnd> = {}): LookEnd {
  look.progress.note(summary);
  return { changed: false, ...more, outcome, summary };
}

export function endProblem(
  look: Look,
  outcome: RunOutcome,
  problem: Problem,
  more: Partial<LookEnd> = {},
): LookEnd {
  return end(look, outcome, problem.message, { ...more, problem });
}

export function endConflict(look: Look, profile: string, plan: Plan, changed = false): LookEnd {
  const [first] = plan.conflicts;
  const summary = `${plan.conflicts.length} conflict(s), nothing written: ${first?.message ?? ''}`;
  return end(look, 'conflict', summary, {
    profile,
    plan,
    changed,
    ...(first ? { problem: { code: first.code, message: first.message, remedy: first.remedy } } : {}),
  });
}

/** The end of a look at a runtime to which nothing is written unless somebody asks. */
export function endReported(look: Look, only: OnlyReported, profile: string, plan: Plan): LookEnd {
  const problem = reportedOnly(only, displayRuntime(look.runtime), profile);
  return endProblem(look, 'reported', problem, { profile, plan });
}

export function endStopped(look: Look, standing: 'lost' | 'cancelled', more: Partial<LookEnd> = {}): LookEnd {
  if (standing === 'lost') {
    return endProblem(look, 'interrupted', leaseLost(displayRuntime(look.runtime)), more);
  }
  // A write that was begun twice may be under way still, whatever the one says that was cancelled.
  const left = more.changed
    ? 'the settings that it wrote stay, unproven'
    : 'nothing was written, as far as it is known';
  return end(look, 'cancelled', `Cancelled as asked; ${left}.`, more);
}

/** The end of a look at a step that gave no usable answer. */
export function endUnsettled(
  look: Look,
  settled:
    | { readonly kind: 'refused'; readonly problem: Problem }
    | { readonly kind: 'exhausted'; readonly problem: Problem }
    | { readonly kind: 'stopped'; readonly standing: 'lost' | 'cancelled' },
): LookEnd {
  switch (settled.kind) {
    case 'refused':
      return endProblem(look, 'refused', settled.problem);
    case 'stopped':
      return endStopped(look, settled.standing);
    case 'exhausted':
      return endProblem(look, 'interrupted', settled.problem);
  }
}
