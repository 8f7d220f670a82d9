/**
 * The host's side of a replay: walks the list of actions that the SDK returns along the history, gives every action
 * the id that the SDK gave it, and says which of them are new. What the history has under an id and what the
 * orchestrator asks for under it must agree: if they do not, the orchestrator is not deterministic.
 */
import {
  type Action,
  ActionType,
  type Decision,
  EventType,
  type HistoryEvent,
  type RetryOptions,
} from './history.js';

export class NonDeterminismError extends Error {}

export interface WalkInput {
  readonly history: readonly HistoryEvent[];
  readonly actions: readonly Action[];
  readonly instanceId: string;
  readonly executionId: string;
  readonly maxShortTimerMs: number;
  readonly longTimerIntervalMs: number;
  /** A GUID that is the same whenever this event of this execution is walked again. */
  guid(eventId: number): string;
}

export interface WalkResult {
  readonly decisions: readonly Decision[];
  /** Ids of what is still waited for; an entity's answer goes by the id of the request message. */
  readonly open: readonly (number | string)[];
  readonly continueAsNew: { readonly input: unknown } | undefined;
  readonly cancelledTimers: ReadonlySet<number>;
  /** Timers that were made and neither fired nor cancelled. */
  readonly liveTimers: readonly number[];
  /** Releases that the host adds when an orchestration ends with locks held. */
  releaseLocks(): readonly Decision[];
}

/** A node of the tree of tasks that the orchestrator waits on. */
interface Node {
  state: 'open' | 'done' | 'failed';
  readonly parent: Node | undefined;
  /** Settled the moment it is started: nothing is waited for. */
  immediate?: boolean;
  onChild?: (child: Node) => void;
}

const SCHEDULED = new Set<number>([
  EventType.TaskScheduled,
  EventType.SubOrchestrationInstanceCreated,
  EventType.TimerCreated,
  EventType.EventSent,
]);

export function walk(input: WalkInput): WalkResult {
  return new Walk(input).run();
}

class Walk {
  readonly #input: WalkInput;
  readonly #scheduled = new Map<number, HistoryEvent>();
  readonly #open = new Map<number | string, Node>();
  readonly #waiters = new Map<string, Node[]>();
  readonly #buffered = new Map<string, number>();
  readonly #decisions: Decision[] = [];
  readonly #cancelled = new Set<number>();
  readonly #timers = new Set<number>();
  #nextId = 0;
  #nextAction = 0;
  #current: Node | undefined;
  #clock = 0;
  #continueAsNew: { input: unknown } | undefined;
  #locks: { id: string; set: { name: string; key: string }[] } | undefined;

  constructor(input: WalkInput) {
    this.#input = input;
    for (const event of input.history)
      if (SCHEDULED.has(event.EventType)) this.#scheduled.set(event.EventId, event);
  }

  run(): WalkResult {
    for (const event of this.#input.history) this.#take(event);
    return {
      decisions: this.#decisions,
      open: [...this.#open.keys()],
      continueAsNew: this.#continueAsNew,
      cancelledTimers: this.#cancelled,
      liveTimers: [...this.#timers].filter((id) => this.#open.has(id) && !this.#cancelled.has(id)),
      releaseLocks: () => {
        const before = this.#decisions.length;
        this.#release();
        return this.#decisions.slice(before);
      },
    };
  }

  #take(event: HistoryEvent): void {
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

  #raised(name: string): void {
    if (this.#open.has(name)) {
      this.#hit(name, 'done');
      return;
    }
    // The newest waiter is served first, in the host as in the SDK.
    const waiter = this.#waiters.get(name)?.pop();
    if (waiter) {
      this.#settle(waiter, 'done');
      this.#advance();
    } else this.#buffered.set(name, (this.#buffered.get(name) ?? 0) + 1);
  }

  #hit(key: number | string | undefined, state: 'done' | 'failed'): void {
    const node = key === undefined ? undefined : this.#open.get(key);
    if (!node || key === undefined) return;
    this.#open.delete(key);
    this.#settle(node, state);
    this.#advance();
  }

  #settle(node: Node, state: 'done' | 'failed'): void {
    if (node.state !== 'open') return;
    node.state = state;
    node.parent?.onChild?.(node);
  }

