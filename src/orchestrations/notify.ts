import type { OrchestrationContext } from 'durable-functions';
import type { Notification } from '../domain/notifications.js';
import { callStep } from './calls.js';
import { type Flow, isoNow, pause } from './flow.js';

const TRIES = 3;
const PAUSE_MS = 5_000;

/** Tells the world. A topic that is down never fails a run and never holds one up for long. */
export function* notify(context: OrchestrationContext, event: Notification): Flow<void> {
  const at = isoNow(context);
  for (let turn = 1; turn <= TRIES; turn++) {
    const sent = yield* callStep(context, 'publishEvent', { event, at });
    if (sent.kind !== 'retry') return;
    if (turn < TRIES) yield* pause(context, PAUSE_MS);
  }
}
