import { checkTimedOut } from '../domain/runs/runProblems.js';
import { LEASE_MS } from '../domain/values/timing.js';
import { pauseWithClaim, renewWhenDue } from './calls.js';
import type { CheckAccessInput, CheckAccessResult } from './checkState.js';
import { takeTurn } from './checkTurns.js';
import { inputOf, type OrchestrationContext } from './durable.js';
import { type Flow, nowMs } from './flow.js';
import { poll, type Round } from './poll.js';

/** A round has at most 12 events, and 8 where it renews, which each second one does: four keep a history under 60. */
const ROUNDS_AN_EXECUTION = 4;

/**
 * Proves that a DAG in the runtime reads the vault: health, the check DAG, a run with a fresh nonce, the right answer
 * from a worker that carries the expected credential. Asks again while the old processes answer, until the deadline.
 */
export function checkAccess(context: OrchestrationContext): Flow<CheckAccessResult | undefined> {
  return poll(context, ROUNDS_AN_EXECUTION, inputOf<CheckAccessInput>(context), (state) =>
    goOn(context, state),
  );
}

function* goOn(
  context: OrchestrationContext,
  before: CheckAccessInput,
): Flow<Round<CheckAccessInput, CheckAccessResult>> {
  const { renewedAt } = before;
  const renewed = yield* renewWhenDue(context, before.claim, { leaseMs: LEASE_MS, renewedAt });
  if (renewed.claimStatus !== 'held') return stopped(before, renewed.claimStatus);
  const turn = yield* takeTurn(context, { ...before, renewedAt: renewed.renewedAt });
  if ('result' in turn) return turn;
  const { state, pauseMs } = turn;
  if (pauseMs > 0) {
    if (nowMs(context) + pauseMs > state.deadline) return { result: timedOut(state) };
    const paused = yield* pauseWithClaim(context, pauseMs, state.claim, LEASE_MS);
    if (paused !== 'held') return stopped(state, paused);
  }
  return { state };
}

function stopped(
  { trail }: CheckAccessInput,
  claimStatus: 'lost' | 'cancelled',
): { result: CheckAccessResult } {
  return { result: { kind: 'stopped', claimStatus, trail } };
}

function timedOut(state: CheckAccessInput): CheckAccessResult {
  const { lastProblem, lastAsked = false } = state;
  const problem = lastProblem ?? checkTimedOut(state.deadline - state.startedAt);
  return { kind: 'failed', problem, asked: lastAsked, trail: state.trail };
}
