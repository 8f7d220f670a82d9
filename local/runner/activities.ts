/** Activities: a queue with a cap, at-least-once deliveries, results posted to the orchestration that asked. */
import type { Backend } from './backend.js';
import { EventType, type HistoryEvent } from './history.js';
import type { Instances } from './instances.js';
import { InvocationFailure } from './invoke.js';
import { NO_WORKER, netException } from './netException.js';
import type { PendingActivity } from './state.js';

export class Activities {
  readonly #queue: string[] = [];
  readonly #running = new Set<string>();

  constructor(
    private readonly backend: Pick<
      Backend,
      'state' | 'invoker' | 'event' | 'fault' | 'work' | 'later' | 'changed'
    >,
    private readonly instances: Pick<Instances, 'postTo'>,
    private readonly maxConcurrent: number,
  ) {}

  /** Puts an activity on the queue. One that is there already (a message that came twice) is not put there again. */
  add(activity: PendingActivity): void {
    const { activities } = this.backend.state;
    const id = `${activity.executionId}:${activity.taskId}`;
    if (activities[id]) return;
    activities[id] = activity;
    this.enqueue(id);
  }

  /** Delivers an activity of the state, once there is room: after a restart, each of them again. */
  enqueue(id: string): void {
    this.#queue.push(id);
    this.#pump();
  }

  #pump(): void {
    while (this.#running.size < this.maxConcurrent) {
      const id = this.#queue.shift();
      if (id === undefined) return;
      const activity = this.backend.state.activities[id];
      if (!activity) continue;
      this.#running.add(id);
      this.backend.work(async () => {
        try {
          await this.#deliver(id, activity);
        } finally {
          this.#running.delete(id);
          this.#pump();
        }
      });
    }
  }

  async #deliver(id: string, activity: PendingActivity): Promise<void> {
    activity.deliveries++;
    const { instanceId, executionId, taskId, name } = activity;
    const where = { instanceId, name, taskId, delivery: activity.deliveries };
    if (this.backend.fault('before-activity', where) === 'workerGone') {
      this.#complete(id, activity, this.#failed(activity, workerGone(name)));
      return;
    }
    const outcome = await this.#invoke(activity);
    const fault = this.backend.fault('after-activity', where);
    if (fault === 'workerGone') {
      // No second delivery, also where the effect has happened.
      this.#complete(id, activity, this.#failed(activity, workerGone(name)));
      return;
    }
    if (typeof fault === 'object' && fault !== null) {
      this.backend.later(fault.lateBySeconds, () => this.#complete(id, activity, outcome));
      return;
    }
    if (fault === 'lost') {
      // The result was not recorded in time: the message becomes visible again and the activity runs once more.
      this.#queue.push(id);
      return;
    }
    this.#complete(id, activity, outcome);
    if (fault === 'duplicate') this.instances.postTo(instanceId, executionId, { ...outcome });
  }

  #complete(id: string, { instanceId, executionId }: PendingActivity, outcome: HistoryEvent): void {
    delete this.backend.state.activities[id];
    this.instances.postTo(instanceId, executionId, outcome);
    this.backend.changed();
  }

  async #invoke(activity: PendingActivity): Promise<HistoryEvent> {
    const { name, input, taskId, instanceId } = activity;
    try {
      const found = this.backend.invoker.find(name, 'activityTrigger');
      if (!found)
        throw new Error(`The function '${name}' doesn't exist, is disabled, or is not an activity function.`);
      const [value] = JSON.parse(input) as unknown[];
      const data = typeof value === 'string' ? { string: value } : { json: JSON.stringify(value) };
      const { returnValue } = await this.backend.invoker.invoke(found, data, {
        instanceId: { string: instanceId },
      });
      const result =
        returnValue?.string !== undefined
          ? JSON.stringify(returnValue.string)
          : (returnValue?.json ?? numberText(returnValue?.int ?? returnValue?.double));
      return this.backend.event(EventType.TaskCompleted, { TaskScheduledId: taskId, Result: result ?? null });
    } catch (error) {
      const thrown = error instanceof InvocationFailure ? error.thrown : error;
      return this.#failed(activity, failure(name, thrown));
    }
  }

  #failed({ taskId }: PendingActivity, why: Partial<HistoryEvent>): HistoryEvent {
    return this.backend.event(EventType.TaskFailed, { TaskScheduledId: taskId, ...why });
  }
}

/** How the host tells an orchestration that the worker died under an activity. */
function workerGone(name: string): Partial<HistoryEvent> {
  return {
    Reason: `Activity function '${name}' failed: ${NO_WORKER}`,
    Details: netException('System.InvalidOperationException', NO_WORKER),
    FailureDetails: null,
  };
}

/** How the host tells an orchestration of an activity's error. */
function failure(name: string, thrown: unknown): Partial<HistoryEvent> {
  let message = thrown instanceof Error ? thrown.message : String(thrown);
  let details: unknown = null;
  const parsed = structuredFailure(message);
  if (parsed) {
    message = String(parsed.errorMessage ?? message);
    details = {
      ErrorType: parsed.errorType,
      ErrorMessage: message,
      StackTrace: parsed.stackTrace ?? null,
      IsNonRetriable: parsed.isNonRetriable === true,
      Properties: parsed.properties ?? null,
      InnerFailure: null,
    };
  }
  return {
    Reason: `Activity function '${name}' failed:  ${message}`,
    Details: netException('System.Exception', ` ${message}`),
    FailureDetails: details,
  };
}

/** The JSON into which the SDK turns an error for which the app has an exception properties provider. */
function structuredFailure(message: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(message);
    const isFailure = typeof parsed === 'object' && parsed !== null && 'errorType' in parsed;
    return isFailure ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function numberText(value: number | undefined): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}
