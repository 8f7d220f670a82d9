/** The sweep: finds what no event told. Words, and the judgement of one runtime. */
import type { CallFailure } from './callResult.js';
import type { Plan } from './plan.js';
import type { Debt } from './rotation/credentialRecord.js';
import type { Problem, RunOrigin, RunOutcome, TrailEntry } from './runs.js';
import type { RuntimePhase } from './runtimeBody.js';
import type { RuntimeId } from './runtimeId.js';
import type { RecordedProof } from './runtimeRecord.js';
import type { UnmovedRun } from './unmovedRuns.js';

/** What the sweep finds of a runtime. */
export type Finding =
  | 'fine'
  /** Its settings differ from the profile, or its credential from the one in use: never enabled, or changed by hand. */
  | 'drifted'
  /** The settings are there, and no proof of them. */
  | 'unproven'
  /** Somebody else's settings are in the way. */
  | 'conflict'
  /** In a failed state, or its body cannot be read. */
  | 'broken'
  /** Being created, updated or deleted: the next sweep looks again. */
  | 'changing'
  /** A run works on it. */
  | 'inWork'
  /** Runs on it failed lately: the sweep waits, longer from time to time. */
  | 'resting';

/** Findings after which an enablement is started. */
export const MENDED: ReadonlySet<Finding> = new Set(['drifted', 'unproven']);

/** Input of the orchestration `sweep`. */
export interface SweepInput extends RunOrigin {
  readonly action: 'sweep';
  /** Finds and starts nothing. */
  readonly dryRun?: boolean;
}

/** Output of the orchestration `sweep`. */
export interface SweepResult {
  readonly outcome: RunOutcome;
  readonly summary: string;
  readonly problem?: Problem;
  readonly profiles: readonly SweptProfile[];
  readonly credentials: readonly SweptCredential[];
  /** Runs that do not move any more. */
  readonly unmoved: readonly UnmovedRun[];
  readonly changed: boolean;
  readonly trail: readonly TrailEntry[];
}

export interface SweptProfile {
  readonly profile: string;
  readonly findings: Readonly<Partial<Record<Finding, number>>>;
  /** Runs that were started; in a dry run, that would be. */
  readonly runs: readonly { readonly runtime: string; readonly finding: Finding; readonly runId?: string }[];
  /** How many need a run and wait for the next sweep: the cap. */
  readonly waiting: number;
  readonly problem?: Problem;
}

export interface SweptCredential {
  readonly credential: string;
  readonly outcome: RunOutcome;
  readonly summary: string;
  /** What is owed, before the run that was started pays it. */
  readonly debts?: readonly Debt[];
  readonly runId?: string;
}

/** Judges one runtime from its plan, its phase and what is remembered of it. */
export function judgeRuntime(
  plan: Plan,
  phase: RuntimePhase,
  remembered: { readonly proof?: RecordedProof; readonly inWork: boolean; readonly resting: boolean },
): Finding {
  if (remembered.inWork) return 'inWork';
  if (phase === 'failed') return 'broken';
  if (phase !== 'ready') return 'changing';
  if (plan.conflicts.length > 0) return 'conflict';
  if (!plan.changes && remembered.proof?.fingerprint === plan.fingerprint) return 'fine';
  if (remembered.resting) return 'resting';
  return plan.changes ? 'drifted' : 'unproven';
}

/** What the sweep asks activities to do. */
export interface SweepSteps {
  /** Names of what is configured. */
  readonly listConfigured: {
    readonly input: Record<string, never>;
    readonly output:
      | {
          readonly kind: 'listed';
          readonly profiles: readonly string[];
          readonly credentials: readonly { readonly name: string; readonly recordKey: string }[];
        }
      | CallFailure;
  };
  /** Lists the runtimes of a profile and judges each from the list, without a read of its own. */
  readonly surveyProfile: {
    readonly input: {
      readonly profile: string;
      /** At most so many of those that need a run are named. */
      readonly limit: number;
      /** Milliseconds since the epoch. */
      readonly now: number;
    };
    readonly output:
      | {
          readonly kind: 'surveyed';
          readonly findings: Readonly<Partial<Record<Finding, number>>>;
          readonly needy: readonly { readonly runtime: RuntimeId; readonly finding: Finding }[];
        }
      | CallFailure;
  };
  /** Finds runs that do not move any more. */
  readonly surveyRuns: {
    readonly input: Record<string, never>;
    readonly output:
      | {
          readonly kind: 'surveyed';
          /** The durable host ended them, and nobody has told of them yet. */
          readonly ended: readonly UnmovedRun[];
          /** They wait for a newer version of the app. */
          readonly waiting: readonly UnmovedRun[];
          /** The version of this app, where none so new has run before. */
          readonly newVersion?: string;
        }
      | CallFailure;
  };
  /** Starts a run that goes on by itself. One of that id that is there already stays. */
  readonly launchRun: {
    readonly input: { readonly orchestration: string; readonly runId: string; readonly input: unknown };
    readonly output: { readonly kind: 'started' } | CallFailure;
  };
}
