import { LEASE_MS } from '../domain/values/timing.js';
import { CALL_POLICY, retryPauseMs, spreadOf } from '../domain/values/waiting.js';
import { callActivity, pauseWithClaim, type RetryInput, type RetryOutcome, renewClaim } from './calls.js';
import { inputOf, instanceIdOf, type OrchestrationContext } from './durable.js';
import type { Flow } from './flow.js';
import { poll, type Round } from './poll.js';

/** A history with one attempt is the shortest, and pauses may be long. */
const ATTEMPTS_AN_EXECUTION = 1;

type Output = RetryOutcome<RetryInput['name']>;

/**
 * Makes the further attempts of a call that was throttled, timed out or met a server error: waits durably, looks
 * whether the run may go on, tries again. One attempt an execution; it continues as new, so its history never grows.
 */
export function retryActivity(context: OrchestrationContext): Flow<Output | undefined> {
  return poll(context, ATTEMPTS_AN_EXECUTION, inputOf<RetryInput>(context), (state) =>
    tryAgain(context, state),
  );
}

function* tryAgain(
  context: OrchestrationContext,
  { name, input, claim, attempt, last }: RetryInput,
): Flow<Round<RetryInput, Output>> {
  if (attempt >= CALL_POLICY.maxAttempts) return { result: exhausted(name, attempt, last.message) };
  const spread = spreadOf(`${instanceIdOf(context)}/${attempt}`);
  const pauseMs = retryPauseMs(CALL_POLICY, attempt, last.afterSeconds, spread);
  const paused = yield* pauseWithClaim(context, pauseMs, claim, LEASE_MS);
  const claimStatus = paused === 'held' ? yield* renewClaim(context, claim, LEASE_MS) : paused;
  if (claimStatus !== 'held') return { result: { kind: 'stopped', claimStatus } };

  const output = yield* callActivity(context, name, input as never);
  if (output.kind !== 'retry') return { result: output as Output };
  return { state: { name, input, claim, attempt: attempt + 1, last: output } };
}

function exhausted(name: string, attempts: number, message: string): Output {
  return {
    kind: 'exhausted',
    problem: {
      code: 'retriesExhausted',
      message: `${name} was tried ${attempts} times; the last time: ${message}.`,
      remedy:
        'Look whether the service has an incident or throttles other callers too, then start the run again.',
    },
  };
}
