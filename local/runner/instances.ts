/** The life of an instance: how it starts, gets messages, is checkpointed, continues as new and ends. */
import type { Backend } from './backend.js';
import { EventType, type HistoryEvent } from './history.js';
import { checkInstanceId, DurableRequestError } from './limits.js';
import { grow, newMeasures } from './measures.js';
import { type Instance, isFinished, type Parent, type RuntimeStatus } from './state.js';

/** What an episode adds to the history, and which messages of the inbox are among that. */
export interface EpisodeEvents {
  readonly added: HistoryEvent[];
  readonly taken: readonly HistoryEvent[];
}

type InstancesBackend = Pick<
  Backend,
  'state' | 'clock' | 'invoker' | 'event' | 'guid' | 'seen' | 'record' | 'changed'
>;

export class Instances {
  readonly #backend: InstancesBackend;
  readonly #keepHistories: boolean;
  readonly #wake: (instance: Instance) => void;

  /** `wake` is called for an instance whose inbox has got a message. */
  constructor(backend: InstancesBackend, keepHistories: boolean, wake: (instance: Instance) => void) {
    this.#backend = backend;
    this.#keepHistories = keepHistories;
    this.#wake = wake;
  }

  /** Starts an instance, or restarts one that has ended. Throws `DurableRequestError` 400 or 409. */
  start(name: string, input: string | null, instanceId?: string, parent: Parent | null = null): Instance {
    if (!this.#backend.invoker.find(name, 'orchestrationTrigger')) {
      throw new DurableRequestError(400, `There is no orchestrator function named '${name}'.`);
    }
    const id = instanceId || this.#newId();
    checkInstanceId(id);
    const existing = this.#backend.state.instances[id];
    if (existing && !isFinished(existing)) {
      throw new DurableRequestError(409, `An instance with the status ${existing.status} already exists.`);
    }
    const now = this.#backend.clock.now();
    const instance: Instance = {
      instanceId: id,
      executionId: this.#newId(),
      name,
      input,
      parent,
      status: 'Pending',
      output: null,
      customStatus: null,
      createdTime: now,
      lastUpdatedTime: now,
      history: [],
      inbox: [],
      suspended: false,
      earlier: [],
      measures: newMeasures(),
    };
    instance.inbox.push(this.#executionStarted(instance));
    this.#backend.state.instances[id] = instance;
    this.#backend.record('orchestration.started', id, { name });
    this.#backend.changed();
    this.#wake(instance);
    return instance;
  }

  /** Puts an event into an instance's inbox. 404 where there is none, 410 where it has ended. */
  post(instanceId: string, event: HistoryEvent): 202 | 404 | 410 {
    const instance = this.#backend.state.instances[instanceId];
    if (!instance) return 404;
    if (isFinished(instance)) return 410;
    instance.inbox.push(event);
    this.#backend.changed();
    this.#wake(instance);
    return 202;
  }

  /** Posts to one execution of an instance; one that is over does not hear it. */
  postTo(instanceId: string, executionId: string, event: HistoryEvent): void {
    if (this.#backend.state.instances[instanceId]?.executionId === executionId) this.post(instanceId, event);
  }

  /** The episode is in the history, and the instance waits for the next. */
  checkpoint(instance: Instance, events: EpisodeEvents): void {
    this.#commit(instance, events);
    instance.status = 'Running';
  }

  /** A new execution with a fresh history. What was in the old one's buffer is gone, what is in the inbox stays. */
  continueAsNew(instance: Instance, events: EpisodeEvents, input: string | null): void {
    this.#commit(instance, events);
    grow(instance.measures, instance.history.length);
    if (this.#keepHistories) instance.earlier.push(instance.history);
    instance.executionId = this.#newId();
    instance.input = input;
    instance.history = [];
    instance.inbox = [this.#executionStarted(instance), ...instance.inbox];
    instance.status = 'Running';
  }

  /** Ends an instance with a status and its output, as JSON text. */
  finish(instance: Instance, events: EpisodeEvents, status: RuntimeStatus, output: string | null): void {
    if (status !== 'Terminated') {
      events.added.push(this.#backend.event(EventType.ExecutionCompleted, { Result: output }));
    }
    this.#commit(instance, events);
    instance.status = status;
    instance.output = output;
    this.#backend.seen(instance, output ?? undefined);
    grow(instance.measures, instance.history.length);
    this.#backend.record('orchestration.completed', instance.instanceId, { name: instance.name, status });
    this.#backend.changed();
  }

  /** Forgets a finished instance. 404 where there is none, 412 where it has not ended. */
  purge(instanceId: string): 200 | 404 | 412 {
    const instance = this.#backend.state.instances[instanceId];
    if (!instance) return 404;
    if (!isFinished(instance)) return 412;
    delete this.#backend.state.instances[instanceId];
    this.#backend.changed();
    return 200;
  }

  #commit(instance: Instance, { added, taken }: EpisodeEvents): void {
    for (const event of added) {
      event.IsPlayed = true;
      const { Input, Result, Reason } = event;
      this.#backend.seen(instance, Input ?? undefined, Result ?? undefined, Reason ?? undefined);
    }
    const completed = this.#backend.event(EventType.OrchestratorCompleted, { IsPlayed: true });
    instance.history.push(...added, completed);
    instance.inbox = instance.inbox.filter((event) => !taken.includes(event));
    instance.lastUpdatedTime = this.#backend.clock.now();
  }

  #executionStarted({ instanceId, executionId, parent, name, input }: Instance): HistoryEvent {
    return this.#backend.event(EventType.ExecutionStarted, {
      OrchestrationInstance: { InstanceId: instanceId, ExecutionId: executionId },
      ParentInstance: parent
        ? {
            Name: parent.name,
            OrchestrationInstance: { InstanceId: parent.instanceId },
            TaskScheduleId: parent.taskId,
          }
        : null,
      Name: name,
      Version: '',
      Input: input,
      Tags: null,
    });
  }

  /** An id for an execution, or for an instance that was given none. */
  #newId(): string {
    return this.#backend.guid().replaceAll('-', '');
  }
}
