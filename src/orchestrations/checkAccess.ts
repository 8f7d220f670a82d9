import type { OrchestrationContext } from 'durable-functions';
import type { SecretReference } from '../domain/configuration/credential.js';
import type { Problem } from '../domain/problems/problem.js';
import { checkDagStuck, checkTimedOut } from '../domain/runs/runProblems.js';
import type { ProofSummary, TrailEntry } from '../domain/runs/runs.js';
import { appendToTrail } from '../domain/runs/trail.js';
import type { CheckTarget } from '../domain/steps/checkSteps.js';
import { CALL_POLICY, retryPauseMs, spreadOf } from '../domain/values/waiting.js';
import { callStep, type Holder, pauseHeld, renewWhenDue } from './calls.js';
import { type Flow, isoNow, nowMs } from './flow.js';
import { LEASE_MS } from './leasing.js';

/** A round has at most 12 events, and 8 where it renews, which each second one does: four keep a history under 60. */
const ROUNDS_AN_EXECUTION = 4;
/** DAG files are read in minutes, not at once, after a restart or an import. */
const DAG_APPEARS_WITHIN_MS = 10 * 60_000;
const CHECK_RUN_MS = 10 * 60_000;
const ASK_HEALTH_AGAIN_MS = 30_000;
const ASK_AGAIN_MS = 30_000;
const FOLLOW_FIRST_MS = 8_000;
const FOLLOW_MAX_MS = 30_000;

/** Where a check stands. The state of the orchestration, carried from execution to execution. */
type Phase =
  | { readonly kind: 'prepare'; readonly missingSince?: number }
  /** The nonce is recorded before it is used, and is part of the DAG run's id: none is asked about two of them. */
  | {
      readonly kind: 'trigger';
      readonly api: 'v1' | 'v2';
      readonly airflowVersion?: string;
      readonly nonce?: string;
    }
  | {
      readonly kind: 'follow';
      readonly api: 'v1' | 'v2';
      readonly airflowVersion?: string;
      readonly nonce: string;
      readonly canaryVersion?: string;
      readonly triggeredAt: number;
      readonly looks: number;
    };

export interface CheckAccessInput {
  readonly holder: Holder;
  readonly target: CheckTarget;
  readonly dagId: string;
  readonly proofKind: 'challenge' | 'dag';
  readonly canary?: SecretReference;
  /** The credential id that the worker must carry; absent: the runtime has no marker. */
  readonly expectedMarker?: string;
  /** Makes DAG run ids unique to this check: run and look. */
  readonly label: string;
  readonly startedAt: number;
  readonly deadline: number;
  /** When the run's hold was renewed last, milliseconds since the epoch. */
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
  | { readonly kind: 'stopped'; readonly standing: 'lost' | 'cancelled' }
);

/**
 * Proves that a DAG in the runtime reads the vault: health, the check DAG, a run with a fresh nonce, the right answer
 * from a worker that carries the expected credential. Asks again while the old processes answer, until the deadline.
 */
export function* checkAccess(context: OrchestrationContext): Flow<CheckAccessResult | undefined> {
  let state = context.df.getInput<CheckAccessInput>();
  for (let round = 0; round < ROUNDS_AN_EXECUTION; round++) {
    const { renewedAt } = state;
    const renewed = yield* renewWhenDue(context, state.holder, { leaseMs: LEASE_MS, renewedAt });
    const { standing } = renewed;
    if (standing !== 'held') return { kind: 'stopped', standing, trail: state.trail };
    state = { ...state, renewedAt: renewed.renewedAt };
    const turn = yield* takeTurn(context, state);
    if ('result' in turn) return turn.result;
    state = turn.state;
    if (turn.pauseMs > 0) {
      if (nowMs(context) + turn.pauseMs > state.deadline) return timedOut(state);
      const paused = yield* pauseHeld(context, turn.pauseMs, state.holder, LEASE_MS);
      if (paused !== 'held') return { kind: 'stopped', standing: paused, trail: state.trail };
    }
  }
  context.df.continueAsNew(state);
  return undefined;
}

