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
  | Timer
  | { readonly kind: 'event'; readonly name: string }
  | { readonly kind: 'all'; readonly all: readonly Asked[] }
  | { readonly kind: 'any'; readonly any: readonly Asked[] };

interface Timer {
  readonly kind: 'timer';
  readonly at: number;
  cancel(): void;
}

/** Who answers. What is thrown reaches the flow as the host would let it. */
export interface Answers {
  activity?(name: string, input: unknown, now: number): Promise<unknown>;
  /** Its result, and when it ended. */
  orchestration?(name: string, input: unknown, id: string, now: number): Promise<Ended>;
  entity?(name: string, key: string, operation: string, input: unknown, now: number): Promise<unknown>;
  /** When the next event of that name comes to whoever waits for it from then on, if any does; milliseconds. */
  event?(name: string, now: number): number | undefined;
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
  /** Of several, side by side, the place of the one that was first. */
  readonly first?: number;
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
    const cancelled = new Set<Asked>();
    const open = new Set<Asked>();
    const generator = flow(contextOf({ input, id, clock: () => clock, told, cancelled }));
    let yielded = generator.next();
    for (const past of history) {
      if (yielded.done || JSON.stringify(yielded.value) !== past.asked) {
        throw new Error(`A replay asks for ${JSON.stringify(yielded.value)} instead of ${past.asked}.`);
      }
      clock = past.now;
      const { first, value } = past;
      const { any = [] } = yielded.value as { any?: readonly Asked[] };
      for (const [place, one] of any.entries()) if (place !== first && one.kind === 'timer') open.add(one);
      const given = first === undefined ? value : any[first];
      yielded = past.error ? generator.throw(past.error) : generator.next(given);
    }
    if (yielded.done) {
      // The host would keep the instance running until it has fired.
      if ([...open].some((one) => !cancelled.has(one)))
        throw new Error('The orchestration leaves a timer open.');
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
  if (wanted.kind === 'any') {
    const { first, at } = firstOf(wanted.any, answers, now);
    return { ...step, now: Math.max(now + 1, at), first };
  }
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
      return at(await answers.entity?.(wanted.name, wanted.key, wanted.operation, copied(wanted.input), now));
    case 'all':
      return allOf(wanted.all, answers, now);
    case 'timer':
      return { result: undefined, now: Math.max(now + 1, wanted.at) };
    case 'event':
    case 'any':
      throw new Error(`Nothing answers ${JSON.stringify(wanted)} here.`);
  }
}

/** Of timers and events, which comes first: its place, and when. */
function firstOf(any: readonly Asked[], answers: Answers, now: number): { first: number; at: number } {
  const moments = any.map((one) => {
    if (one.kind === 'timer') return one.at;
    if (one.kind === 'event') return answers.event?.(one.name, now) ?? Number.POSITIVE_INFINITY;
    throw new Error(`Nothing answers ${JSON.stringify(one)} in a race.`);
  });
  const at = Math.min(...moments);
  return { first: moments.indexOf(at), at };
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
  readonly cancelled: Set<Asked>;
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
    createTimer: (at: Date): Timer => {
      const made: Timer = { kind: 'timer', at: at.getTime(), cancel: () => of.cancelled.add(made) };
      return made;
    },
    waitForExternalEvent: (name: string): Asked => ({ kind: 'event', name }),
    Task: {
      all: (all: Asked[]): Asked => ({ kind: 'all', all }),
      any: (any: Asked[]): Asked => ({ kind: 'any', any }),
    },
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
