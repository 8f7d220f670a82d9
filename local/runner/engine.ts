/**
 * The durable back end in one process: instances with inbox and history, episodes of the real SDK, and the messages
 * between them. Everything that a step changes is changed in one synchronous block, so that a snapshot between two
 * turns of the event loop is whole.
 */
import type { Kernel } from '../kernel/types.js';
import { Activities } from './activities.js';
import { Entities } from './entities.js';
import { runEpisode } from './episode.js';
import { guidOf } from './guid.js';
import { type Decision, EventType, type HistoryEvent } from './history.js';
import type { Invoker } from './invoke.js';
import { checkInstanceId, DurableRequestError } from './limits.js';
import { grow, newMeasures, payload } from './measures.js';
import {
  Crash,
  type DurableFault,
  type DurableState,
  emptyState,
  type FaultPoint,
  type Instance,
  isFinished,
  type Parent,
  type PendingTimer,
  type RuntimeStatus,
} from './state.js';
import { Timers } from './timers.js';

export interface EngineOptions {
  readonly kernel: Kernel;
  readonly invoker: Invoker;
  readonly maxConcurrentActivities?: number;
  /** Keeps the histories of executions that continued as new. */
  readonly keepHistories?: boolean;
  readonly fault?: (point: FaultPoint, where: Record<string, unknown>) => DurableFault | null;
  /** A crash that a fault asked for, or an error of the runner itself. */
  readonly onError: (error: unknown) => void;
}

