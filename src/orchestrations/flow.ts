/** What every orchestration is made of: its flow, its clock, and pauses that are never too short. */

import { EARLY_MS } from '../domain/values/timing.js';
import { isReplaying, type OrchestrationContext, type Task, timeOf, timer } from './durable.js';

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
