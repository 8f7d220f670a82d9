/** The durable back end in one process: its parts put together, and what clients ask of it. */
import { Activities } from './activities.js';
import { Backend, type BackendOptions } from './backend.js';
import { Duplicates } from './duplicates.js';
import { Entities } from './entities.js';
import { EventType } from './history.js';
import { Instances } from './instances.js';
import { Orchestrations } from './orchestrations.js';
import type { SchemaVersion } from './orchestratorCall.js';
import type { DurableState, EntityMessage, Instance } from './state.js';
import { SubOrchestrations } from './subOrchestrations.js';
import { Timers } from './timers.js';
import type { VersionSettings } from './versions.js';

export interface EngineOptions extends BackendOptions {
  readonly maxConcurrentActivities?: number;
  /** Seconds after which an activity is given up. Default: never. */
  readonly functionTimeout?: number;
  /** Seconds until the message of an activity that was given up shows again. Default: 5 minutes, as the extension's. */
  readonly workItemHiddenSeconds?: number | undefined;
  readonly versions?: VersionSettings;
  /** The schema of actions that is offered to the SDK. Default V4. */
  readonly schema?: SchemaVersion;
  /** Keeps the histories of executions that continued as new. */
  readonly keepHistories?: boolean;
}

/** Who sends, where it is no instance. */
const CLIENT = 'client';

const DEFAULT_HIDDEN_SECONDS = 5 * 60;

/** What a message to an instance is answered: accepted, there is none, or it has ended. */
type Accepted = ReturnType<Instances['post']>;

export class Engine {
  readonly #backend: Backend;
  readonly #instances: Instances;
  readonly #timers: Timers;
  readonly #activities: Activities;
  readonly #entities: Entities;
  readonly #duplicates: Duplicates;
  readonly #orchestrations: Orchestrations;

  constructor(options: EngineOptions) {
    const backend = new Backend(options);
    // Instances and orchestrations need each other: a message wakes, an episode posts.
    const wake = (instance: Instance): void => this.#orchestrations.wake(instance);
    const versions = options.versions ?? {};
    const instances = new Instances(
      backend,
      { keepHistories: options.keepHistories ?? false, defaultVersion: versions.defaultVersion ?? null },
      wake,
    );
    const timers = new Timers(backend, instances);
    const activities = new Activities(backend, instances, {
      maxConcurrent: options.maxConcurrentActivities ?? 10,
      timeoutSeconds: options.functionTimeout,
      hiddenSeconds: options.workItemHiddenSeconds ?? DEFAULT_HIDDEN_SECONDS,
    });
    const entities = new Entities(backend, instances);
    const receivers = {
      timers,
      activities,
      entities,
      subOrchestrations: new SubOrchestrations(backend, instances),
    };
    const duplicates = new Duplicates(backend, receivers, instances);
    this.#backend = backend;
    this.#instances = instances;
    this.#timers = timers;
    this.#activities = activities;
    this.#entities = entities;
    this.#duplicates = duplicates;
    this.#orchestrations = new Orchestrations(
      backend,
      { ...receivers, instances, duplicates },
      { versions, schema: options.schema ?? 'V4' },
    );
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
    this.#duplicates.resume();
    for (const id of Object.keys(activities)) this.#activities.enqueue(id);
    for (const id of Object.keys(entities)) this.#entities.wake(id);
    for (const instance of Object.values(instances)) this.#orchestrations.wake(instance);
  }

  /** Throws `DurableRequestError` 409 where an instance of this id is live. */
  refuseLive(instanceId: string): void {
    this.#instances.refuseLive(instanceId);
  }

  /** Starts an instance. One that has its id, live or ended, loses its place to it. */
  start(name: string, input: string | null, instanceId?: string, version?: string): Instance {
    return this.#instances.accept({
      name,
      input,
      ...(instanceId === undefined ? {} : { instanceId }),
      ...(version === undefined ? {} : { version }),
    });
  }

  /** Raises an external event; `data` is JSON text. */
  raise(instanceId: string, name: string, data: string | null): Accepted {
    return this.#post(instanceId, EventType.EventRaised, { Name: name, Input: data });
  }

  /** Terminates an instance. Its sub-orchestrations go on, to their end. */
  terminate(instanceId: string, reason: string): Accepted {
    return this.#post(instanceId, EventType.ExecutionTerminated, { Input: JSON.stringify(reason) });
  }

  /** Suspends an instance, or resumes it. */
  suspend(instanceId: string, resume: boolean): Accepted {
    return this.#post(instanceId, resume ? EventType.ExecutionResumed : EventType.ExecutionSuspended, {});
  }

  /** Forgets a finished instance, or an entity. 404 where there is none, 412 where it has not ended. */
  purge(instanceId: string): ReturnType<Instances['purge']> {
    return this.#instances.purge(instanceId);
  }

  /** Signals an entity; `input` is JSON text. */
  signal(entity: string, operation: string, input: string | null): void {
    const [, name = '', ...rest] = entity.split('@');
    const key = rest.join('@');
    const where = { name: name.toLowerCase(), operation, key, instanceId: CLIENT };
    this.#backend.record('entity.signalled', entity, where);
    const signal = (): EntityMessage => ({
      kind: 'op',
      op: operation,
      signal: true,
      id: this.#backend.guid(),
      ...(input === null ? {} : { input }),
    });
    const fault = this.#backend.duplicate('send-entity', where);
    this.#entities.send(entity, signal());
    if (fault) this.#duplicates.signalAgain(entity, signal(), key, fault);
  }

  #post(instanceId: string, ...[type, fields]: Parameters<Backend['event']>): Accepted {
    return this.#instances.post(instanceId, this.#backend.event(type, fields));
  }
}