export class Engine {
  readonly #options: EngineOptions;
  readonly #activities: Activities;
  readonly #entities: Entities;
  readonly #running = new Set<string>();
  readonly #timers: Timers;
  #state: DurableState = emptyState();
  #crashed = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#timers = new Timers(
      options.kernel.clock,
      () => this.#state,
      (timer) => this.#fired(timer),
    );
    const shared = {
      invoker: options.invoker,
      state: () => this.#state,
      event: (type: number, fields: Partial<HistoryEvent>) => this.#event(type, fields),
      work: (run: () => Promise<void>) => this.#work(run),
      later: (seconds: number, run: () => void) => {
        const { clock } = this.#options.kernel;
        clock.schedule(clock.now() + seconds * 1000, () => {
          if (!this.#crashed) run();
        });
      },
      changed: () => options.kernel.changed(),
    };
    this.#activities = new Activities({
      ...shared,
      maxConcurrent: options.maxConcurrentActivities ?? 10,
      fault: (point, where) => this.#fault(point, where),
      postTo: (instanceId, executionId, event) => {
        if (this.#state.instances[instanceId]?.executionId === executionId) this.post(instanceId, event);
      },
    });
    this.#entities = new Entities({
      ...shared,
      guid: () => this.#guid(),
      post: (instanceId, event) => this.post(instanceId, event),
      crashAfterEntity: (key) => {
        if (this.#fault('after-entity', { key }) === 'crash') throw new Crash('after-entity');
      },
    });
  }

  get state(): Readonly<DurableState> {
    return this.#state;
  }

  snapshot(): DurableState {
    return structuredClone(this.#state);
  }

  /** Goes on from a snapshot: timers are set again, what was under way is delivered again. */
  restore(state: DurableState): void {
    this.#state = structuredClone(state);
    this.#timers.resume();
    for (const id of Object.keys(this.#state.activities)) this.#activities.enqueue(id);
    for (const id of Object.keys(this.#state.entities)) this.#entities.wake(id);
    for (const instance of Object.values(this.#state.instances)) this.#wake(instance);
  }

  /** Starts an instance, or restarts one that has ended. Throws `DurableRequestError` 400 or 409. */
  start(name: string, input: string | null, instanceId?: string, parent: Parent | null = null): Instance {
    if (!this.#options.invoker.find(name, 'orchestrationTrigger')) {
      throw new DurableRequestError(400, `There is no orchestrator function named '${name}'.`);
    }
    const id = instanceId || this.#guid().replaceAll('-', '');
    checkInstanceId(id);
    const existing = this.#state.instances[id];
    if (existing && !isFinished(existing)) {
      throw new DurableRequestError(409, `An instance with the status ${existing.status} already exists.`);
    }
    const now = this.#options.kernel.clock.now();
    const executionId = this.#guid().replaceAll('-', '');
    const instance: Instance = {
      instanceId: id,
      executionId,
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
    this.#state.instances[id] = instance;
    this.#options.kernel.ledger.record({
      service: 'host',
      operation: 'orchestration.started',
      subject: id,
      detail: { name },
    });
    this.#options.kernel.changed();
    this.#wake(instance);
    return instance;
  }

  /** Puts an event into an instance's inbox. 404 where there is none, 410 where it has ended. */
  post(instanceId: string, event: HistoryEvent): 202 | 404 | 410 {
    const instance = this.#state.instances[instanceId];
    if (!instance) return 404;
    if (isFinished(instance)) return 410;
    instance.inbox.push(event);
    this.#options.kernel.changed();
    this.#wake(instance);
    return 202;
  }

  raise(instanceId: string, name: string, data: string | null): 202 | 404 | 410 {
    return this.post(instanceId, this.#event(EventType.EventRaised, { Name: name, Input: data }));
  }

  terminate(instanceId: string, reason: string): 202 | 404 | 410 {
    for (const child of Object.values(this.#state.instances)) {
      if (child.parent?.instanceId === instanceId) this.terminate(child.instanceId, reason);
    }
    return this.post(
      instanceId,
      this.#event(EventType.ExecutionTerminated, { Input: JSON.stringify(reason) }),
    );
  }

  suspend(instanceId: string, resume: boolean): 202 | 404 | 410 {
    const type = resume ? EventType.ExecutionResumed : EventType.ExecutionSuspended;
    return this.post(instanceId, this.#event(type, {}));
  }

  /** Forgets a finished instance. */
  purge(instanceId: string): 200 | 404 | 412 {
    const instance = this.#state.instances[instanceId];
    if (!instance) return 404;
    if (!isFinished(instance)) return 412;
    delete this.#state.instances[instanceId];
    this.#options.kernel.changed();
    return 200;
  }

  signal(entityId: string, operation: string, input: string | null): void {
    this.#entities.send(entityId, {
      kind: 'op',
      op: operation,
      signal: true,
      id: this.#guid(),
      ...(input === null ? {} : { input }),
    });
  }

  #wake(instance: Instance): void {
    const id = instance.instanceId;
    if (this.#running.has(id) || isFinished(instance) || takeable(instance).length === 0) return;
    this.#running.add(id);
    this.#work(async () => {
      try {
        await this.#episode(instance);
      } finally {
        this.#running.delete(id);
      }
      this.#wake(instance);
    });
  }

  async #episode(instance: Instance): Promise<void> {
    const taken = takeable(instance);
    const terminated = taken.find((event) => event.EventType === EventType.ExecutionTerminated);
    for (const event of taken) {
      if (event.EventType === EventType.ExecutionSuspended) instance.suspended = true;
      if (event.EventType === EventType.ExecutionResumed) instance.suspended = false;
    }
    const added = [this.#event(EventType.OrchestratorStarted, {}), ...taken];
    if (terminated) {
      this.#finish(instance, added, taken, 'Terminated', terminated.Input ?? null);
      return;
    }
    if (instance.suspended) {
      // What comes meanwhile waits in the inbox; only the suspension itself is taken.
      instance.status = 'Suspended';
      const kept = taken.filter((event) => event.EventType !== EventType.ExecutionSuspended);
      instance.inbox = [...kept, ...instance.inbox.filter((event) => !taken.includes(event))];
      if (kept.length > 0) await this.#resumed(instance);
      return;
    }
    instance.measures.episodes++;
    const outcome = await runEpisode(this.#options.invoker, instance, [...instance.history, ...added]);
    const where = {
      instanceId: instance.instanceId,
      name: instance.name,
      episode: instance.measures.episodes,
    };
    if (this.#fault('after-orchestrator', where) === 'crash') throw new Crash('after-orchestrator');

    // From here on one synchronous block, except where a fault asks for a crash between messages and history.
    if (outcome.customStatus !== undefined) {
      instance.customStatus = outcome.customStatus;
      this.#seen(instance, JSON.stringify(outcome.customStatus));
    }
    for (const decision of outcome.decisions) {
      added.push({ ...this.#event(decision.EventType, {}), ...decision });
      this.#dispatch(instance, decision);
    }
    for (const timerId of outcome.cancelledTimers) this.#timers.drop(instance.executionId, timerId);
    if (this.#fault('after-dispatch', where) === 'crash') throw new Crash('after-dispatch');
    if (outcome.kind === 'continueAsNew') this.#continueAsNew(instance, added, taken, outcome.input);
    else if (outcome.kind === 'running') {
      this.#commit(instance, added, taken);
      instance.status = 'Running';
    } else {
      const status = outcome.kind === 'completed' ? 'Completed' : 'Failed';
      this.#finish(instance, added, taken, status, outcome.output);
    }
    this.#options.kernel.changed();
  }

  /** Waits for the next message of a suspended instance. */
  async #resumed(instance: Instance): Promise<void> {
    const before = instance.inbox.length;
    while (instance.inbox.length === before) await new Promise((resolve) => setImmediate(resolve));
  }

  #commit(instance: Instance, added: HistoryEvent[], taken: readonly HistoryEvent[]): void {
    for (const event of added) {
      event.IsPlayed = true;
      this.#seen(instance, event.Input ?? undefined, event.Result ?? undefined, event.Reason ?? undefined);
    }
    instance.history.push(...added, { ...this.#event(EventType.OrchestratorCompleted, {}), IsPlayed: true });
    instance.inbox = instance.inbox.filter((event) => !taken.includes(event));
    instance.lastUpdatedTime = this.#options.kernel.clock.now();
  }

  #dispatch(instance: Instance, decision: Decision): void {
    const { instanceId, executionId, name } = instance;
    const taskId = decision.EventId;
    switch (decision.EventType) {
      case EventType.TaskScheduled:
        this.#activities.add({
          instanceId,
          executionId,
          taskId,
          name: decision.Name ?? '',
          input: decision.Input ?? '[null]',
          deliveries: 0,
        });
        break;
      case EventType.TimerCreated:
        this.#timers.add({
          instanceId,
          executionId,
          timerId: taskId,
          fireAt: Date.parse(decision.FireAt ?? ''),
        });
        break;
      case EventType.SubOrchestrationInstanceCreated:
        this.#startChild(instance, decision, { instanceId, executionId, taskId, name });
        break;
      case EventType.EventSent:
        this.#entities.send(decision.InstanceId ?? '', {
          ...(JSON.parse(decision.Input ?? '{}') as object),
          kind: decision.Name === 'release' ? 'release' : 'op',
        });
        break;
    }
  }

  #startChild(instance: Instance, decision: Decision, parent: Parent): void {
    const existing = this.#state.instances[decision.InstanceId ?? ''];
    // The same message once more, after a crash between sending it and recording that.
    if (existing?.parent?.executionId === parent.executionId && existing.parent.taskId === parent.taskId)
      return;
    try {
      this.start(decision.Name ?? '', decision.Input ?? null, decision.InstanceId, parent);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      const failed = { TaskScheduledId: parent.taskId, Reason: text, Details: text, FailureDetails: null };
      instance.inbox.push(this.#event(EventType.SubOrchestrationInstanceFailed, failed));
    }
  }

  #finish(
    instance: Instance,
    added: HistoryEvent[],
    taken: readonly HistoryEvent[],
    status: RuntimeStatus,
    output: string | null,
  ): void {
    if (status !== 'Terminated') added.push(this.#event(EventType.ExecutionCompleted, { Result: output }));
    this.#commit(instance, added, taken);
    instance.status = status;
    instance.output = output;
    this.#seen(instance, output ?? undefined);
    grow(instance.measures, instance.history.length);
    this.#timers.dropAllOf(instance.executionId);
    this.#tellParent(instance, status, output);
    const detail = { name: instance.name, status };
    this.#options.kernel.ledger.record({
      service: 'host',
      operation: 'orchestration.completed',
      subject: instance.instanceId,
      detail,
    });
    this.#options.kernel.changed();
  }

  #tellParent({ parent }: Instance, status: RuntimeStatus, output: string | null): void {
    if (!parent || this.#state.instances[parent.instanceId]?.executionId !== parent.executionId) return;
    const TaskScheduledId = parent.taskId;
    const text = output ?? status;
    const event =
      status === 'Completed'
        ? this.#event(EventType.SubOrchestrationInstanceCompleted, { TaskScheduledId, Result: output })
        : this.#event(EventType.SubOrchestrationInstanceFailed, {
            TaskScheduledId,
            Reason: text,
            Details: text,
            FailureDetails: null,
          });
    this.post(parent.instanceId, event);
  }

  /** A new execution with a fresh history. What was in the old one's buffer is gone, what is in the inbox stays. */
  #continueAsNew(
    instance: Instance,
    added: HistoryEvent[],
    taken: readonly HistoryEvent[],
    input: string | null,
  ): void {
    this.#commit(instance, added, taken);
    grow(instance.measures, instance.history.length);
    this.#timers.dropAllOf(instance.executionId);
    if (this.#options.keepHistories) instance.earlier.push(instance.history);
    instance.executionId = this.#guid().replaceAll('-', '');
    instance.input = input;
    instance.history = [];
    instance.inbox = [this.#executionStarted(instance), ...instance.inbox];
    instance.status = 'Running';
  }

  #executionStarted(instance: Instance): HistoryEvent {
    const { instanceId, executionId, parent, name, input } = instance;
    return this.#event(EventType.ExecutionStarted, {
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

  #fired({ instanceId, executionId, timerId, fireAt }: PendingTimer): void {
    if (this.#state.instances[instanceId]?.executionId === executionId) {
      const FireAt = new Date(fireAt).toISOString();
      this.post(instanceId, this.#event(EventType.TimerFired, { TimerId: timerId, FireAt }));
    }
    this.#options.kernel.changed();
  }

  #work(run: () => Promise<void>): void {
    if (this.#crashed) return;
    this.#options.kernel.clock
      .busy(async () => {
        // A turn of its own, so that the step that asked for this work ends whole before it begins.
        await Promise.resolve();
        await run();
      })
      .catch((error: unknown) => {
        if (error instanceof Crash) this.#crashed = true;
        this.#options.onError(error);
      });
  }

  /** What goes through the back end is measured, and looked through. */
  #seen({ instanceId, measures }: Instance, ...texts: readonly (string | undefined)[]): void {
    payload(measures, ...texts);
    for (const text of texts) {
      if (text !== undefined) this.#options.kernel.secrets.look(`instance ${instanceId}`, text);
    }
  }

  #fault(point: FaultPoint, where: Record<string, unknown>): DurableFault | null {
    return this.#options.fault?.(point, where) ?? null;
  }

  #event(type: number, fields: Partial<HistoryEvent>): HistoryEvent {
    const Timestamp = new Date(this.#options.kernel.clock.now()).toISOString();
    return { EventType: type, EventId: -1, IsPlayed: false, Timestamp, ...fields };
  }

  #guid(): string {
    return guidOf(`instance ${this.#state.guids++}`);
  }
}

/**
 * What an episode may take from the inbox. An entity's answer waits until its request is in the history: after a crash
 * between the two, the entity may be faster than the episode that asks it again, and the SDK would not know the answer.
 */
function takeable({ inbox, history }: Instance): HistoryEvent[] {
  return inbox.filter(
    (event) =>
      event.EntityResponse !== true ||
      history.some(
        (sent) => sent.EventType === EventType.EventSent && sent.Input?.includes(`"${event.Name}"`),
      ),
  );
}
