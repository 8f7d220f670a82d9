/** What every orchestration is made of: its flow, its clock, and pauses that are never too short. */

import type { OrchestrationContext, Task } from 'durable-functions';
import { EARLY_MS } from '../domain/values/timing.js';

/** An orchestration's own flow: yields tasks, returns a value. */
export type Flow<T> = Generator<Task, T, unknown>;

/** Counts the children of a run, so that each has an id of its own and the same one in every replay. */
export function counter(): () => number {
  let last = 0;
  return () => ++last;
}

/** Logs a line, in a replay no second time. */
export function logOnce(context: OrchestrationContext, line: string): void {
  if (!context.df.isReplaying) context.log(line);
}

/** The current moment of the orchestration, in milliseconds since the epoch. */
export function nowMs(context: OrchestrationContext): number {
  return context.df.currentUtcDateTime.getTime();
}

export function isoNow(context: OrchestrationContext): string {
  return context.df.currentUtcDateTime.toISOString();
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
    yield context.df.createTimer(new Date(moment + tries * EARLY_MS));
  }
}
