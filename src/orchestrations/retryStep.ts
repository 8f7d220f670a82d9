import { LEASE_MS } from '../domain/values/timing.js';
import { CALL_POLICY, retryPauseMs, spreadOf } from '../domain/values/waiting.js';
import { callStep, pauseHeld, type RetryInput, renewStanding, type Settled } from './calls.js';
import { inputOf, instanceIdOf, type OrchestrationContext } from './durable.js';
import type { Flow } from './flow.js';
import { poll, type Round } from './poll.js';

/** A history with one attempt is the shortest, and pauses may be long. */
const ATTEMPTS_AN_EXECUTION = 1;

type Output = Settled<RetryInput['name']>;

/**
 * Makes the further attempts of a call that was throttled, timed out or met a server error: waits durably, looks
 * whether the run may go on, tries again. One attempt an execution; it continues as new, so its history never grows.
 */
export function retryStep(context: OrchestrationContext): Flow<Output | undefined> {
  return poll(context, ATTEMPTS_AN_EXECUTION, inputOf<RetryInput>(context), (state) =>
    tryAgain(context, state),
  );
}

function* tryAgain(
  context: OrchestrationContext,
  { name, input, holder, attempt, last }: RetryInput,
): Flow<Round<RetryInput, Output>> {
  if (attempt >= CALL_POLICY.maxAttempts) return { result: exhausted(name, attempt, last.message) };
  const spread = spreadOf(`${instanceIdOf(context)}/${attempt}`);
  const pauseMs = retryPauseMs(CALL_POLICY, attempt, last.afterSeconds, spread);
  const paused = yield* pauseHeld(context, pauseMs, holder, LEASE_MS);
  const standing = paused === 'held' ? yield* renewStanding(context, holder, LEASE_MS) : paused;
  if (standing !== 'held') return { result: { kind: 'stopped', standing } };

  const output = yield* callStep(context, name, input as never);
  if (output.kind !== 'retry') return { result: output as Output };
  return { state: { name, input, holder, attempt: attempt + 1, last: output } };
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