type Turn = { result: CheckAccessResult } | { state: CheckAccessInput; pauseMs: number };

function takeTurn(context: OrchestrationContext, state: CheckAccessInput): Flow<Turn> {
  switch (state.phase.kind) {
    case 'prepare':
      return prepare(context, state, state.phase);
    case 'trigger':
      return trigger(context, state, state.phase);
    case 'follow':
      return follow(context, state, state.phase);
  }
}

function* prepare(
  context: OrchestrationContext,
  state: CheckAccessInput,
  phase: Extract<Phase, { kind: 'prepare' }>,
): Flow<Turn> {
  const readiness = yield* callStep(context, 'prepareCheck', state.target);
  switch (readiness.kind) {
    case 'retry':
      return retryTurn(context, state, readiness);
    case 'refused':
      return notAsked(noted(context, state, 'prepare', readiness.problem.message), readiness.problem);
    case 'notYet': {
      const waiting = {
        ...noted(context, state, 'prepare', readiness.problem.message),
        lastProblem: readiness.problem,
        lastAsked: true,
        failures: 0,
      };
      if (readiness.settles) {
        return { state: { ...waiting, phase: { kind: 'prepare' } }, pauseMs: ASK_HEALTH_AGAIN_MS };
      }
      const missingSince = phase.missingSince ?? nowMs(context);
      if (nowMs(context) - missingSince >= DAG_APPEARS_WITHIN_MS) return failed(waiting, readiness.problem);
      return { state: { ...waiting, phase: { kind: 'prepare', missingSince } }, pauseMs: ASK_AGAIN_MS };
    }
    case 'ready': {
      const { api, airflowVersion } = readiness;
      const found = `Airflow ${airflowVersion ?? `with API ${api}`} is healthy, DAG ${state.dagId} is there and not paused`;
      return {
        state: {
          ...noted(context, state, 'prepare', found),
          failures: 0,
          phase: { kind: 'trigger', api, ...(airflowVersion ? { airflowVersion } : {}) },
        },
        pauseMs: 0,
      };
    }
  }
}

function* trigger(
  context: OrchestrationContext,
  state: CheckAccessInput,
  phase: Extract<Phase, { kind: 'trigger' }>,
): Flow<Turn> {
  let { nonce } = phase;
  if (nonce === undefined) {
    const made = yield* callStep(context, 'makeNonce', {});
    if (made.kind !== 'made') return retryTurn(context, state, { message: 'no nonce could be made' });
    nonce = made.nonce;
  }
  const dagRunId = dagRunIdOf(state, nonce);
  const triggered = yield* callStep(context, 'triggerCheck', {
    ...state.target,
    api: phase.api,
    dagRunId,
    nonce,
    ...(state.canary ? { canary: state.canary } : {}),
  });
  switch (triggered.kind) {
    case 'retry':
      return retryTurn(context, { ...state, phase: { ...phase, nonce } }, triggered);
    case 'refused':
      return notAsked(noted(context, state, 'trigger', triggered.problem.message), triggered.problem);
    case 'failed':
      return failed(noted(context, state, 'trigger', triggered.problem.message), triggered.problem);
    case 'triggered':
      return {
        state: {
          ...noted(context, state, 'trigger', `DAG run ${dagRunId}`),
          failures: 0,
          phase: {
            ...phase,
            kind: 'follow',
            nonce,
            ...(triggered.canaryVersion ? { canaryVersion: triggered.canaryVersion } : {}),
            triggeredAt: nowMs(context),
            looks: 0,
          },
        },
        pauseMs: FOLLOW_FIRST_MS,
      };
  }
}

