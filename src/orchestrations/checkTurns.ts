/** The turns of an access check: is the DAG there, start it, read its answer. */

import { checkDagStuck } from '../domain/runs/runProblems.js';
import type { ProofSummary } from '../domain/runs/runs.js';
import {
  ASK_AGAIN_MS,
  ASK_HEALTH_AGAIN_MS,
  ASK_HEALTH_MAX_MS,
  CHECK_RUN_MS,
  DAG_APPEARS_WITHIN_MS,
  FOLLOW_FIRST_MS,
  FOLLOW_MAX_MS,
  FOLLOW_MORE_MS,
} from '../domain/values/timing.js';
import { callActivity } from './calls.js';
import {
  askAgain,
  type CheckAccessInput,
  failed,
  notAsked,
  type Phase,
  retryTurn,
  type Turn,
  withEntry,
} from './checkState.js';
import type { OrchestrationContext } from './durable.js';
import { type Flow, isoNow, nowMs } from './flow.js';

/** Takes the turn that the check is at. */
export function takeTurn(context: OrchestrationContext, state: CheckAccessInput): Flow<Turn> {
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
  const readiness = yield* callActivity(context, 'prepareCheck', state.target);
  switch (readiness.kind) {
    case 'retry':
      return retryTurn(context, state, readiness);
    case 'refused':
      return notAsked(withEntry(context, state, 'prepare', readiness.problem.message), readiness.problem);
    case 'notYet': {
      const waiting = {
        ...withEntry(context, state, 'prepare', readiness.problem.message),
        lastProblem: readiness.problem,
        lastAsked: true,
        failures: 0,
      };
      if (readiness.transient) {
        const unhealthy = (phase.unhealthy ?? 0) + 1;
        return {
          state: { ...waiting, phase: { kind: 'prepare', unhealthy } },
          pauseMs: Math.min(unhealthy * ASK_HEALTH_AGAIN_MS, ASK_HEALTH_MAX_MS),
        };
      }
      const missingSince = phase.missingSince ?? nowMs(context);
      if (nowMs(context) - missingSince >= DAG_APPEARS_WITHIN_MS) return failed(waiting, readiness.problem);
      return { state: { ...waiting, phase: { kind: 'prepare', missingSince } }, pauseMs: ASK_AGAIN_MS };
    }
    case 'ready': {
      const { api, airflowVersion, nonce } = readiness;
      const found = `Airflow ${airflowVersion ?? `with API ${api}`} is healthy, DAG ${state.dagId} is there and not paused`;
      return {
        state: {
          ...withEntry(context, state, 'prepare', found),
          failures: 0,
          phase: { kind: 'trigger', api, nonce, ...(airflowVersion ? { airflowVersion } : {}) },
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
  const { nonce } = phase;
  const dagRunId = dagRunIdOf(state, nonce);
  const triggered = yield* callActivity(context, 'triggerCheck', {
    ...state.target,
    api: phase.api,
    dagRunId,
    nonce,
    ...(state.canary ? { canary: state.canary } : {}),
  });
  switch (triggered.kind) {
    case 'retry':
      return retryTurn(context, state, triggered);
    case 'refused':
      return notAsked(withEntry(context, state, 'trigger', triggered.problem.message), triggered.problem);
    case 'triggered':
      return {
        state: {
          ...withEntry(context, state, 'trigger', `DAG run ${dagRunId}`),
          failures: 0,
          phase: {
            ...phase,
            kind: 'follow',
            ...(triggered.canaryVersion ? { canaryVersion: triggered.canaryVersion } : {}),
            triggeredAt: nowMs(context),
            polls: 0,
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
  const verdict = yield* callActivity(context, 'readCheck', {
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
      // The last of a restart kills tasks that have just begun: one repeat is fair.
      if (verdict.interrupted && state.attempt === 1) return askAgain(context, state, verdict.problem);
      return failed(
        withEntry(context, state, 'answer', verdict.problem.message),
        verdict.problem,
        verdict.answered,
      );
    case 'refused':
      return notAsked(withEntry(context, state, 'answer', verdict.problem.message), verdict.problem);
    case 'running': {
      const waited = nowMs(context) - phase.triggeredAt;
      const stuck = checkDagStuck(state.dagId, dagRunId, verdict.state, waited);
      if (waited >= CHECK_RUN_MS) return notAsked(withEntry(context, state, 'answer', stuck.message), stuck);
      const polls = phase.polls + 1;
      const told = { lastProblem: stuck, lastAsked: false };
      const next = { ...state, ...told, failures: 0, phase: { ...phase, polls } };
      return { state: next, pauseMs: Math.min(FOLLOW_FIRST_MS + FOLLOW_MORE_MS * polls, FOLLOW_MAX_MS) };
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
      const { trail } = withEntry(context, state, 'answer', verdict.words);
      return { result: { kind: 'passed', proof, trail } };
    }
  }
}

/** Of the nonce, too: a check that is started again asks with another, and so for another DAG run. */
function dagRunIdOf({ label, attempt }: CheckAccessInput, nonce: string): string {
  return `airlock__${label}__${attempt}__${nonce.slice(0, 8)}`;
}
