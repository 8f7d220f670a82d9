import type { Problem } from '../domain/problems/problem.js';
import type { RuntimeLook } from '../domain/steps/runtimeSteps.js';
import type { RuntimeId } from '../domain/values/runtimeId.js';
import { LEASE_MS, STALLED_MS } from '../domain/values/timing.js';
import { CALL_POLICY, retryPauseMs, spreadOf, untilCommonMoment } from '../domain/values/waiting.js';
import { callStep, type Holder, pauseHeld, renewWhenDue } from './calls.js';
import { inputOf, instanceIdOf, type OrchestrationContext } from './durable.js';
import { type Flow, nowMs } from './flow.js';
import { poll, type Round } from './poll.js';

/** A timer and a read are 8 events, a renewal as many: with one in each second round, four keep a history under 60. */
const ROUNDS_AN_EXECUTION = 4;
/** With fewer renewals, more rounds fit. */
const ROUNDS_TOGETHER = 5;

export interface AwaitRuntimeInput {
  readonly holder: Holder;
  readonly runtime: RuntimeId;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly pollMs: number;
  /** How many looks there were so far, and how many failed in a row. */
  readonly looks: number;
  readonly failures: number;
  readonly lastState?: string;
  /** Since when it is in states from which it may not go on by itself, milliseconds since the epoch. */
  readonly stalledSince?: number;
  /** Set where the next look comes at another time than `pollMs` later. */
  readonly afterMs?: number;
  /** The operation that the write was accepted as. */
  readonly operation?: string;
  /** When the run's hold was renewed last, milliseconds since the epoch. */
  readonly renewedAt: number;
  /** Others wait for runtimes of the same batch: all look at the same moments, into one list. */
  readonly together?: boolean;
}

export type AwaitRuntimeResult =
  | { readonly kind: 'ready'; readonly look: Extract<RuntimeLook, { kind: 'seen' }>; readonly looks: number }
  | {
      readonly kind: 'failed';
      readonly state: string;
      readonly looks: number;
      /** What that state means. */
      readonly ended?: Problem;
    }
  | { readonly kind: 'missing'; readonly looks: number }
  | { readonly kind: 'timedOut'; readonly lastState?: string; readonly looks: number }
  | { readonly kind: 'refused'; readonly problem: Problem; readonly looks: number }
  | { readonly kind: 'stopped'; readonly standing: 'lost' | 'cancelled'; readonly looks: number };

type Step = Round<AwaitRuntimeInput, AwaitRuntimeResult>;

/** Looks at a runtime every `pollMs` until it is ready, has failed, is gone, or the deadline has passed. */
export function awaitRuntime(context: OrchestrationContext): Flow<AwaitRuntimeResult | undefined> {
  const input = inputOf<AwaitRuntimeInput>(context);
  const rounds = input.together ? ROUNDS_TOGETHER : ROUNDS_AN_EXECUTION;
  return poll(context, rounds, input, (state) => lookOnce(context, state));
}

function* lookOnce(context: OrchestrationContext, before: AwaitRuntimeInput): Flow<Step> {
  const { together, pollMs, holder, looks } = before;
  // A fleet's renewals cost more than its looks: twice within a lease is enough, and a cancel is heard as late.
  const every = together ? { everyMs: LEASE_MS / 2 } : {};
  const afterMs = before.afterMs ?? (together ? 1 : pollMs);
  const pauseMs = together ? untilCommonMoment(nowMs(context), afterMs, pollMs) : afterMs;
  const paused = yield* pauseHeld(context, pauseMs, holder, LEASE_MS);
  if (paused !== 'held') return { result: { kind: 'stopped', standing: paused, looks } };
  const { renewedAt } = before;
  const renewed = yield* renewWhenDue(context, holder, { leaseMs: LEASE_MS, renewedAt, ...every });
  const { standing } = renewed;
  if (standing !== 'held') return { result: { kind: 'stopped', standing, looks } };
  const state = { ...before, renewedAt: renewed.renewedAt };

  const moment = Math.floor(nowMs(context) / pollMs) * pollMs;
  const look = yield* callStep(context, 'lookAtRuntime', {
    runtime: state.runtime,
    ...(together ? { shared: { moment } } : {}),
    ...(state.operation === undefined ? {} : { operation: state.operation }),
  });
  return judgeLook(context, state, look);
}

function judgeLook(
  context: OrchestrationContext,
  state: AwaitRuntimeInput,
  look: RuntimeLook | { kind: 'retry'; afterSeconds?: number } | { kind: 'refused'; problem: Problem },
): Step {
  const looks = state.looks + 1;
  const late = nowMs(context) >= state.deadline;
  const lastState = look.kind === 'seen' ? look.state : state.lastState;
  const timedOut: Step = { result: { kind: 'timedOut', looks, ...(lastState ? { lastState } : {}) } };
  const { afterMs: _, stalledSince, ...rest } = state;
  switch (look.kind) {
    case 'missing':
      return { result: { kind: 'missing', looks } };
    case 'refused':
      return { result: { kind: 'refused', problem: look.problem, looks } };
    case 'retry': {
      if (late) return timedOut;
      const failures = state.failures + 1;
      const spread = spreadOf(`${instanceIdOf(context)}/${looks}`);
      // A failed look waits at least the usual pause: polling harder than before mends nothing.
      const afterMs = Math.max(
        state.pollMs,
        retryPauseMs(CALL_POLICY, Math.min(failures, CALL_POLICY.maxAttempts), look.afterSeconds, spread),
      );
      return {
        state: { ...rest, looks, failures, afterMs, ...(stalledSince === undefined ? {} : { stalledSince }) },
      };
    }
    case 'seen':
      if (look.phase === 'ready') return { result: { kind: 'ready', look, looks } };
      if (look.phase === 'failed') return { result: failed(look, looks) };
      if (look.phase === 'stalled' && nowMs(context) - (stalledSince ?? nowMs(context)) >= STALLED_MS) {
        return { result: failed(look, looks) };
      }
      if (late) return timedOut;
      return {
        state: {
          ...rest,
          looks,
          failures: 0,
          lastState: look.state,
          ...(look.phase === 'stalled' ? { stalledSince: stalledSince ?? nowMs(context) } : {}),
        },
      };
  }
}

function failed({ state, ended }: Extract<RuntimeLook, { kind: 'seen' }>, looks: number): AwaitRuntimeResult {
  return { kind: 'failed', state, looks, ...(ended ? { ended } : {}) };
}
