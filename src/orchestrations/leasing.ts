import { LEASE_MS } from '../domain/values/timing.js';
import { askAgain } from './askAgain.js';
import { callRecord, type RunClaim } from './calls.js';
import type { OrchestrationContext } from './durable.js';
import { type Flow, nowMs } from './flow.js';

/**
 * Takes the right to write to a runtime. False where the run does not work on it any more.
 *
 * @param changes whether settings are to be written
 */
export function* acquireLease(
  context: OrchestrationContext,
  { runId, record }: RunClaim & Required<Pick<RunClaim, 'record'>>,
  changes: boolean,
): Flow<boolean> {
  return yield* askAgain(
    context,
    (held) => !held,
    function* () {
      const { held } = yield* callRecord<'lease'>(context, record.key, {
        kind: 'acquireLease',
        runId,
        pass: record.pass,
        now: nowMs(context),
        leaseMs: LEASE_MS,
        changes,
      });
      return held;
    },
  );
}

/** Whoever changes something has begun, and so has a record. */
export function recordOf({ record }: RunClaim): NonNullable<RunClaim['record']> {
  if (!record) throw new Error('A run without a claim changes nothing.');
  return record;
}
