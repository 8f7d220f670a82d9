/** Where an access check stands, and what each of its turns may lead to. */

import type { CheckTarget } from '../domain/activities/checkActivities.js';
import type { SecretReference } from '../domain/configuration/credential.js';
import type { Problem } from '../domain/problems/problem.js';
import type { ProofSummary, TrailEntry } from '../domain/runs/runs.js';
import { appendToTrail } from '../domain/runs/trail.js';
import { ASK_AGAIN_MS } from '../domain/values/timing.js';
import { CALL_POLICY, retryPauseMs, spreadOf } from '../domain/values/waiting.js';
import type { RunClaim } from './calls.js';
import { instanceIdOf, type OrchestrationContext } from './durable.js';
import { isoNow } from './flow.js';

/** Where a check stands. The state of the orchestration, carried from execution to execution. */
export type Phase =
  /** `unhealthy`: how often in a row Airflow was not healthy yet. */
  | { readonly kind: 'prepare'; readonly missingSince?: number; readonly unhealthy?: number }
  /** The nonce is recorded before it is used, and is part of the DAG run's id: none is asked about two of them. */
  | {
      readonly kind: 'trigger';
      readonly api: 'v1' | 'v2';
      readonly airflowVersion?: string;
      readonly nonce: string;
    }
  | {
      readonly kind: 'follow';
      readonly api: 'v1' | 'v2';
      readonly airflowVersion?: string;
      readonly nonce: string;
      readonly canaryVersion?: string;
      readonly triggeredAt: number;
      readonly polls: number;
    };

export interface CheckAccessInput {
  readonly claim: RunClaim;
  readonly target: CheckTarget;
  readonly dagId: string;
  readonly proofKind: string;
  readonly canary?: SecretReference;
  /** The credential id that the worker must carry; absent: the runtime has no marker. */
  readonly expectedMarker?: string;
  /** Makes DAG run ids unique to this check: run and pass. */
  readonly label: string;
  readonly startedAt: number;
  readonly deadline: number;
  /** When the run's claim was renewed last, milliseconds since the epoch. */
  readonly renewedAt: number;
  readonly phase: Phase;
  /** Number of the current attempt, from 1; each has its own nonce and DAG run. */
  readonly attempt: number;
  /** Failed calls in a row. */
  readonly failures: number;
  /** What to report if the deadline passes. */
  readonly lastProblem?: Problem;
  /** Whether Airflow or the DAG told of it. */
  readonly lastAsked?: boolean;
  readonly trail: readonly TrailEntry[];
}

export type CheckAccessResult = { readonly trail: readonly TrailEntry[] } & (
  | { readonly kind: 'passed'; readonly proof: ProofSummary }
  /** `asked`: Airflow or the DAG told so; otherwise nobody could ask whether access works. */
  | {
      readonly kind: 'failed';
      readonly problem: Problem;
      readonly asked: boolean;
      /** Processes that have the expected credential gave an answer, a wrong one. */
      readonly answered?: true;
    }
  | { readonly kind: 'stopped'; readonly claimStatus: 'lost' | 'cancelled' }
);

/** What a turn leads to: the end of the check, or the next turn after a pause. */
export type Turn = { result: CheckAccessResult } | { state: CheckAccessInput; pauseMs: number };

/** The next attempt, with a nonce and a DAG run of its own. */
export function askAgain(context: OrchestrationContext, state: CheckAccessInput, problem: Problem): Turn {
  return {
    state: {
      ...withEntry(context, state, 'answer', problem.message),
      lastProblem: problem,
      lastAsked: true,
      failures: 0,
      attempt: state.attempt + 1,
      phase: { kind: 'prepare' },
    },
    pauseMs: ASK_AGAIN_MS,
  };
}

/** The same turn once more after a pause, as long as the call has not failed too often in a row. */
export function retryTurn(
  context: OrchestrationContext,
  state: CheckAccessInput,
  failure: { message: string; afterSeconds?: number },
): Turn {
  const failures = state.failures + 1;
  const problem: Problem = {
    code: 'retriesExhausted',
    message: `The access check could not go on: ${failure.message}.`,
    remedy:
      'Look whether the runtime and the vault can be reached and whether Azure throttles, then start an access check.',
  };
  if (failures >= CALL_POLICY.maxAttempts) return notAsked(state, problem);
  const spread = spreadOf(`${instanceIdOf(context)}/${state.attempt}/${failures}`);
  return {
    state: { ...state, failures, lastProblem: problem, lastAsked: false },
    pauseMs: retryPauseMs(CALL_POLICY, failures, failure.afterSeconds, spread),
  };
}

/** Airflow or the DAG told that access does not work. */
export function failed(state: CheckAccessInput, problem: Problem, answered?: true): Turn {
  const { trail } = state;
  return { result: { kind: 'failed', problem, asked: true, ...(answered ? { answered } : {}), trail } };
}

/** The app was not let in, a service was away, all slots were taken: that says nothing of the runtime's access. */
export function notAsked(state: CheckAccessInput, problem: Problem): Turn {
  return { result: { kind: 'failed', problem, asked: false, trail: state.trail } };
}

/** The same words twice in a row are one entry: a long wait must not fill the trail. */
export function withEntry(
  context: OrchestrationContext,
  state: CheckAccessInput,
  step: string,
  outcome: string,
): CheckAccessInput {
  const last = state.trail.at(-1);
  const named = `check: ${step}`;
  if (last?.step === named && last.outcome === outcome) return state;
  return { ...state, trail: appendToTrail(state.trail, { at: isoNow(context), step: named, outcome }) };
}
