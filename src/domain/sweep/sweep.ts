/** The sweep: finds what no event told. Words of its result. */

import type { Problem } from '../problems/problem.js';
import type { RunOutcome } from '../runs/outcomes.js';
import type { Debt, RotationResult } from '../runs/rotations.js';
import type { TrailEntry } from '../runs/runs.js';
import type { RuntimeId } from '../values/runtimeId.js';
import type { Finding, Judged } from './findings.js';
import type { UnmovedRun } from './unmovedRuns.js';

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
  /** What is outstanding, before the run that was started clears it. */
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
