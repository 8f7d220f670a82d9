/**
 * Drives an orchestration as the durable host does: each step begins its generator anew and replays it to where it was. So a
 * flow that asks for something else in a replay is found out, and a test needs no host.
 */
import type { EntityId, OrchestrationContext } from 'durable-functions';

/** What a flow asks the host for. */
type Asked =
  | { readonly kind: 'activity'; readonly name: string; readonly input: unknown }
  | { readonly kind: 'orchestration'; readonly name: string; readonly input: unknown; readonly id: string }
  | {
      readonly kind: 'entity';
      readonly name: string;
      readonly key: string;
      readonly operation: string;
      readonly input: unknown;
    }
  | { readonly kind: 'timer'; readonly at: number }
  | { readonly kind: 'all'; readonly all: readonly Asked[] };

/** Who answers. What is thrown reaches the flow as the host would let it. */
export interface Answers {
  activity?(name: string, input: unknown, now: number): Promise<unknown>;
  /** Its result, and when it ended. */
  orchestration?(name: string, input: unknown, id: string, now: number): Promise<Ended>;
  entity?(name: string, key: string, operation: string, input: unknown): Promise<unknown>;
}

/** A value, and the moment from which it is there, in milliseconds since the epoch. */
interface Ended<T = unknown> {
  readonly result: T;
  readonly now: number;
}

export interface Replayed<T> extends Ended<T> {
  /** What the flow asked for, in order. */
  readonly asked: readonly Asked[];
  /** How often it continued as new. */
  readonly continued: number;
}

/** How an answer came: the moment of the step that it leads to, and a value or an exception. */
interface Step {
  readonly asked: string;
  readonly now: number;
  readonly value?: unknown;
  readonly error?: Error;
}

/** A flow that never ends is a mistake of its own. */
const MOST_STEPS = 500;

/** Runs an orchestration to its end. */
export async function replay<T>(
  flow: (context: OrchestrationContext) => Generator<unknown, T | undefined>,
  answers: Answers,
  { input, id = 'run-1', now = 0 }: { readonly input?: unknown; readonly id?: string; readonly now?: number },
): Promise<Replayed<T>> {
  const asked: Asked[] = [];
  let [given, moment] = [input, now];
  for (let continued = 0; continued < MOST_STEPS; continued++) {
    const ended = await execute(flow, answers, { input: given, id, now: moment, asked });
    moment = ended.now;
    if (!('next' in ended)) return { result: ended.result as T, asked, now: moment, continued };
    given = ended.next;
  }
  throw new Error('The orchestration continues as new without an end.');
}

interface Execution {
  readonly input: unknown;
  readonly id: string;
  readonly now: number;
  readonly asked: Asked[];
}

async function execute<T>(
  flow: (context: OrchestrationContext) => Generator<unknown, T | undefined>,
  answers: Answers,
  { input, id, now, asked }: Execution,
): Promise<{ readonly now: number } & ({ readonly result: T | undefined } | { readonly next: unknown })> {
  const history: Step[] = [];
  for (let step = 0; step < MOST_STEPS; step++) {
    let clock = now;
    const told: { next?: { readonly input: unknown } } = {};
    const generator = flow(contextOf({ input, id, clock: () => clock, told }));
    let yielded = generator.next();
    for (const past of history) {
      if (yielded.done || JSON.stringify(yielded.value) !== past.asked) {
        throw new Error(`A replay asks for ${JSON.stringify(yielded.value)} instead of ${past.asked}.`);
      }
      clock = past.now;
      yielded = past.error ? generator.throw(past.error) : generator.next(past.value);
    }
    if (yielded.done) {
      return told.next
        ? { now: clock, next: copied(told.next.input) }
        : { now: clock, result: yielded.value };
    }
    const wanted = yielded.value as Asked;
    asked.push(wanted);
    history.push(await answered(wanted, answers, clock));
  }
  throw new Error('The orchestration asks without an end.');
}

async function answered(wanted: Asked, answers: Answers, now: number): Promise<Step> {
  const step = { asked: JSON.stringify(wanted), now: now + 1 };
  try {
    const { result, now: then } = await answerOf(wanted, answers, now);
    return { ...step, now: Math.max(now + 1, then), value: copied(result) };
  } catch (error) {
    return { ...step, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

async function answerOf(wanted: Asked, answers: Answers, now: number): Promise<Ended> {
  const at = (result: unknown): Ended => ({ result, now });
  switch (wanted.kind) {
    case 'activity':
      return at(await answers.activity?.(wanted.name, copied(wanted.input), now));
    case 'orchestration':
      return (
        (await answers.orchestration?.(wanted.name, copied(wanted.input), wanted.id, now)) ?? at(undefined)
      );
    case 'entity':
      return at(await answers.entity?.(wanted.name, wanted.key, wanted.operation, copied(wanted.input)));
    case 'all':
      return allOf(wanted.all, answers, now);
    case 'timer':
      return { result: undefined, now: Math.max(now + 1, wanted.at) };
  }
}

/** Side by side: over when the last one is. One that throws ends the common wait. */
async function allOf(all: readonly Asked[], answers: Answers, now: number): Promise<Ended> {
  const results: unknown[] = [];
  let last = now;
  for (const one of all) {
    const ended = await answerOf(one, answers, now);
    results.push(ended.result);
    last = Math.max(last, ended.now);
  }
  return { result: results, now: last };
}

function contextOf(of: {
  readonly input: unknown;
  readonly id: string;
  readonly clock: () => number;
  readonly told: { next?: { readonly input: unknown } };
}): OrchestrationContext {
  const df = {
    instanceId: of.id,
    parentInstanceId: 'parent',
    isReplaying: false,
    getInput: () => copied(of.input),
    get currentUtcDateTime() {
      return new Date(of.clock());
    },
    callActivity: (name: string, input: unknown): Asked => ({ kind: 'activity', name, input }),
    callSubOrchestrator: (name: string, input: unknown, id: string): Asked => ({
      kind: 'orchestration',
      name,
      input,
      id,
    }),
    callEntity: ({ name, key }: EntityId, operation: string, input: unknown): Asked => ({
      kind: 'entity',
      name,
      key,
      operation,
      input,
    }),
    createTimer: (at: Date): Asked => ({ kind: 'timer', at: at.getTime() }),
    Task: { all: (all: Asked[]): Asked => ({ kind: 'all', all }) },
    continueAsNew: (input: unknown) => {
      of.told.next = { input };
    },
    setCustomStatus: () => {},
  };
  const say = () => {};
  return { df, log: say, warn: say, error: say } as unknown as OrchestrationContext;
}

/** What goes through a history is JSON. */
function copied(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
