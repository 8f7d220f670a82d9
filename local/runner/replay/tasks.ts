/**
 * The tree of tasks that an orchestrator waits on, and by what each kind of task is done or failed. It knows neither
 * the history nor ids: whoever starts a task says how its children are started.
 */
import type { RetryOptions } from '../history.js';

export interface Task {
  state: 'open' | 'done' | 'failed';
  readonly parent: Task | undefined;
  /** Settled the moment it is started: nothing is waited for. */
  immediate?: boolean;
  onChild?: (child: Task) => void;
}

/** Starts a task as the child of another. */
export type StartTask = (parent: Task) => Task;

/** How a task that takes several timers sets one and tells the time, in milliseconds since the epoch. */
export interface TimerSource {
  now(): number;
  startTimer(fireAt: number, parent: Task): void;
}

/** A task that is still waited for. */
export function openTask(parent: Task | undefined): Task {
  return { state: 'open', parent };
}

/** A task that waits for nothing. */
export function immediateTask(parent: Task | undefined): Task {
  return { state: 'open', parent, immediate: true };
}

/** Ends a task and tells its parent. Nothing where it has ended before. */
export function settle(task: Task, state: 'done' | 'failed'): void {
  if (task.state !== 'open') return;
  task.state = state;
  task.parent?.onChild?.(task);
}

/** Starts all children; done with the first that ends, also where that one has failed. */
export function whenAny(starts: readonly StartTask[], parent: Task | undefined): Task {
  const task = openTask(parent);
  task.onChild = () => settle(task, 'done');
  startChildren(task, starts, []);
  return task;
}

/** Starts all children; done once all are, failed with the first failure. */
export function whenAll(starts: readonly StartTask[], parent: Task | undefined): Task {
  const task = openTask(parent);
  const children: Task[] = [];
  const settleWhereAllAreDone = () => {
    if (children.length === starts.length && children.every((each) => each.state === 'done'))
      settle(task, 'done');
  };
  task.onChild = (child) => {
    if (child.state === 'failed') settle(task, 'failed');
    else settleWhereAllAreDone();
  };
  startChildren(task, starts, children);
  // A child that ended as it started was not among the children yet when it told.
  if (starts.length > 0) settleWhereAllAreDone();
  return task;
}

/** Adds to `children` while it starts them: a child may end, and tell its parent, before the last has started. */
function startChildren(task: Task, starts: readonly StartTask[], children: Task[]): void {
  for (const start of starts) children.push(start(task));
  for (const child of children) if (child.immediate) settle(child, 'done');
  // Nothing to wait for: Task.all([]) is done at once.
  if (starts.length === 0) task.immediate = true;
}

/**
 * One task, many attempts: after each failure comes a timer, then the next attempt. The SDK wants a timer after the last
 * failure, too; the extension makes that one of 0.
 */
export function withRetry(
  options: RetryOptions,
  start: StartTask,
  timers: TimerSource,
  parent: Task | undefined,
): Task {
  const task = openTask(parent);
  const firstAttemptAt = timers.now();
  let attempt = 1;
  let waiting = false;
  task.onChild = (child) => {
    if (waiting) {
      waiting = false;
      if (attempt > options.maxNumberOfAttempts) settle(task, 'failed');
      else start(task);
    } else if (child.state === 'done') settle(task, 'done');
    else {
      const now = timers.now();
      const delay = retryDelay(options, attempt, firstAttemptAt, now);
      attempt++;
      waiting = true;
      timers.startTimer(now + delay, task);
    }
  };
  start(task);
  return task;
}

/** The pause after a failed attempt; 0 after the last, and once the retry time-out is over. */
function retryDelay(options: RetryOptions, attempt: number, firstAttemptAt: number, now: number): number {
  const { retryTimeoutInMilliseconds: timeout, maxRetryIntervalInMilliseconds: longest } = options;
  if (attempt >= options.maxNumberOfAttempts) return 0;
  if (timeout && now - firstAttemptAt >= timeout) return 0;
  const delay = options.firstRetryIntervalInMilliseconds * (options.backoffCoefficient || 1) ** (attempt - 1);
  return Math.min(delay, longest || Number.POSITIVE_INFINITY);
}

/** A timer beyond the back end's limit (`maxShortTimerMs`) is a chain of shorter ones. */
export function longTimer(
  fireAt: number,
  limits: { readonly maxShortTimerMs: number; readonly longTimerIntervalMs: number },
  timers: TimerSource,
  parent: Task | undefined,
): Task {
  const chain = openTask(parent);
  const hop = (): void => {
    const now = timers.now();
    timers.startTimer(
      fireAt - now > limits.maxShortTimerMs ? now + limits.longTimerIntervalMs : fireAt,
      chain,
    );
  };
  chain.onChild = () => {
    if (fireAt > timers.now()) hop();
    else settle(chain, 'done');
  };
  hop();
  return chain;
}