  #advance(): void {
    const { actions } = this.#input;
    while (this.#current?.state !== 'open' && this.#nextAction < actions.length) {
      const action = actions[this.#nextAction++];
      if (!action) return;
      this.#current = this.#start(action, undefined);
      if (this.#current.immediate) this.#current.state = 'done';
    }
  }

  #start(action: Action, parent: Node | undefined): Node {
    switch (action.actionType) {
      case ActionType.CallActivity:
        return this.#task(action, parent);
      case ActionType.CallActivityWithRetry:
        return this.#retried(action, parent, (node) => this.#task(action, node));
      case ActionType.CallSubOrchestrator:
        return this.#subOrchestration(action, parent);
      case ActionType.CallSubOrchestratorWithRetry:
        return this.#retried(action, parent, (node) => this.#subOrchestration(action, node));
      case ActionType.CreateTimer:
        return this.#createTimer(action, parent);
      case ActionType.WaitForExternalEvent:
        return this.#waitForEvent(action.externalEventName ?? '', parent);
      case ActionType.CallEntity:
      case ActionType.SignalEntity:
        return this.#entity(action, parent);
      case ActionType.LockEntities:
        return this.#lock(action, parent);
      case ActionType.ReleaseEntities:
        this.#release();
        return { state: 'open', parent, immediate: true };
      case ActionType.ContinueAsNew:
        this.#continueAsNew = { input: action.input };
        return { state: 'open', parent, immediate: true };
      case ActionType.WhenAll:
      case ActionType.WhenAny:
        return this.#compound(action, parent);
      default:
        throw new Error(
          `The runner does not carry out action type ${action.actionType}${action.actionType === ActionType.CallHttp ? ' (callHttp)' : ''}.`,
        );
    }
  }

