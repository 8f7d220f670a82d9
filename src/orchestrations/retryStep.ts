import type { OrchestrationContext } from 'durable-functions';
import { CALL_POLICY, retryPauseMs, spreadOf } from '../domain/values/waiting.js';
import { callStep, pauseHeld, type RetryInput, renewStanding, type Settled } from './calls.js';
import type { Flow } from './flow.js';
import { LEASE_MS } from './leasing.js';

/**
 * Makes the further attempts of a call that was throttled, timed out or met a server error: waits durably, looks
 * whether the run may go on, tries again. One attempt an execution; it continues as new, so its history never grows.
 */
export function* retryStep(context: OrchestrationContext): Flow<Settled<RetryInput['name']> | undefined> {
  const { name, input, holder, attempt, last } = context.df.getInput<RetryInput>();
  if (attempt >= CALL_POLICY.maxAttempts) {
    return {
      kind: 'exhausted',
      problem: {
        code: 'retriesExhausted',
        message: `${name} was tried ${attempt} times; the last time: ${last.message}.`,
        remedy:
          'Look whether the service has an incident or throttles other callers too, then start the run again.',
      },
    };
  }
  const spread = spreadOf(`${context.df.instanceId}/${attempt}`);
  const pauseMs = retryPauseMs(CALL_POLICY, attempt, last.afterSeconds, spread);
  const paused = yield* pauseHeld(context, pauseMs, holder, LEASE_MS);
  const standing = paused === 'held' ? yield* renewStanding(context, holder, LEASE_MS) : paused;
  if (standing !== 'held') return { kind: 'stopped', standing };

  const output = yield* callStep(context, name, input as never);
  if (output.kind !== 'retry') return output as Settled<RetryInput['name']>;
  const next: RetryInput = { name, input, holder, attempt: attempt + 1, last: output };
  context.df.continueAsNew(next);
  return undefined;
}
