/** Activities: a queue with a cap, results posted to the orchestration that asked. */
import { activityInput, activityOutput } from './activityValues.js';
import type { Backend } from './backend.js';
import { EventType, type HistoryEvent } from './history.js';
import type { Instances } from './instances.js';
import { InvocationFailure } from './invoke.js';
import { NO_WORKER, netException, rpcException } from './netException.js';
import type { PendingActivity } from './state.js';

export interface ActivitiesOptions {
  readonly maxConcurrent: number;
  /** Seconds after which an invocation is given up; undefined: never. */
  readonly timeoutSeconds: number | undefined;
  /** Seconds until a message that nobody has finished with shows again. */
  readonly hiddenSeconds: number;
}

export class Activities {
  readonly #queue: string[] = [];
  readonly #running = new Set<string>();

  constructor(
    private readonly backend: Pick<
      Backend,
      'state' | 'clock' | 'invoker' | 'event' | 'messageId' | 'fault' | 'step' | 'later' | 'changed'
    >,
    private readonly instances: Pick<Instances, 'postTo'>,
    private readonly options: ActivitiesOptions,
  ) {}

  /** Puts an activity on the queue; one that comes twice, twice. */
  add(activity: PendingActivity): void {
    const id = this.backend.messageId();
    this.backend.state.activities[id] = activity;
    this.enqueue(id);
  }

  /** Delivers an activity of the state, once there is room: after a restart, each of them again. */
  enqueue(id: string): void {
    this.#queue.push(id);
    this.#pump();
  }

  #pump(): void {
    while (this.#running.size < this.options.maxConcurrent) {
      const id = this.#queue.shift();
      if (id === undefined) return;
      const activity = this.backend.state.activities[id];
      // A name that nobody knows waits for an app that does: its orchestration hangs.
      if (!activity || !this.backend.invoker.find(activity.name, 'activityTrigger')) continue;
      this.#running.add(id);
      this.backend.step(`activity ${activity.name}`, async () => {
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
    const outcome = await this.#run(activity, where);
    if (outcome === 'givenUp') {
      this.backend.later(this.options.hiddenSeconds, () => this.enqueue(id));
      return;
    }
    const fault = this.backend.fault('after-activity', where);
    if (fault === 'workerGone') {
      // No second delivery, also where the effect has happened.
      this.#complete(id, activity, this.#failed(activity, workerGone(name)));
    } else if (typeof fault === 'object' && fault?.kind === 'late') {
      this.backend.later(fault.seconds, () => this.#complete(id, activity, outcome));
    } else if (fault === 'lost') {
      // The result was not recorded in time: the message becomes visible again and the activity runs once more.
      this.#queue.push(id);
    } else {
      this.#complete(id, activity, outcome);
      if (fault !== null) this.instances.postTo(instanceId, executionId, { ...outcome });
    }
  }

  /**
   * How it ended, or `givenUp` where it takes longer than a function may: then nothing of it is recorded. It may take
   * that long on the clock or on the machine's: virtual time does not move while it is under way and waits on nothing
   * of the local cloud.
   */
  async #run(activity: PendingActivity, where: Record<string, unknown>): Promise<HistoryEvent | 'givenUp'> {
    if (this.backend.fault('before-activity', where) === 'workerGone') {
      return this.#failed(activity, workerGone(activity.name));
    }
    const { timeoutSeconds } = this.options;
    const invoke = () =>
      activity.twice === undefined ? this.#invoke(activity) : this.#invokeTwice(activity, activity.twice);
    if (timeoutSeconds === undefined) return invoke();
    const { clock } = this.backend;
    let cancel = () => {};
    const givenUp = new Promise<'givenUp'>((resolve) => {
      const giveUp = () => resolve('givenUp');
      const onClock = clock.schedule(clock.now() + timeoutSeconds * 1000, giveUp, { background: true });
      const onMachine = setTimeout(giveUp, timeoutSeconds * 1000);
      cancel = () => {
        onClock();
        clearTimeout(onMachine);
      };
    });
    try {
      return await Promise.race([invoke(), givenUp]);
    } finally {
      cancel();
    }
  }

  #complete(id: string, { instanceId, executionId, unheard }: PendingActivity, outcome: HistoryEvent): void {
    delete this.backend.state.activities[id];
    if (!unheard) this.instances.postTo(instanceId, executionId, outcome);
    this.backend.changed();
  }

  /** Two workers at the same time; the result that comes first counts, or the one that comes second. */
  async #invokeTwice(activity: PendingActivity, take: 'first' | 'second'): Promise<HistoryEvent> {
    const one = this.#invoke(activity);
    const other = new Promise<HistoryEvent>((resolve) => {
      // By a timer of its own, so that virtual time counts the two as two pieces of work.
      this.backend.later(0, async () => resolve(await this.#invoke(activity)));
    });
    if (take === 'first') return Promise.race([one, other]);
    let ended = 0;
    return new Promise((resolve) => {
      for (const result of [one, other]) {
        void result.then((outcome) => {
          ended += 1;
          if (ended === 2) resolve(outcome);
        });
      }
    });
  }

  async #invoke(activity: PendingActivity): Promise<HistoryEvent> {
    const { name, input, taskId, instanceId } = activity;
    try {
      const found = this.backend.invoker.find(name, 'activityTrigger');
      if (!found) throw new Error(`The function '${name}' is gone.`);
      const { returnValue } = await this.backend.invoker.invoke(found, activityInput(input), {
        instanceId: { string: instanceId },
      });
      const output = activityOutput(returnValue);
      if (output.ok) {
        return this.backend.event(EventType.TaskCompleted, { TaskScheduledId: taskId, Result: output.json });
      }
      return this.#failed(activity, {
        Reason: `Activity function '${name}' failed: ${output.why}`,
        Details: netException('System.ArgumentException', output.why),
        FailureDetails: null,
      });
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
    message = String(parsed['errorMessage'] ?? message);
    details = {
      ErrorType: parsed['errorType'],
      ErrorMessage: message,
      StackTrace: parsed['stackTrace'] ?? null,
      IsNonRetriable: parsed['isNonRetriable'] === true,
      Properties: parsed['properties'] ?? null,
      InnerFailure: null,
    };
  }
  return {
    Reason: `Activity function '${name}' failed:  ${message}`,
    Details: netException('System.Exception', ` ${message}`, rpcException(thrown, message)),
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
