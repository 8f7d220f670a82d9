/**
 * Words for runs: what one tells while it works and how it ends. These values are the custom statuses and outputs of
 * orchestrations, so they hold references and ids, never a secret's value.
 */

import type { Problem } from '../problems/problem.js';
import type { Plan } from '../values/plan.js';
import type { RunAction } from './inputs.js';

/** One line of the audit trail. */
export interface TrailEntry {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly step: string;
  /** Short outcome in words: what was found or done. */
  readonly outcome: string;
}

/** Custom status of a run: the step under way and since when, and what came before it. */
export interface RunProgress {
  readonly step: string;
  readonly since: string;
  readonly trail: readonly TrailEntry[];
  readonly plan?: Plan;
  /** The version of the app that began the run. */
  readonly version?: string;
}

/** How a run ended. The closed list that docs/reference.md explains. */
export type RunOutcome =
  | 'enabled' // settings written (or already there) and access proven
  | 'alreadyEnabled' // nothing to change, and proven before
  | 'planned' // dry run: the plan is in the result
  | 'reported' // nothing was written: the profile only observes, or the runtime was there first and nobody has asked
  | 'accessProven' // access check alone, passed
  | 'checkFailed' // access check failed; settings stay
  | 'conflict' // the runtime has settings of somebody else, or a value would be lost
  | 'irrelevant' // not Airflow, or no profile matches
  | 'ambiguous' // two profiles match
  | 'gone' // the runtime does not exist (any more)
  | 'notReady' // failed state, or a deadline passed
  | 'credentialRefused' // the credential could not be proven; nothing was written
  | 'refused' // Azure refused a call for good (permission, validation); what, and what to do, is in the problem
  | 'busy' // another run works on the runtime; it looks once more afterwards
  | 'rotated' // every runtime has the new credential, the old one is removed
  | 'rotatedPartly' // the new credential is in use, and something is left to do
  | 'rolledBack' // the runtimes have what they had, the minted credential is removed
  | 'upToDate' // the credential is not due and every runtime has it
  | 'expiring' // the credential nears its end and nobody has written another
  | 'swept' // the report is in the result
  | 'prepared' // preflight: nothing is missing
  | 'incomplete' // a run over a profile: some of its runtimes need somebody; which, and why, is in the result
  | 'unprepared' // preflight: what is missing is in the result, with its command
  | 'tooSoon' // a failed rotation is tried again later
  | 'declined' // a person rejected the rotation; that stands until it is urgent or somebody asks
  | 'cancelled'
  | 'interrupted'; // lease lost to another writer, or retries ran out

/** Ends of a run on a runtime after which nothing is left to do there. */
export const SETTLED: ReadonlySet<RunOutcome> = new Set([
  'enabled',
  'alreadyEnabled',
  'accessProven',
  'gone',
  'irrelevant',
]);

/**
 * Whether a runtime has the credential that a run was to give it: also where its check fails, with which it may have been
 * broken before.
 */
export function hasWhatItWasGiven({ outcome }: Pick<RunResult, 'outcome'>): boolean {
  return SETTLED.has(outcome) || outcome === 'checkFailed';
}

/** Why a runtime is only reported: it was there first, or its profile only observes. */
export type OnlyReported = 'existing' | 'observed';

/** Output of `runtimeRun`. */
export interface RunResult {
  readonly outcome: RunOutcome;
  readonly runtime: string;
  readonly profile?: string;
  /** One sentence for people. */
  readonly summary: string;
  readonly problem?: Problem;
  readonly plan?: Plan;
  /** True where the app wrote the runtime's settings in this run. */
  readonly changed: boolean;
  readonly proof?: ProofSummary;
  /** In a rotation's run: access was not proven there before it began. */
  readonly unproven?: true;
  /** The run that works on the runtime, where the outcome is `busy`. */
  readonly otherRunId?: string;
  readonly trail: readonly TrailEntry[];
}

/** How access was proven. */
export interface ProofSummary {
  readonly kind: 'challenge' | 'dag';
  readonly dagRunId: string;
  readonly airflowVersion?: string;
  readonly provenAt: string;
  /** Where the proof is the weaker one, why. */
  readonly weakness?: string;
}

/** Output of `profileRun`: counts and references, never bodies. */
export interface ProfileRunResult {
  readonly outcome: RunOutcome;
  readonly profile: string;
  /** One sentence for people. */
  readonly summary: string;
  readonly action: RunAction;
  readonly total: number;
  readonly outcomes: Readonly<Partial<Record<RunOutcome, number>>>;
  readonly runs: readonly {
    readonly runId: string;
    readonly runtime: string;
    readonly outcome: RunOutcome;
  }[];
  readonly problem?: Problem;
  /** True where a run wrote a runtime's settings, or may have. */
  readonly changed: boolean;
  readonly trail: readonly TrailEntry[];
}

/** Names of the orchestrations, as registered. */
export const ORCHESTRATIONS = {
  runtimeRun: 'runtimeRun',
  profileRun: 'profileRun',
  rotateCredential: 'rotateCredential',
  sweep: 'sweep',
  preflight: 'preflight',
} as const;

/** An outcome after which somebody has to do something. */
export function needsAttention(outcome: RunOutcome): boolean {
  return ![
    'enabled',
    'alreadyEnabled',
    'planned',
    'reported',
    'accessProven',
    'irrelevant',
    'busy',
    'gone',
    'cancelled',
    'rotated',
    'upToDate',
    'swept',
    'prepared',
    'tooSoon',
    'declined',
  ].includes(outcome);
}
