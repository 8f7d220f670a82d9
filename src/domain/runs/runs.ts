/**
 * Words for runs: what one tells while it works and how it ends. These values are the custom statuses and outputs of
 * orchestrations, so they hold references and ids, never a secret's value.
 */

import type { Problem } from '../problems/problem.js';
import type { RunAction } from './inputs.js';
import type { RunOutcome } from './outcomes.js';
import type { Plan } from './plan.js';

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

/** Ends of a run on a runtime after which nothing is left to do there. */
export const COMPLETE: ReadonlySet<RunOutcome> = new Set([
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
  return COMPLETE.has(outcome) || outcome === 'checkFailed';
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
  /** How long the runtime has taken until it was ready again, milliseconds; told to the rotation that moves it. */
  readonly readyAfterMs?: number;
  readonly proof?: ProofSummary;
  /** In a rotation's run: access was not proven there before it began. */
  readonly unproven?: true;
  /** The run that works on the runtime, where the outcome is `busy`. */
  readonly otherRunId?: string;
  readonly trail: readonly TrailEntry[];
}

/** How access was proven. */
export interface ProofSummary {
  /** Name of the kind of proof. */
  readonly kind: string;
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

/** Whether an instance is a run; others are parts of runs, or entities. */
export function isRun({ name }: { readonly name: string }): boolean {
  return Object.values<string>(ORCHESTRATIONS).includes(name);
}