function* follow(
  context: OrchestrationContext,
  state: CheckAccessInput,
  phase: Extract<Phase, { kind: 'follow' }>,
): Flow<Turn> {
  const dagRunId = dagRunIdOf(state, phase.nonce);
  const verdict = yield* callStep(context, 'readCheck', {
    ...state.target,
    api: phase.api,
    dagRunId,
    nonce: phase.nonce,
    ...(state.canary ? { canary: state.canary } : {}),
    ...(phase.canaryVersion ? { canaryVersion: phase.canaryVersion } : {}),
    ...(state.expectedMarker === undefined ? {} : { expectedMarker: state.expectedMarker }),
  });
  switch (verdict.kind) {
    case 'retry':
      return retryTurn(context, state, verdict);
    case 'failed':
      if (mayBeInterrupted(state, verdict.problem)) return askAgain(context, state, verdict.problem);
      return failed(
        noted(context, state, 'answer', verdict.problem.message),
        verdict.problem,
        verdict.answered,
      );
    case 'refused':
      return notAsked(noted(context, state, 'answer', verdict.problem.message), verdict.problem);
    case 'running': {
      const waited = nowMs(context) - phase.triggeredAt;
      const stuck = checkDagStuck(state.dagId, dagRunId, verdict.state, waited);
      if (waited >= CHECK_RUN_MS) return notAsked(noted(context, state, 'answer', stuck.message), stuck);
      const looks = phase.looks + 1;
      const told = { lastProblem: stuck, lastAsked: false };
      const next = { ...state, ...told, failures: 0, phase: { ...phase, looks } };
      return { state: next, pauseMs: Math.min(FOLLOW_FIRST_MS * (looks + 1), FOLLOW_MAX_MS) };
    }
    case 'notYet':
      return askAgain(context, state, verdict.problem);
    case 'passed': {
      const proof: ProofSummary = {
        kind: state.proofKind,
        dagRunId,
        provenAt: isoNow(context),
        ...(phase.airflowVersion ? { airflowVersion: phase.airflowVersion } : {}),
        ...(verdict.weakness ? { weakness: verdict.weakness } : {}),
      };
      const words =
        state.proofKind === 'challenge' ? 'the right answer to the challenge' : 'the DAG run succeeded';
      const { trail } = noted(context, state, 'answer', words);
      return { result: { kind: 'passed', proof, trail } };
    }
  }
}

/** The next attempt, with a nonce and a DAG run of its own. */
function askAgain(context: OrchestrationContext, state: CheckAccessInput, problem: Problem): Turn {
  return {
    state: {
      ...noted(context, state, 'answer', problem.message),
      lastProblem: problem,
      lastAsked: true,
      failures: 0,
      attempt: state.attempt + 1,
      phase: { kind: 'prepare' },
    },
    pauseMs: ASK_AGAIN_MS,
  };
}

/** The last of a restart kills tasks that have just begun: the check DAG itself never fails, so one repeat is fair. */
function mayBeInterrupted(state: CheckAccessInput, problem: Problem): boolean {
  return state.proofKind === 'challenge' && state.attempt === 1 && problem.code === 'dagRunFailed';
}

function retryTurn(
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
  const spread = spreadOf(`${context.df.instanceId}/${state.attempt}/${failures}`);
  return {
    state: { ...state, failures, lastProblem: problem, lastAsked: false },
    pauseMs: retryPauseMs(CALL_POLICY, failures, failure.afterSeconds, spread),
  };
}

function failed(state: CheckAccessInput, problem: Problem, answered?: true): Turn {
  const { trail } = state;
  return { result: { kind: 'failed', problem, asked: true, ...(answered ? { answered } : {}), trail } };
}

/** The app was not let in, a service was away, all slots were taken: that says nothing of the runtime's access. */
function notAsked(state: CheckAccessInput, problem: Problem): Turn {
  return { result: { kind: 'failed', problem, asked: false, trail: state.trail } };
}

function timedOut(state: CheckAccessInput): CheckAccessResult {
  const { lastProblem, lastAsked = false } = state;
  const problem = lastProblem ?? checkTimedOut(state.deadline - state.startedAt);
  return { kind: 'failed', problem, asked: lastAsked, trail: state.trail };
}

/** The same words twice in a row are one entry: a long wait must not fill the trail. */
function noted(
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

/** Of the nonce, too: a check that is started again asks with another, and so for another DAG run. */
function dagRunIdOf({ label, attempt }: CheckAccessInput, nonce: string): string {
  return `airlock__${label}__${attempt}__${nonce.slice(0, 8)}`;
}
