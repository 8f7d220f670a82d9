/** What every orchestration is made of: its flow, its clock, and pauses that are never too short. */

import { EARLY_MS } from '../domain/values/timing.js';
import {
  eventTask,
  isReplaying,
  type OrchestrationContext,
  type Task,
  timeOf,
  timer,
  whenAny,
} from './durable.js';

/** An orchestration's own flow: yields tasks, returns a value. */
export type Flow<T> = Generator<Task, T, unknown>;

/** Counts the children of a run, so that each has an id of its own and the same one in every replay. */
export function counter(): () => number {
  let last = 0;
  return () => ++last;
}

/** Logs a line, in a replay no second time. */
export function logOnce(context: OrchestrationContext, line: string): void {
  if (!isReplaying(context)) context.log(line);
}

/** The current moment of the orchestration, in milliseconds since the epoch. */
export function nowMs(context: OrchestrationContext): number {
  return timeOf(context).getTime();
}

export function isoNow(context: OrchestrationContext): string {
  return timeOf(context).toISOString();
}

/** Waits durably, never shorter than that. */
export function pause(context: OrchestrationContext, ms: number): Flow<void> {
  return pauseUntil(context, nowMs(context) + ms);
}

/**
 * Waits durably until a moment has come. The timer aims so much later that one is enough; where it fires sooner all the
 * same, the wait goes on.
 *
 * @param moment milliseconds since the epoch
 */
export function* pauseUntil(context: OrchestrationContext, moment: number): Flow<void> {
  for (let tries = 1; nowMs(context) < moment; tries++) {
    yield timer(context, new Date(moment + tries * EARLY_MS));
  }
}

/**
 * Waits durably until so much time has passed or the event has come; true where it was the event. Once in an execution: what
 * waited for an event in vain goes on waiting, and takes the next one from whoever comes after.
 */
export function* pauseOrEvent(context: OrchestrationContext, ms: number, event: string): Flow<boolean> {
  const over = timer(context, new Date(nowMs(context) + ms + EARLY_MS));
  const first = yield whenAny(context, [eventTask(context, event), over]);
  if (first === over) return false;
  // An execution does not end before its timers have.
  over.cancel();
  return true;
}
