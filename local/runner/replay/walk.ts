/**
 * The host's side of a replay: walks the list of actions that the SDK returns along the history, gives every action
 * the id that the SDK gave it, and says which of them are new.
 */
import { type Action, ActionType, type Decision, EventType, type HistoryEvent } from '../history.js';
import { type Confirmed, Decisions, isScheduled } from './decisions.js';
import { EntityRequests, type Sender } from './entityRequests.js';
import { ExternalEvents } from './externalEvents.js';
import {
  immediateTask,
  longTimer,
  openTask,
  type StartTask,
  settle,
  type Task,
  type TimerSource,
  whenAll,
  whenAny,
  withRetry,
} from './tasks.js';

export interface WalkInput extends Sender {
  readonly history: readonly HistoryEvent[];
  readonly actions: readonly Action[];
  readonly executionId: string;
  readonly maxShortTimerMs: number;
  readonly longTimerIntervalMs: number;
  readonly confirmed?: Confirmed;
}

export interface WalkResult {
  readonly decisions: readonly Decision[];
  /** Ids of what is still waited for; an entity's answer goes by the id of the request message. */
  readonly open: readonly (number | string)[];
  readonly continueAsNew: { readonly input: unknown } | undefined;
  readonly cancelledTimers: ReadonlySet<number>;
  /** Timers that were made and neither fired nor cancelled. */
  readonly liveTimers: readonly number[];
  /** Ids of activities, sub-orchestrations and timers without whose end the orchestration cannot end. */
  readonly openTasks: readonly number[];
  /** Releases that the host adds when an orchestration ends with locks held. */
  releaseLocks(): readonly Decision[];
}

/**
 * Walks one execution from its start. Throws `NonDeterminismError` where history and actions do not agree, and an
 * `Error` for an action that the runner does not carry out.
 */
export function walk(input: WalkInput): WalkResult {
  return new Walk(input).run();
}

class Walk {
  readonly #input: WalkInput;
  readonly #decisions: Decisions;
  readonly #entities: EntityRequests;
  readonly #events = new ExternalEvents();
  readonly #open = new Map<number | string, Task>();
  readonly #cancelled = new Set<number>();
  readonly #timers = new Set<number>();
  #nextAction = 0;
  #current: Task | undefined;
  #clock = 0;
  #continueAsNew: { input: unknown } | undefined;

  constructor(input: WalkInput) {
    this.#input = input;
    this.#decisions = new Decisions(input.history, input.confirmed);
    this.#entities = new EntityRequests(this.#decisions, input);
  }

  run(): WalkResult {
    for (const event of this.#input.history) this.#take(event);
    return {
      decisions: this.#decisions.made,
      open: [...this.#open.keys()],
      continueAsNew: this.#continueAsNew,
      cancelledTimers: this.#cancelled,
      openTasks: [...this.#open.keys()].filter(
        (id): id is number => typeof id === 'number' && !this.#cancelled.has(id),
      ),
      liveTimers: [...this.#timers].filter((id) => this.#open.has(id) && !this.#cancelled.has(id)),
      releaseLocks: () => {
        const before = this.#decisions.made.length;
        this.#entities.release();
        return this.#decisions.made.slice(before);
      },
    };
  }

  #take(event: HistoryEvent): void {
    if (isScheduled(event)) this.#decisions.confirm(event);
    switch (event.EventType) {
      case EventType.OrchestratorStarted:
        this.#clock = Math.max(this.#clock, Date.parse(event.Timestamp));
        break;
      case EventType.ExecutionStarted:
        this.#advance();
        break;
      case EventType.TaskCompleted:
      case EventType.SubOrchestrationInstanceCompleted:
        this.#hit(event.TaskScheduledId, 'done');
        break;
      case EventType.TaskFailed:
      case EventType.SubOrchestrationInstanceFailed:
        this.#hit(event.TaskScheduledId, 'failed');
        break;
      case EventType.TimerFired:
        this.#hit(event.TimerId, 'done');
        break;
      case EventType.EventRaised:
        this.#raised(event.Name ?? '');
        break;
    }
  }

  /** An entity's answer comes as an event too, with the id of the request for its name. */
  #raised(name: string): void {
    if (this.#open.has(name)) {
      this.#hit(name, 'done');
      return;
    }
    const waiter = this.#events.raised(name);
    if (!waiter) return;
    settle(waiter, 'done');
    this.#advance();
  }

  #hit(key: number | string | undefined, state: 'done' | 'failed'): void {
    const task = key === undefined ? undefined : this.#open.get(key);
    if (!task || key === undefined) return;
    this.#open.delete(key);
    settle(task, state);
    this.#advance();
  }

