/** The durable back end in one process: its parts put together, and what clients ask of it. */
import { Activities } from './activities.js';
import { Backend, type BackendOptions } from './backend.js';
import { Entities } from './entities.js';
import { EventType } from './history.js';
import { Instances } from './instances.js';
import { Orchestrations } from './orchestrations.js';
import type { DurableState, Instance } from './state.js';
import { SubOrchestrations } from './subOrchestrations.js';
import { Timers } from './timers.js';

export interface EngineOptions extends BackendOptions {
  readonly maxConcurrentActivities?: number;
  /** Keeps the histories of executions that continued as new. */
  readonly keepHistories?: boolean;
}

/** What a message to an instance is answered: accepted, there is none, or it has ended. */
type Accepted = ReturnType<Instances['post']>;

export class Engine {
  readonly #backend: Backend;
  readonly #instances: Instances;
  readonly #timers: Timers;
  readonly #activities: Activities;
  readonly #entities: Entities;
  readonly #orchestrations: Orchestrations;

  constructor(options: EngineOptions) {
    const backend = new Backend(options);
    // Instances and orchestrations need each other: a message wakes, an episode posts.
    const wake = (instance: Instance): void => this.#orchestrations.wake(instance);
    const instances = new Instances(backend, options.keepHistories ?? false, wake);
    const timers = new Timers(backend, instances);
    const activities = new Activities(backend, instances, options.maxConcurrentActivities ?? 10);
    const entities = new Entities(backend, instances);
    const subOrchestrations = new SubOrchestrations(backend, instances);
    this.#backend = backend;
    this.#instances = instances;
    this.#timers = timers;
    this.#activities = activities;
    this.#entities = entities;
    this.#orchestrations = new Orchestrations(backend, {
      instances,
      timers,
      activities,
      entities,
      subOrchestrations,
    });
  }

  get state(): Readonly<DurableState> {
    return this.#backend.state;
  }

  snapshot(): DurableState {
    return this.#backend.snapshot();
  }

  /** Goes on from a snapshot: timers are set again, what was under way is delivered again. */
  restore(state: DurableState): void {
    this.#backend.restore(state);
    const { activities, entities, instances } = this.#backend.state;
    this.#timers.resume();
    for (const id of Object.keys(activities)) this.#activities.enqueue(id);
    for (const id of Object.keys(entities)) this.#entities.wake(id);
    for (const instance of Object.values(instances)) this.#orchestrations.wake(instance);
  }

  /** Starts an instance, or restarts one that has ended. Throws `DurableRequestError` 400 or 409. */
  start(name: string, input: string | null, instanceId?: string): Instance {
    return this.#instances.start(name, input, instanceId);
  }

  /** Raises an external event; `data` is JSON text. */
  raise(instanceId: string, name: string, data: string | null): Accepted {
    return this.#post(instanceId, EventType.EventRaised, { Name: name, Input: data });
  }

  /** Terminates an instance, its sub-orchestrations first. */
  terminate(instanceId: string, reason: string): Accepted {
    for (const child of Object.values(this.#backend.state.instances)) {
      if (child.parent?.instanceId === instanceId) this.terminate(child.instanceId, reason);
    }
    return this.#post(instanceId, EventType.ExecutionTerminated, { Input: JSON.stringify(reason) });
  }

  /** Suspends an instance, or resumes it. */
  suspend(instanceId: string, resume: boolean): Accepted {
    return this.#post(instanceId, resume ? EventType.ExecutionResumed : EventType.ExecutionSuspended, {});
  }

  /** Forgets a finished instance. 404 where there is none, 412 where it has not ended. */
  purge(instanceId: string): ReturnType<Instances['purge']> {
    return this.#instances.purge(instanceId);
  }

  /** Signals an entity; `input` is JSON text. */
  signal(entityId: string, operation: string, input: string | null): void {
    this.#entities.send(entityId, {
      kind: 'op',
      op: operation,
      signal: true,
      id: this.#backend.guid(),
      ...(input === null ? {} : { input }),
    });
  }

  #post(instanceId: string, ...[type, fields]: Parameters<Backend['event']>): Accepted {
    return this.#instances.post(instanceId, this.#backend.event(type, fields));
  }
}
