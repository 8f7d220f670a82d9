/**
 * The durable engine under the flows: what its context offers, said here alone, so that a flow could run on another engine.
 * A `Task` is asked for here and yielded by the flow.
 */
import { EntityId, type OrchestrationContext, type Task, type TimerTask } from 'durable-functions';

export type { OrchestrationContext, Task, TimerTask };

/** What the orchestration was started with, or has continued as new with. */
export function inputOf<T>(context: OrchestrationContext): T {
  return context.df.getInput<T>();
}

export function instanceIdOf(context: OrchestrationContext): string {
  return context.df.instanceId;
}

/** Absent where no other orchestration has started it. */
export function parentInstanceIdOf(context: OrchestrationContext): string | undefined {
  return context.df.parentInstanceId;
}

/** The version of the app that started the instance; absent where it was started without one. */
export function versionOf(context: OrchestrationContext): string | undefined {
  return context.df.version;
}

/** Whether the flow is played over what was recorded. */
export function isReplaying(context: OrchestrationContext): boolean {
  return context.df.isReplaying;
}

/** The moment of the step that is played, the same in every replay. */
export function timeOf(context: OrchestrationContext): Date {
  return context.df.currentUtcDateTime;
}

export function activityTask(context: OrchestrationContext, name: string, input: unknown): Task {
  return context.df.callActivity(name, input);
}

export function orchestrationTask(
  context: OrchestrationContext,
  name: string,
  input: unknown,
  instanceId: string,
): Task {
  return context.df.callSubOrchestrator(name, input, instanceId);
}

/** Calls an operation of the entity of that name and key. */
export function entityTask(
  context: OrchestrationContext,
  [name, key]: readonly [name: string, key: string],
  operation: string,
  input: unknown,
): Task {
  return context.df.callEntity(new EntityId(name, key), operation, input);
}

/** Fires at that moment, or up to a second earlier. */
export function timer(context: OrchestrationContext, at: Date): TimerTask {
  return context.df.createTimer(at);
}

/** Over once somebody raises the event of that name to the instance; at once where one came that nobody waited for. */
export function eventTask(context: OrchestrationContext, name: string): Task {
  return context.df.waitForExternalEvent(name);
}

/** Over when all are, or with the first exception. */
export function whenAll(context: OrchestrationContext, tasks: readonly Task[]): Task {
  return context.df.Task.all([...tasks]);
}

/** Over with the first of them; gives that one. Tasks that were in such a wait before may not be in another. */
export function whenAny(context: OrchestrationContext, tasks: readonly Task[]): Task {
  return context.df.Task.any([...tasks]);
}

/** Begins the orchestration anew with this input, without its history, once the flow returns. */
export function continueAsNew(context: OrchestrationContext, input: unknown): void {
  context.df.continueAsNew(input);
}

/** Shows a status with the instance. */
export function showStatus(context: OrchestrationContext, status: unknown): void {
  context.df.setCustomStatus(status);
}
