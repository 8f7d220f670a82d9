import { alertLine } from '../domain/events/ends.js';
import type { Notification } from '../domain/events/notifications.js';
import {
  APP_RECORD_KEY,
  type AppRecordAnswer,
  type AppRecordOperation,
} from '../domain/records/appRecord.js';
import { ENTITIES } from '../domain/records/entityNames.js';
import { SEND_AGAIN_MS } from '../domain/values/timing.js';
import { callActivity, callCredentialRecord } from './calls.js';
import { entityTask, type OrchestrationContext } from './durable.js';
import { type Flow, isoNow, logOnce, pause } from './flow.js';

const TRIES = 3;

/**
 * Tells the world. A topic that is down never fails a run and never holds one up for long: what cannot be sent is kept,
 * and sweeps send it. Where the event raises an alert, the log tells of it as well.
 */
export function* notify(context: OrchestrationContext, event: Notification): Flow<void> {
  const line = alertLine(event);
  if (line !== undefined) logOnce(context, line);
  const at = isoNow(context);
  for (let turn = 1; turn <= TRIES; turn++) {
    const sent = yield* callActivity(context, 'publishEvent', { event, at });
    if (sent.kind === 'published' || sent.kind === 'noTopic') return;
    if (sent.kind === 'refused') break;
    if (turn < TRIES) yield* pause(context, SEND_AGAIN_MS);
  }
  const { waiting } = yield* callAppRecord(context, { kind: 'keep', event, at });
  logOnce(context, `${event.type} about ${event.subject} is kept: it could not be sent; ${waiting} wait`);
}

/** Tells the world of something that is found again and again until it is told: the next sending sends it, once. */
export function* keepEvent(context: OrchestrationContext, event: Notification): Flow<void> {
  const line = alertLine(event);
  if (line !== undefined) logOnce(context, line);
  yield* callAppRecord(context, { kind: 'keep', event, at: isoNow(context) });
}

/**
 * Tells the world that a credential nears its end: once a day for each version and each problem, whoever finds it.
 *
 * @param version what tells the version from others
 */
export function* notifyExpiring(
  context: OrchestrationContext,
  recordKey: string,
  version: string,
  event: Extract<Notification, { type: 'Airlock.CredentialExpiring.v1' }>,
): Flow<void> {
  const { runId, problem } = event.data;
  const { announces: tells } = yield* callCredentialRecord<'announcement'>(context, recordKey, {
    kind: 'announce',
    runId,
    about: `${problem.code} ${version}`,
    at: isoNow(context),
  });
  if (tells) yield* notify(context, event);
}

/** Calls the record of the app itself. */
export function* callAppRecord(
  context: OrchestrationContext,
  operation: AppRecordOperation,
): Flow<AppRecordAnswer> {
  const entity = [ENTITIES.appRecord, APP_RECORD_KEY] as const;
  return (yield entityTask(context, entity, operation.kind, operation)) as AppRecordAnswer;
}
