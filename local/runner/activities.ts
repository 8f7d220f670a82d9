/** Activities: a queue with a cap, at-least-once deliveries, results posted to the orchestration that asked. */
import { EventType, type HistoryEvent } from './history.js';
import { InvocationFailure, type Invoker } from './invoke.js';
import type { DurableFault, DurableState, FaultPoint, PendingActivity } from './state.js';
import { Crash } from './state.js';

export interface ActivityHost {
  readonly invoker: Invoker;
  readonly maxConcurrent: number;
  state(): DurableState;
  event(type: number, fields: Partial<HistoryEvent>): HistoryEvent;
  /** Posts to an execution; one that is over does not hear it. */
  postTo(instanceId: string, executionId: string, event: HistoryEvent): void;
  work(run: () => Promise<void>): void;
  /** Seconds of the local cloud's clock. */
  later(seconds: number, run: () => void): void;
  changed(): void;
  fault(point: FaultPoint, where: Record<string, unknown>): DurableFault | null;
}

export class Activities {
  readonly #queue: string[] = [];
  readonly #running = new Set<string>();

  constructor(private readonly host: ActivityHost) {}

  /** Puts an activity on the queue. One that is there already (a message that came twice) is not put there again. */
  add(activity: PendingActivity): void {
    const { activities } = this.host.state();
    const id = `${activity.executionId}:${activity.taskId}`;
    if (activities[id]) return;
    activities[id] = activity;
    this.enqueue(id);
  }

  enqueue(id: string): void {
    this.#queue.push(id);
    this.#pump();
  }

  #pump(): void {
    while (this.#running.size < this.host.maxConcurrent) {
      const id = this.#queue.shift();
      if (id === undefined) return;
      const activity = this.host.state().activities[id];
      if (!activity) continue;
      this.#running.add(id);
      this.host.work(async () => {
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
    if (this.host.fault('before-activity', where) === 'crash') throw new Crash('before-activity');
    const outcome = await this.#invoke(activity);
    const fault = this.host.fault('after-activity', where);
    if (fault === 'crash') throw new Crash('after-activity');
    if (typeof fault === 'object' && fault !== null) {
      this.host.later(fault.lateBySeconds, () => this.#complete(id, activity, outcome));
      return;
    }
    if (fault === 'lost') {
      // The result was not recorded in time: the message becomes visible again and the activity runs once more.
      this.#queue.push(id);
      return;
    }
    this.#complete(id, activity, outcome);
    if (fault === 'duplicate') this.host.postTo(instanceId, executionId, { ...outcome });
  }

  #complete(id: string, { instanceId, executionId }: PendingActivity, outcome: HistoryEvent): void {
    delete this.host.state().activities[id];
    this.host.postTo(instanceId, executionId, outcome);
    this.host.changed();
  }

  async #invoke({ name, input, taskId, instanceId }: PendingActivity): Promise<HistoryEvent> {
    try {
      const found = this.host.invoker.find(name, 'activityTrigger');
      if (!found)
        throw new Error(`The function '${name}' doesn't exist, is disabled, or is not an activity function.`);
      const [value] = JSON.parse(input) as unknown[];
      const data = typeof value === 'string' ? { string: value } : { json: JSON.stringify(value) };
      const { returnValue } = await this.host.invoker.invoke(found, data, {
        instanceId: { string: instanceId },
      });
      const result =
        returnValue?.string !== undefined
          ? JSON.stringify(returnValue.string)
          : (returnValue?.json ?? numberText(returnValue?.int ?? returnValue?.double));
      return this.host.event(EventType.TaskCompleted, { TaskScheduledId: taskId, Result: result ?? null });
    } catch (error) {
      const thrown = error instanceof InvocationFailure ? error.thrown : error;
      return this.host.event(EventType.TaskFailed, { TaskScheduledId: taskId, ...failure(name, thrown) });
    }
  }
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
    Details: JSON.stringify({ ClassName: 'System.Exception', Message: ` ${message}` }),
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
