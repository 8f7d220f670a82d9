/** The life of an instance: how it starts, gets messages, is checkpointed, continues as new and ends. */
import type { Backend } from './backend.js';
import { EventType, type HistoryEvent } from './history.js';
import { DurableRequestError } from './limits.js';
import { grow, newMeasures } from './measures.js';
import { type Instance, isFinished, type NewInstance, type Parent, type RuntimeStatus } from './state.js';
import { traceContext } from './traceContext.js';

/** What an episode adds to the history, and which messages of the inbox are among that. */
export interface EpisodeEvents {
  readonly added: HistoryEvent[];
  readonly taken: readonly HistoryEvent[];
}

type InstancesBackend = Pick<Backend, 'state' | 'clock' | 'event' | 'guid' | 'seen' | 'record' | 'changed'>;

export interface InstancesOptions {
  /** Keeps the histories of executions that continued as new. */
  readonly keepHistories: boolean;
  /** Version of instances that are started without one. */
  readonly defaultVersion: string | null;
}

export class Instances {
  readonly #backend: InstancesBackend;
  readonly #keepHistories: boolean;
  readonly #defaultVersion: string | null;
  readonly #wake: (instance: Instance) => void;

  /** `wake` is called for an instance whose inbox has got a message. */
  constructor(
    backend: InstancesBackend,
    { keepHistories, defaultVersion }: InstancesOptions,
    wake: (instance: Instance) => void,
  ) {
    this.#backend = backend;
    this.#keepHistories = keepHistories;
    this.#defaultVersion = defaultVersion;
    this.#wake = wake;
  }

  /** Throws `DurableRequestError` 409 where an instance of this id is live. */
  refuseLive(instanceId: string): void {
    const existing = this.#backend.state.instances[instanceId];
    if (existing && !isFinished(existing)) {
      throw new DurableRequestError(
        409,
        `An Orchestration instance with the status ${existing.status} already exists.`,
      );
    }
  }

  /** A new instance. One that has its id, live or ended, loses its place to it. */
  accept({ name, input, instanceId, parent = null, version = null }: NewInstance): Instance {
    const id = instanceId ?? bareGuid(this.#backend.guid());
    const executionId = this.#backend.guid();
    const now = this.#backend.clock.now();
    const instance: Instance = {
      instanceId: id,
      // As measured: with hyphens where a client started it, without them otherwise.
      executionId: parent ? bareGuid(executionId) : executionId,
      name,
      input,
      version: version ?? this.#defaultVersion,
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
    this.#backend.changed();
    this.#wake(instance);
    return instance;
  }

  /** Whether nobody has taken the instance's place. */
  isCurrent(instance: Instance): boolean {
    return this.#backend.state.instances[instance.instanceId] === instance;
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
    instance.executionId = bareGuid(this.#backend.guid());
    instance.input = input;
    instance.createdTime = this.#backend.clock.now();
    instance.history = [];
    instance.inbox = [this.#executionStarted(instance), ...instance.inbox];
    instance.status = 'Running';
  }

  /** What an instance that waits for its next message says of itself. */
  show(instance: Instance, status: RuntimeStatus): void {
    instance.status = status;
    instance.lastUpdatedTime = this.#backend.clock.now();
    this.#backend.changed();
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

  /** Forgets a finished instance, or an entity. 404 where there is none, 412 where it has not ended. */
  purge(instanceId: string): 200 | 404 | 412 {
    const { entities } = this.#backend.state;
    if (entities[instanceId]) {
      delete entities[instanceId];
      this.#backend.changed();
      return 200;
    }
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

  #executionStarted({ instanceId, executionId, parent, name, input, version }: Instance): HistoryEvent {
    return this.#backend.event(EventType.ExecutionStarted, {
      OrchestrationInstance: { InstanceId: instanceId, ExecutionId: executionId },
      ParentInstance: parent
        ? {
            Name: parent.name,
            OrchestrationInstance: { InstanceId: parent.instanceId, ExecutionId: parent.executionId },
            TaskScheduleId: parent.taskId,
            Version: null,
          }
        : null,
      Name: name,
      Version: version,
      Input: input,
      Tags: null,
      Correlation: null,
      ParentTraceContext: traceContext(executionId, this.#backend.clock.now()),
      ScheduledStartTime: null,
      Generation: parent ? null : 0,
      GenerateNewTrace: false,
    });
  }
}

/** The parent of the execution that a history is of; `null`: a client started it. */
export function parentOf(history: readonly HistoryEvent[]): Parent | null {
  const started = history.find(({ EventType: type }) => type === EventType.ExecutionStarted);
  const known = (started?.['ParentInstance'] ?? null) as RecordedParent | null;
  if (!known) return null;
  const { Name: name, OrchestrationInstance: identity, TaskScheduleId: taskId } = known;
  return { instanceId: identity.InstanceId, executionId: identity.ExecutionId, taskId, name };
}

interface RecordedParent {
  readonly Name: string;
  readonly OrchestrationInstance: { readonly InstanceId: string; readonly ExecutionId: string };
  readonly TaskScheduleId: number;
}

/** A GUID as .NET writes it without hyphens. */
function bareGuid(guid: string): string {
  return guid.replaceAll('-', '');
}