  #task(action: Action, parent: Node | undefined): Node {
    const { node, id } = this.#opened(parent);
    this.#need(id, EventType.TaskScheduled, {
      Name: action.functionName ?? '',
      Version: '',
      Input: JSON.stringify([action.input ?? null]),
    });
    return node;
  }

  #subOrchestration(action: Action, parent: Node | undefined): Node {
    const { node, id } = this.#opened(parent);
    const event = this.#need(id, EventType.SubOrchestrationInstanceCreated, {
      Name: action.functionName ?? '',
      Version: '',
      Input: action.input === undefined ? null : JSON.stringify(action.input),
    });
    event.InstanceId ??= action.instanceId || `${this.#input.executionId}:${id.toString(16)}`;
    return node;
  }

  #timer(fireAt: number, parent: Node | undefined): { node: Node; id: number } {
    const opened = this.#opened(parent);
    this.#timers.add(opened.id);
    this.#need(opened.id, EventType.TimerCreated, { FireAt: new Date(fireAt).toISOString() });
    return opened;
  }

  /** A timer beyond the back end's limit is a chain of shorter ones. */
  #createTimer(action: Action, parent: Node | undefined): Node {
    const { maxShortTimerMs, longTimerIntervalMs } = this.#input;
    const fireAt = Date.parse(action.fireAt ?? '');
    if (fireAt - this.#clock <= maxShortTimerMs) {
      const { node, id } = this.#timer(fireAt, parent);
      if (action.isCanceled) this.#cancelled.add(id);
      return node;
    }
    const chain: Node = { state: 'open', parent };
    const hop = (): void => {
      const next = fireAt - this.#clock > maxShortTimerMs ? this.#clock + longTimerIntervalMs : fireAt;
      const { id } = this.#timer(next, chain);
      if (action.isCanceled) this.#cancelled.add(id);
    };
    chain.onChild = () => {
      if (fireAt > this.#clock) hop();
      else this.#settle(chain, 'done');
    };
    hop();
    return chain;
  }

  /** One action, many events: after each failure, the last included, comes a timer, then the next attempt. */
  #retried(action: Action, parent: Node | undefined, start: (node: Node) => Node): Node {
    const node: Node = { state: 'open', parent };
    const options = action.retryOptions;
    if (!options) throw new Error('An action with retry has no retry options.');
    const firstAttemptAt = this.#clock;
    let attempt = 1;
    let waiting = false;
    node.onChild = (child) => {
      if (waiting) {
        waiting = false;
        if (attempt > options.maxNumberOfAttempts) this.#settle(node, 'failed');
        else start(node);
      } else if (child.state === 'done') this.#settle(node, 'done');
      else {
        const delay = retryDelay(options, attempt, firstAttemptAt, this.#clock);
        attempt++;
        waiting = true;
        this.#timer(this.#clock + delay, node);
      }
    };
    start(node);
    return node;
  }

  #waitForEvent(name: string, parent: Node | undefined): Node {
    const buffered = this.#buffered.get(name) ?? 0;
    if (buffered > 0) {
      this.#buffered.set(name, buffered - 1);
      return { state: 'open', parent, immediate: true };
    }
    const node: Node = { state: 'open', parent };
    this.#waiters.set(name, [...(this.#waiters.get(name) ?? []), node]);
    return node;
  }

  #entity(action: Action, parent: Node | undefined): Node {
    const signal = action.actionType === ActionType.SignalEntity;
    const id = this.#nextId++;
    const node: Node = { state: 'open', parent };
    const request = {
      op: action.operation,
      ...(signal ? { signal: true } : {}),
      ...(action.input === undefined ? {} : { input: JSON.stringify(action.input) }),
      id: this.#input.guid(id),
      parent: this.#input.instanceId,
    };
    const event = this.#need(id, EventType.EventSent, { Name: 'op', InstanceId: action.instanceId ?? '' });
    event.Input ??= JSON.stringify(request);
    if (signal) return { ...node, immediate: true };
    this.#open.set((JSON.parse(event.Input) as { id: string }).id, node);
    return node;
  }

  #lock(action: Action, parent: Node | undefined): Node {
    const id = this.#nextId++;
    const node: Node = { state: 'open', parent };
    const set = action.lockSet ?? [];
    this.#locks = { id: action.lockRequestId ?? '', set };
    const event = this.#need(id, EventType.EventSent, { Name: 'op', InstanceId: entityId(set[0]) });
    event.Input ??= JSON.stringify({
      id: action.lockRequestId,
      parent: this.#input.instanceId,
      lockset: set,
      pos: 0,
    });
    this.#open.set(action.lockRequestId ?? '', node);
    return node;
  }

  #release(): void {
    if (!this.#locks) return;
    for (const entity of this.#locks.set) {
      const id = this.#nextId++;
      const event = this.#need(id, EventType.EventSent, { Name: 'release', InstanceId: entityId(entity) });
      event.Input ??= JSON.stringify({ parent: this.#input.instanceId, id: this.#locks.id });
    }
    this.#locks = undefined;
  }

  #compound(action: Action, parent: Node | undefined): Node {
    const all = action.actionType === ActionType.WhenAll;
    const wanted = action.compoundActions ?? [];
    const children: Node[] = [];
    const node: Node = { state: 'open', parent };
    node.onChild = (child) => {
      if (!all) this.#settle(node, 'done');
      else if (child.state === 'failed') this.#settle(node, 'failed');
      else if (children.length === wanted.length && children.every((each) => each.state === 'done')) {
        this.#settle(node, 'done');
      }
    };
    for (const each of wanted) children.push(this.#start(each, node));
    for (const child of children) if (child.immediate) this.#settle(child, 'done');
    // Nothing to wait for: Task.all([]) is done at once.
    if (wanted.length === 0) node.immediate = true;
    return node;
  }

  #opened(parent: Node | undefined): { node: Node; id: number } {
    const node: Node = { state: 'open', parent };
    const id = this.#nextId++;
    this.#open.set(id, node);
    return { node, id };
  }

  /** The event of the history under this id, which must fit; or a new decision. */
  #need(id: number, type: number, fields: Partial<HistoryEvent>): Decision {
    const known = this.#scheduled.get(id);
    if (!known) {
      const decision: Decision = { EventType: type, EventId: id, ...fields };
      this.#decisions.push(decision);
      return decision;
    }
    const fits =
      known.EventType === type &&
      (fields.Name === undefined || known.Name === fields.Name) &&
      (type !== EventType.EventSent || known.InstanceId === fields.InstanceId);
    if (!fits) {
      throw new NonDeterminismError(
        `Non-deterministic orchestrator: event ${id} of the history is type ${known.EventType} '${known.Name ?? ''}', the replay asks for type ${type} '${fields.Name ?? ''}'.`,
      );
    }
    return known as Decision;
  }
}

/** The pause after a failed attempt, as the Durable Task Framework computes it; 0 once the retry time-out is over. */
function retryDelay(options: RetryOptions, attempt: number, firstAttemptAt: number, now: number): number {
  const { retryTimeoutInMilliseconds: timeout, maxRetryIntervalInMilliseconds: longest } = options;
  if (timeout && now - firstAttemptAt >= timeout) return 0;
  const delay = options.firstRetryIntervalInMilliseconds * (options.backoffCoefficient || 1) ** (attempt - 1);
  return Math.min(delay, longest || Number.POSITIVE_INFINITY);
}

function entityId(entity: { name: string; key: string } | undefined): string {
  return entity ? `@${entity.name.toLowerCase()}@${entity.key}` : '';
}