  /** Starts actions up to the first that is waited for. */
  #advance(): void {
    const { actions } = this.#input;
    while (this.#current?.state !== 'open' && this.#nextAction < actions.length) {
      const action = actions[this.#nextAction++];
      if (!action) return;
      this.#current = this.#start(action, undefined);
      if (this.#current.immediate) this.#current.state = 'done';
    }
  }

  #start(action: Action, parent: Task | undefined): Task {
    switch (action.actionType) {
      case ActionType.CallActivity:
        return this.#activity(action, parent);
      case ActionType.CallActivityWithRetry:
        return this.#retried(action, parent, (task) => this.#activity(action, task));
      case ActionType.CallSubOrchestrator:
        return this.#subOrchestration(action, parent);
      case ActionType.CallSubOrchestratorWithRetry:
        return this.#retried(action, parent, (task) => this.#subOrchestration(action, task));
      case ActionType.CreateTimer:
        return this.#createTimer(action, parent);
      case ActionType.WaitForExternalEvent:
        return this.#events.wait(action.externalEventName ?? '', parent);
      case ActionType.CallEntity:
        return this.#opened(this.#entities.call(action), parent);
      case ActionType.SignalEntity:
        this.#entities.signal(action);
        return immediateTask(parent);
      case ActionType.LockEntities:
        return this.#opened(this.#entities.lock(action), parent);
      case ActionType.ReleaseEntities:
        this.#entities.release();
        return immediateTask(parent);
      case ActionType.ContinueAsNew:
        this.#continueAsNew = { input: action.input };
        return immediateTask(parent);
      case ActionType.WhenAll:
        return whenAll(this.#starts(action), parent);
      case ActionType.WhenAny:
        return whenAny(this.#starts(action), parent);
      default:
        throw new Error(
          `The runner does not carry out action type ${action.actionType}${action.actionType === ActionType.CallHttp ? ' (callHttp)' : ''}.`,
        );
    }
  }

  #starts({ compoundActions = [] }: Action): StartTask[] {
    return compoundActions.map((action) => (parent) => this.#start(action, parent));
  }

  #activity(action: Action, parent: Task | undefined): Task {
    const event = this.#decisions.next(
      EventType.TaskScheduled,
      {
        Name: action.functionName ?? '',
        Version: '',
        Input: JSON.stringify([action.input ?? null]),
      },
      { input: action.input },
    );
    return this.#opened(event.EventId, parent);
  }

  #subOrchestration(action: Action, parent: Task | undefined): Task {
    const event = this.#decisions.next(
      EventType.SubOrchestrationInstanceCreated,
      {
        Name: action.functionName ?? '',
        Version: action.version ?? '',
        Input: action.input === undefined ? null : JSON.stringify(action.input),
      },
      { input: action.input, ...(action.instanceId ? { instanceId: action.instanceId } : {}) },
    );
    event.InstanceId ??= action.instanceId || `${this.#input.executionId}:${event.EventId}`;
    return this.#opened(event.EventId, parent);
  }

  #createTimer(action: Action, parent: Task | undefined): Task {
    const fireAt = Date.parse(action.fireAt ?? '');
    const isCanceled = action.isCanceled === true;
    if (fireAt - this.#clock <= this.#input.maxShortTimerMs) return this.#timer(fireAt, parent, isCanceled);
    return longTimer(fireAt, this.#input, this.#timerSource(isCanceled), parent);
  }

  #retried(action: Action, parent: Task | undefined, start: StartTask): Task {
    if (!action.retryOptions) throw new Error('An action with retry has no retry options.');
    return withRetry(action.retryOptions, start, this.#timerSource(false), parent);
  }

  #timerSource(isCanceled: boolean): TimerSource {
    return {
      now: () => this.#clock,
      startTimer: (fireAt, parent) => void this.#timer(fireAt, parent, isCanceled),
    };
  }

  #timer(fireAt: number, parent: Task | undefined, isCanceled: boolean): Task {
    const FireAt = new Date(fireAt).toISOString();
    const { EventId } = this.#decisions.next(EventType.TimerCreated, { FireAt });
    this.#timers.add(EventId);
    if (isCanceled) this.#cancelled.add(EventId);
    return this.#opened(EventId, parent);
  }

  #opened(id: number | string, parent: Task | undefined): Task {
    const task = openTask(parent);
    this.#open.set(id, task);
    return task;
  }
}
