import type { RuntimeStatus } from '../domain/activities/runtimeActivities.js';
import type { Problem } from '../domain/problems/problem.js';
import type { RuntimeId } from '../domain/values/runtimeId.js';
import { LEASE_MS, STALLED_MS, WATCH_EVERY_MS } from '../domain/values/timing.js';
import {
  CALL_POLICY,
  eagerPollMs,
  nextExpectedPollMs,
  nextPollMs,
  retryPauseMs,
  spreadOf,
  untilCommonMoment,
} from '../domain/values/waiting.js';
import { callActivity, pauseWithClaim, type RunClaim, renewClaim, watchedClaim } from './calls.js';
import { inputOf, instanceIdOf, type OrchestrationContext } from './durable.js';
import { type Flow, nowMs } from './flow.js';
import { poll, type Round } from './poll.js';

/** A timer and a read are 8 events: four keep a history under 40. */
const ROUNDS_AN_EXECUTION = 4;

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
  /** Set where the next poll comes at another time than its turn. */
  readonly afterMs?: number;
  /** The operation that the write was accepted as. */
  readonly operation?: string;
  /** When the wait began, and when the run's claim was looked at last. Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly watchedAt?: number;
  /**
   * Others wait for runtimes of the same batch: all poll at the same moments, with one list. `eagerly`: they all wait for
   * this one.
   */
  readonly together?: true | 'eagerly';
  /** How long another runtime of the fleet has taken, milliseconds. */
  readonly expectedMs?: number;
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

/** Polls a runtime, less and less often, until it is ready, has failed, is gone, or the deadline has passed. */
export function awaitRuntime(context: OrchestrationContext): Flow<AwaitRuntimeResult | undefined> {
  const input = inputOf<AwaitRuntimeInput>(context);
  return poll(context, ROUNDS_AN_EXECUTION, input, (state) => pollOnce(context, state));
}

function* pollOnce(context: OrchestrationContext, before: AwaitRuntimeInput): Flow<PollRound> {
  const { claim, polls, watchedAt = 0 } = before;
  const paused = yield* pauseWithClaim(context, untilNextPoll(context, before), claim, LEASE_MS);
  if (paused !== 'held') return { result: { kind: 'stopped', claimStatus: paused, polls } };
  const now = nowMs(context);
  const watches = now - watchedAt >= WATCH_EVERY_MS;
  const state = watches ? { ...before, watchedAt: now } : before;
  const { together, operation, runtime } = state;
  const moments = momentsMs(state);
  const status = yield* callActivity(context, 'readRuntimeStatus', {
    runtime,
    ...(together ? { shared: { moment: Math.floor(now / moments) * moments } } : {}),
    ...(operation === undefined ? {} : { operation }),
    ...(watches ? { claim: watchedClaim(claim, now) } : {}),
  });
  if (status.kind !== 'claimInQuestion') return judgeStatus(context, state, status);
  const claimStatus = yield* renewClaim(context, claim, LEASE_MS);
  return claimStatus === 'held'
    ? { state: { ...state, afterMs: 1 } }
    : { result: { kind: 'stopped', claimStatus, polls } };
}

function untilNextPoll(context: OrchestrationContext, state: AwaitRuntimeInput): number {
  const { together, pollMs, startedAt, deadline, expectedMs, afterMs } = state;
  const now = nowMs(context);
  const waited = now - startedAt;
  if (!together) return afterMs ?? nextPollMs(waited, pollMs, deadline - now);
  const moments = momentsMs(state);
  const pause = expectedMs === undefined ? moments : nextExpectedPollMs(waited, expectedMs, pollMs);
  // A timer comes a little after its moment, and the next one is meant then, not the one after it.
  const atLeast = afterMs ?? (pause <= moments ? 1 : pause);
  return untilCommonMoment(now, Math.min(atLeast, Math.max(deadline - now, 1)), moments);
}

/** How far apart the moments are at which those poll that wait together. */
function momentsMs({ together, pollMs, expectedMs }: AwaitRuntimeInput): number {
  return together === 'eagerly' || expectedMs !== undefined ? eagerPollMs(pollMs) : pollMs;
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
