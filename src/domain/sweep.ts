/** The sweep: finds what no event told. Words of its result, and what it asks activities to do. */
import type { CallFailure } from './callResult.js';
import type { Finding, Judged } from './findings.js';
import type { Debt } from './rotation/debts.js';
import type { RotationResult } from './rotation/rotations.js';
import type { Problem, RunOrigin, RunOutcome, TrailEntry } from './runs.js';
import type { RuntimeId } from './runtimeId.js';
import type { UnmovedRun } from './unmovedRuns.js';

/** Input of the orchestration `sweep`. */
export interface SweepInput extends RunOrigin {
  readonly action: 'sweep';
  /** Finds and starts nothing. */
  readonly dryRun?: boolean;
}

/** What a sweep has found. */
export interface SweptSoFar {
  readonly profiles: readonly SweptProfile[];
  readonly credentials: readonly SweptCredential[];
  /** Runs that do not move any more. */
  readonly unmoved: readonly UnmovedRun[];
}

/** Output of the orchestration `sweep`. */
export interface SweepResult extends SweptSoFar {
  readonly outcome: RunOutcome;
  readonly summary: string;
  readonly problem?: Problem;
  readonly changed: boolean;
  readonly trail: readonly TrailEntry[];
}

/** What follows on a finding. */
export type FollowUp =
  /** A run that was started; in a dry run, that would be. */
  | 'enable'
  | 'check'
  /** The next sweep looks again: Azure changes it, or this sweep has started as many runs as one may. */
  | 'nextSweep'
  /** The run that works on it ends. */
  | 'run'
  /** A sweep starts a run once the pause after its failures is over. */
  | 'pause'
  /** Nothing, until somebody does something. */
  | 'person';

export interface SweptProfile {
  readonly profile: string;
  /** The profile only observes: nothing is started. */
  readonly observed?: true;
  /** How many runtimes are found so. */
  readonly findings: Readonly<Partial<Record<Finding, number>>>;
  /** All but those that are fine or only due for a check, those that need somebody first. */
  readonly runtimes: readonly SweptRuntime[];
  /** How many more there are than are named: the cap. */
  readonly unnamed?: number;
  /** Enablements that were started; in a dry run, that would be. */
  readonly enablements: number;
  /** Checks that were started because the last proof is too old; in a dry run, that would be. */
  readonly checks: number;
  /** How many need a run and wait for the next sweep: the cap. */
  readonly waiting: number;
  readonly problem?: Problem;
}

/** `runId`: the run that was started, or that is at work. */
export interface SweptRuntime extends Judged {
  /** Resource id. */
  readonly runtime: string;
  readonly follows: FollowUp;
}

export interface SweptCredential {
  readonly credential: string;
  readonly outcome: RunOutcome;
  readonly summary: string;
  /** What needs somebody, and what to do. */
  readonly problem?: Problem;
  /** What is owed, before the run that was started pays it. */
  readonly debts?: readonly Debt[];
  /** What it leaves alone, see `RotationResult`. */
  readonly otherHubs?: RotationResult['otherHubs'];
  readonly unread?: RotationResult['unread'];
  /** The rotation that was started. */
  readonly runId?: string;
  /** The rotation that is at work. */
  readonly otherRunId?: string;
}

/** What the survey says of one runtime. */
export interface SurveyedRuntime extends Judged {
  readonly runtime: RuntimeId;
}

/** What the first complete list of some runtimes of a profile shows. */
export interface ShownFirst {
  /** See `placeKey`. */
  readonly places: readonly string[];
  /** Runtimes that were there before the app, see `existingKey`. */
  readonly existing: readonly string[];
}

/** A run that a sweep starts. */
export interface Launch {
  readonly orchestration: string;
  readonly runId: string;
  readonly input: unknown;
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
          readonly credentials: readonly {
            readonly name: string;
            readonly recordKey: string;
            readonly observed?: true;
          }[];
        }
      | CallFailure;
  };
  /** Lists the runtimes of a profile and judges each from the list, without a read of its own. */
  readonly surveyProfile: {
    readonly input: {
      readonly profile: string;
      /** At most so many of each kind are given. */
      readonly limits: { readonly mend: number; readonly check: number; readonly name: number };
      /** Milliseconds since the epoch. */
      readonly now: number;
    };
    readonly output:
      | {
          readonly kind: 'surveyed';
          readonly findings: Readonly<Partial<Record<Finding, number>>>;
          /** The profile only observes: nothing is to be started. */
          readonly observed?: true;
          /** Those that were there before the app are enabled, one first. */
          readonly takesTurns?: true;
          /** What is to be noted of this list: it was complete, and this was there. */
          readonly shown?: ShownFirst;
          /** Need an enablement. Those of the finding `existing` were there before the app, and it is their turn. */
          readonly mend: readonly SurveyedRuntime[];
          /** Are fine, and due for a check; the oldest proofs first. */
          readonly check: readonly RuntimeId[];
          /** The others that are not fine, those that need somebody first. */
          readonly others: readonly SurveyedRuntime[];
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
  /** Starts runs that go on by themselves. One of an id that is there already stays. */
  readonly launchRuns: {
    readonly input: { readonly runs: readonly Launch[] };
    /** Ids of those that are started; one that could not be does not stop the others. */
    readonly output: { readonly kind: 'started'; readonly runIds: readonly string[] } | CallFailure;
  };
}
