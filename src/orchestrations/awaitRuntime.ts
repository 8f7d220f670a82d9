import type { RuntimeStatus } from '../domain/activities/runtimeActivities.js';
import type { Problem } from '../domain/problems/problem.js';
import type { RuntimeId } from '../domain/values/runtimeId.js';
import { LEASE_MS, STALLED_MS } from '../domain/values/timing.js';
import { CALL_POLICY, retryPauseMs, spreadOf, untilCommonMoment } from '../domain/values/waiting.js';
import { callActivity, pauseWithClaim, type RunClaim, renewWhenDue } from './calls.js';
import { inputOf, instanceIdOf, type OrchestrationContext } from './durable.js';
import { type Flow, nowMs } from './flow.js';
import { poll, type Round } from './poll.js';

/** A timer and a read are 8 events, a renewal as many: with one in each second round, four keep a history under 60. */
const ROUNDS_AN_EXECUTION = 4;
/** With fewer renewals, more rounds fit. */
const ROUNDS_TOGETHER = 5;

export interface AwaitRuntimeInput {
  readonly claim: RunClaim;
  readonly runtime: RuntimeId;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly pollMs: number;
  /** How many polls there were so far, and how many failed in a row. */
  readonly polls: number;
  readonly failures: number;
  readonly lastState?: string;
  /** Since when it is in states from which it may not go on by itself, milliseconds since the epoch. */
  readonly stalledSince?: number;
  /** Set where the next poll comes at another time than `pollMs` later. */
  readonly afterMs?: number;
  /** The operation that the write was accepted as. */
  readonly operation?: string;
  /** When the run's claim was renewed last, milliseconds since the epoch. */
  readonly renewedAt: number;
  /** Others wait for runtimes of the same batch: all poll at the same moments, with one list. */
  readonly together?: boolean;
}

export type AwaitRuntimeResult =
  | {
      readonly kind: 'ready';
      readonly status: Extract<RuntimeStatus, { kind: 'seen' }>;
      readonly polls: number;
    }
  | {
      readonly kind: 'failed';
      readonly state: string;
      readonly polls: number;
      /** What that state means. */
      readonly ended?: Problem;
    }
  | { readonly kind: 'missing'; readonly polls: number }
  | { readonly kind: 'timedOut'; readonly lastState?: string; readonly polls: number }
  | { readonly kind: 'refused'; readonly problem: Problem; readonly polls: number }
  | { readonly kind: 'stopped'; readonly claimStatus: 'lost' | 'cancelled'; readonly polls: number };

type PollRound = Round<AwaitRuntimeInput, AwaitRuntimeResult>;

/** Polls a runtime every `pollMs` until it is ready, has failed, is gone, or the deadline has passed. */
export function awaitRuntime(context: OrchestrationContext): Flow<AwaitRuntimeResult | undefined> {
  const input = inputOf<AwaitRuntimeInput>(context);
  const rounds = input.together ? ROUNDS_TOGETHER : ROUNDS_AN_EXECUTION;
  return poll(context, rounds, input, (state) => pollOnce(context, state));
}

function* pollOnce(context: OrchestrationContext, before: AwaitRuntimeInput): Flow<PollRound> {
  const { together, pollMs, claim, polls } = before;
  // A fleet's renewals cost more than its polls: twice within a lease is enough, and a cancel is heard as late.
  const every = together ? { everyMs: LEASE_MS / 2 } : {};
  const afterMs = before.afterMs ?? (together ? 1 : pollMs);
  const pauseMs = together ? untilCommonMoment(nowMs(context), afterMs, pollMs) : afterMs;
  const paused = yield* pauseWithClaim(context, pauseMs, claim, LEASE_MS);
  if (paused !== 'held') return { result: { kind: 'stopped', claimStatus: paused, polls } };
  const { renewedAt } = before;
  const renewed = yield* renewWhenDue(context, claim, { leaseMs: LEASE_MS, renewedAt, ...every });
  const { claimStatus } = renewed;
  if (claimStatus !== 'held') return { result: { kind: 'stopped', claimStatus, polls } };
  const state = { ...before, renewedAt: renewed.renewedAt };

  const moment = Math.floor(nowMs(context) / pollMs) * pollMs;
  const status = yield* callActivity(context, 'readRuntimeStatus', {
    runtime: state.runtime,
    ...(together ? { shared: { moment } } : {}),
    ...(state.operation === undefined ? {} : { operation: state.operation }),
  });
  return judgeStatus(context, state, status);
}

function judgeStatus(
  context: OrchestrationContext,
  state: AwaitRuntimeInput,
  status: RuntimeStatus | { kind: 'retry'; afterSeconds?: number } | { kind: 'refused'; problem: Problem },
): PollRound {
  const polls = state.polls + 1;
  const late = nowMs(context) >= state.deadline;
  const lastState = status.kind === 'seen' ? status.state : state.lastState;
  const timedOut: PollRound = { result: { kind: 'timedOut', polls, ...(lastState ? { lastState } : {}) } };
  const { afterMs: _, stalledSince, ...rest } = state;
  switch (status.kind) {
    case 'missing':
      return { result: { kind: 'missing', polls } };
    case 'refused':
      return { result: { kind: 'refused', problem: status.problem, polls } };
    case 'retry': {
      if (late) return timedOut;
      const failures = state.failures + 1;
      const spread = spreadOf(`${instanceIdOf(context)}/${polls}`);
      // A failed poll waits at least the usual pause: polling harder than before helps nobody.
      const afterMs = Math.max(
        state.pollMs,
        retryPauseMs(CALL_POLICY, Math.min(failures, CALL_POLICY.maxAttempts), status.afterSeconds, spread),
      );
      return {
        state: { ...rest, polls, failures, afterMs, ...(stalledSince === undefined ? {} : { stalledSince }) },
      };
    }
    case 'seen':
      if (status.phase === 'ready') return { result: { kind: 'ready', status, polls } };
      if (status.phase === 'failed') return { result: failed(status, polls) };
      if (status.phase === 'stalled' && nowMs(context) - (stalledSince ?? nowMs(context)) >= STALLED_MS) {
        return { result: failed(status, polls) };
      }
      if (late) return timedOut;
      return {
        state: {
          ...rest,
          polls,
          failures: 0,
          lastState: status.state,
          ...(status.phase === 'stalled' ? { stalledSince: stalledSince ?? nowMs(context) } : {}),
        },
      };
  }
}

function failed(
  { state, ended }: Extract<RuntimeStatus, { kind: 'seen' }>,
  polls: number,
): AwaitRuntimeResult {
  return { kind: 'failed', state, polls, ...(ended ? { ended } : {}) };
}
