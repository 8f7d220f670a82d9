/** Sends the events that are kept. */

import { unsentLine } from '../domain/events/ends.js';
import { partRunId } from '../domain/runs/instanceIds.js';
import { LATE_MS } from '../domain/values/timing.js';
import { callWithRetry, type RunClaim } from './calls.js';
import { instanceIdOf, type OrchestrationContext } from './durable.js';
import { type Flow, isoNow, logOnce, nowMs } from './flow.js';
import { callAppRecord } from './notify.js';

/** So often at most, as many events each time as the activity takes. */
const ROUNDS = 4;

/** Sends what is kept. What waits for more than a day is a line of the log that an alert looks for. */
export function* sendKept(context: OrchestrationContext): Flow<void> {
  const runId = instanceIdOf(context);
  const claim: RunClaim = { runId, leased: false };
  for (let round = 1; round <= ROUNDS; round++) {
    const input = { now: nowMs(context) };
    const sent = yield* callWithRetry(context, 'sendKept', input, claim, partRunId(runId, `send ${round}`));
    if (sent.kind !== 'sent') return;
    const { done, left, oldest } = sent;
    if (done.length > 0) yield* callAppRecord(context, { kind: 'strike', ids: done, at: isoNow(context) });
    if (left > 0 && done.length > 0 && round < ROUNDS) continue;
    if (oldest !== undefined && nowMs(context) - Date.parse(oldest) > LATE_MS) {
      logOnce(context, unsentLine(left, oldest));
    }
    return;
  }
}
