import type { OrchestrationContext, Task } from 'durable-functions';
import { describe, expect, it } from 'vitest';
import { ChildEnded, callAll, callWait, runResultOf } from '../../../src/orchestrations/children.js';

const RUNTIME = { kind: 'any', id: '/places/f/etl', name: 'f/etl' };
const GONE = new Error(
  "Orchestrator function 'awaitRuntime' failed: worker gone \n Message: worker gone, StackTrace: at x (y.js:1:2)",
);

/** A child: the id that it is called with, and how it ends. */
interface Child {
  readonly id: string;
  readonly input?: unknown;
  readonly end: unknown;
}

/** A host on which children end as told, one after the other; an `Error` is one that the host ended. */
function hostWith(...ends: unknown[]) {
  const called: Child[] = [];
  const df = {
    callSubOrchestrator(_: string, input: unknown, id: string): Task {
      const child: Child = { id, input, end: ends[called.length] };
      called.push(child);
      return child as unknown as Task;
    },
    Task: { all: (tasks: Task[]) => ({ all: tasks }) as unknown as Task },
  };
  const endOf = (task: unknown): unknown => {
    const { all, end } = task as { all?: unknown[]; end?: unknown };
    return all ? (all.map(endOf).find((one) => one instanceof Error) ?? all.map(endOf)) : end;
  };
  return {
    context: { df } as unknown as OrchestrationContext,
    called,
    carryOut<T>(flow: Generator<unknown, T>): T {
      let step = flow.next();
      while (!step.done) {
        const end = endOf(step.value);
        step = end instanceof Error ? flow.throw(end) : flow.next(end);
      }
      return step.value;
    },
  };
}

describe('a child that only waits', () => {
  it('begins anew, under an id of its own, where the host ended it', () => {
    const host = hostWith(GONE, GONE, 'ready');
    const told: string[] = [];
    const begins = (id: string) => {
      expect(host.called.length).toBe(told.length);
      told.push(id);
    };
    const flow = callWait(host.context, 'awaitRuntime', (turn) => ({ turn }), 'rq-1-1-ready', { begins });

    expect(host.carryOut(flow)).toBe('ready');
    expect(host.called.map(({ id }) => id)).toEqual(['rq-1-1-ready', 'rq-1-1-ready-a2', 'rq-1-1-ready-a3']);
    expect(told).toEqual(host.called.map(({ id }) => id));
    expect(host.called.map(({ input }) => input)).toEqual([{ turn: 1 }, { turn: 2 }, { turn: 3 }]);
  });

  it('has another child beside its first try, which is waited for and called once, however it ends', () => {
    for (const end of ['checked', GONE]) {
      const host = hostWith(end, GONE, 'proven');
      const beside = host.context.df.callSubOrchestrator('runtimeRun', {}, 'rq-1-1-0a');
      const flow = callWait(host.context, 'proveInARow', () => ({}), 'rq-1-2', { beside });

      expect(host.carryOut(flow)).toBe('proven');
      expect(host.called.map(({ id }) => id)).toEqual(['rq-1-1-0a', 'rq-1-2', 'rq-1-2-a2']);
    }
  });

  it('is given up where that keeps happening, as what it is and not as a defect', () => {
    const host = hostWith(GONE, GONE, GONE);
    const flow = callWait(host.context, 'awaitRuntime', () => ({}), 'rq-1-1-ready');

    expect(() => host.carryOut(flow)).toThrow(ChildEnded);
    expect(host.called).toHaveLength(3);
  });
});

describe('children side by side', () => {
  it('are all waited for where the host ended one, in their order', () => {
    const host = hostWith('a', GONE, 'c');
    const tasks = ['1', '2', '3'].map((id) => host.context.df.callSubOrchestrator('x', {}, id));
    const [first, second, third] = host.carryOut(callAll<string>(host.context, 'runtimeRun', tasks));

    expect([first, third]).toEqual(['a', 'c']);
    expect(second).toBeInstanceOf(ChildEnded);
    expect((second as ChildEnded).problem).toMatchObject({
      code: 'hostEnded',
      message: expect.stringMatching(/part of the run \(runtimeRun\).*worker gone$/),
    });
  });

  it('may be none', () => {
    const host = hostWith();

    expect(host.carryOut(callAll(host.context, 'runtimeRun', []))).toEqual([]);
  });
});

describe("a runtime's run that the host ended", () => {
  it('counts as interrupted, and as one that may have written', () => {
    const problem = { code: 'hostEnded', message: 'm', remedy: 'r' } as const;

    expect(runResultOf(new ChildEnded(problem), RUNTIME)).toMatchObject({
      outcome: 'interrupted',
      changed: true,
      problem,
      runtime: '/places/f/etl',
    });
  });
});
