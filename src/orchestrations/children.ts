/** How orchestrations call others. A child that the host ends, because the worker went, comes home as an exception. */

import type { Problem } from '../domain/problems/problem.js';
import { partEnded } from '../domain/runs/hostEnded.js';
import { unexpected } from '../domain/runs/runProblems.js';
import type { RunResult } from '../domain/runs/runs.js';
import { formatRuntimeId, type RuntimeId } from '../domain/values/runtimeId.js';
import {
  instanceIdOf,
  type OrchestrationContext,
  orchestrationTask,
  parentInstanceIdOf,
  type Task,
  whenAll,
} from './durable.js';
import type { Flow } from './flow.js';

/** A child has no result: the host ended it. */
export class ChildEnded extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
    this.name = 'ChildEnded';
  }
}

/**
 * Ends an orchestration that is a part of a run and was started without one: by its name, with the durable extension's key
 * and an input that nobody has looked at. Throws, before anything is asked for.
 */
export function refuseAlone(context: OrchestrationContext, name: string): void {
  if (parentInstanceIdOf(context)) return;
  throw new Error(
    `${name} is a part of a run and does nothing without one. Ask for a run instead (POST /api/runs), and renew the durable key (az functionapp keys set --key-type systemKeys --key-name durabletask_extension) if you do not know who used it.`,
  );
}

/** An orchestration that only others start. */
export function partOfARun<T>(
  name: string,
  orchestration: (context: OrchestrationContext) => Flow<T>,
): (context: OrchestrationContext) => Flow<T> {
  return function* (context) {
    refuseAlone(context, name);
    return yield* orchestration(context);
  };
}

/** How often a child that only waits and looks is begun. */
const WAITS = 3;

/** Calls an orchestration. Throws `ChildEnded` where the host ended it. */
export function* callChild<T>(
  context: OrchestrationContext,
  name: string,
  input: unknown,
  childId: string,
): Flow<T> {
  return yield* endOf<T>(name, orchestrationTask(context, name, input, childId));
}

/** The end of a child that was called. Throws `ChildEnded` where the host ended it. */
function* endOf<T>(name: string, child: Task): Flow<T> {
  try {
    return (yield child) as T;
  } catch (error) {
    throw new ChildEnded(partEnded(name, textOf(error)));
  }
}

/**
 * Calls an orchestration that only waits and looks, so that it can begin anew where the host ended it: under an id of its
 * own each time. Throws `ChildEnded` where that keeps happening.
 *
 * @param inputOf the input of a try, counted from 1
 * @param begins hears the instance id of each try before that begins
 * @param beside another child: begun with the first try, and its end waited for with that one's, whatever it is
 */
export function* callWait<T>(
  context: OrchestrationContext,
  name: string,
  inputOf: (turn: number) => unknown,
  childId: string,
  { begins, beside }: { readonly begins?: (id: string) => void; readonly beside?: Task } = {},
): Flow<T> {
  for (let turn = 1; ; turn++) {
    const id = turn === 1 ? childId : `${childId}-a${turn}`;
    begins?.(id);
    const child = orchestrationTask(context, name, inputOf(turn), id);
    try {
      if (turn === 1 && beside) yield* callAll(context, name, [child, beside]);
      return yield* endOf<T>(name, child);
    } catch (error) {
      if (!(error instanceof ChildEnded) || turn >= WAITS) throw error;
    }
  }
}

/** Calls children side by side and waits for all of them, also where the host ended some. In the order of the tasks. */
export function* callAll<T>(
  context: OrchestrationContext,
  name: string,
  tasks: readonly Task[],
): Flow<(T | ChildEnded)[]> {
  if (tasks.length === 0) return [];
  try {
    return (yield whenAll(context, tasks)) as T[];
  } catch {
    // The first failure ends the common wait; the others go on, and each is still to be waited for.
    const results: (T | ChildEnded)[] = [];
    for (const task of tasks) {
      try {
        results.push(yield* endOf<T>(name, task));
      } catch (error) {
        results.push(error as ChildEnded);
      }
    }
    return results;
  }
}

/** A child: its instance id, and its input. */
export interface Member {
  readonly id: string;
  readonly input: object;
}

/**
 * Calls children side by side, as `callAll`. One that the host ended is run once more, under an id of its own: what the
 * host did says nothing of the child's subject. The second takes the place of the first, which can do nothing any more.
 * What the first had started goes on; whoever works on a subject is told apart by its record.
 */
export function* callMembers<T>(
  context: OrchestrationContext,
  name: string,
  members: readonly Member[],
): Flow<(T | ChildEnded)[]> {
  const start = ({ id, input }: Member) => orchestrationTask(context, name, input, id);
  const first = yield* callAll<T>(context, name, members.map(start));
  const places = first.flatMap((one, place) => (one instanceof ChildEnded ? [place] : []));
  const again = places.flatMap((place) => {
    const { id, input } = members[place] ?? {};
    return id === undefined ? [] : [{ id: `${id}-a2`, input: { ...input, inPlaceOf: id } }];
  });
  const second = yield* callAll<T>(context, name, again.map(start));
  return first.map((one, place) => second[places.indexOf(place)] ?? one);
}

/** A runtime's run that the host ended has no result: it was interrupted, and may have written before. */
export function runResultOf(ended: RunResult | ChildEnded | undefined, runtime: RuntimeId): RunResult {
  if (ended && !(ended instanceof ChildEnded)) return ended;
  const problem = ended?.problem ?? partEnded('runtimeRun', undefined);
  return {
    outcome: 'interrupted',
    runtime: formatRuntimeId(runtime),
    summary: problem.message,
    problem,
    changed: true,
    trail: [],
  };
}

/**
 * What to say of an exception that ended a run's work: what the host ended is no defect of the app. Says it in the log,
 * too, where an alert looks for what is one.
 *
 * @param what the run, as a sentence begins with it
 */
export function explained(context: OrchestrationContext, what: string, error: unknown): Problem {
  if (error instanceof ChildEnded) {
    context.warn(`run ${instanceIdOf(context)}: ${error.message}`);
    return error.problem;
  }
  context.error(`run ${instanceIdOf(context)} failed unexpectedly`, error);
  return unexpected(what);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
