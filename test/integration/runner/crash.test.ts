import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKernel } from '../../../local/kernel/kernel.js';
import { Engine } from '../../../local/runner/engine.js';
import { Invoker } from '../../../local/runner/invoke.js';
import type { DurableFault, FaultPoint, Instance } from '../../../local/runner/state.js';
import { openTestRunner, type TestRunner } from './testRunner.js';

let runner: TestRunner;
const errors: unknown[] = [];

beforeAll(async () => {
  runner = await openTestRunner();
});
afterAll(async () => {
  await runner.close();
  expect(errors).toEqual([]);
});

type Work = readonly [name: string, input: unknown][];

const WORK: Work = [
  ['sequence', { count: 3 }],
  ['side-by-side', {}],
  ['parent', {}],
  ['counting', { key: 'crash' }],
  ['race', {}],
];
/** Runs everything on engines of its own; a crash goes on in a new engine from the last state. */
async function play(
  fault: (point: FaultPoint, where: Record<string, unknown>) => DurableFault | null,
  work: Work = WORK,
) {
  let state: ReturnType<Engine['snapshot']> | undefined;
  const virtual = createKernel({ mode: 'virtual', onError: (error) => errors.push(error) });
  for (let life = 0; life < 5; life++) {
    let crashed = false;
    const engine = new Engine({
      kernel: virtual,
      invoker: new Invoker(
        runner.host.registrations,
        () => ({}),
        () => undefined,
      ),
      fault,
      onError: (error) => {
        crashed = true;
        if (!(error instanceof Error) || error.constructor.name !== 'Crash') errors.push(error);
      },
    });
    if (state) engine.restore(state);
    else for (const [name, input] of work) engine.start(name, JSON.stringify(input), name);
    await virtual.clock.run();
    state = engine.snapshot();
    if (!crashed) break;
  }
  virtual.clock.stop();
  const instances = Object.values(state?.instances ?? {}) as Instance[];
  return {
    ledger: virtual.ledger,
    outputs: Object.fromEntries(
      instances.map(({ instanceId, status: ended, output }) => [instanceId, [ended, output]]),
    ),
    entities: Object.fromEntries(
      Object.entries(state?.entities ?? {}).map(([id, entity]) => [id, entity.state]),
    ),
  };
}

/** What an episode asked for before a crash comes again, and an entity counts both. */
function withoutCounts({ outputs }: Pick<Awaited<ReturnType<typeof play>>, 'outputs'>) {
  return Object.fromEntries(
    Object.entries(outputs).map(([id, [ended, output]]) => [id, id === 'counting' ? ended : [ended, output]]),
  );
}

it('gives the same outputs and entity states wherever it dies, or a completion is lost or doubled', async () => {
  const points: FaultPoint[] = [];
  const { ledger: _, ...whole } = await play((point) => {
    points.push(point);
    return null;
  });
  expect(points.length).toBeGreaterThan(30);
  const counts = new Set<string | null | undefined>();
  for (const [at, point] of points.entries()) {
    const kinds: DurableFault[] =
      point === 'after-activity' ? ['crash', 'lost', { kind: 'duplicate' }] : ['crash'];
    for (const kind of kinds) {
      let seen = -1;
      const { ledger: __, ...again } = await play(() => (++seen === at ? kind : null));
      const what = `${JSON.stringify(kind)} at ${at} (${point})`;
      if (point === 'after-dispatch') {
        expect(withoutCounts(again), what).toEqual(withoutCounts(whole));
        counts.add(again.entities['@counter@crash']);
      } else expect(again, what).toEqual(whole);
    }
  }
  // The episode that adds 2 and 3 was among them.
  expect(counts).toEqual(new Set(['5', '10']));
});

it('knows a child that an episode starts once more after a crash for the one that it started before', async () => {
  const mother: Work = [['mother', { key: 'crash' }]];
  let dispatches = 0;
  await play((point) => {
    if (point === 'after-dispatch') dispatches++;
    return null;
  }, mother);
  let again = 0;
  for (let at = 0; at < dispatches; at++) {
    let seen = -1;
    const { ledger } = await play(
      (point) => (point === 'after-dispatch' && ++seen === at ? 'crash' : null),
      mother,
    );
    const count = (operation: string) =>
      ledger.entries({ operation }).filter(({ subject }) => subject === 'crash-daughter').length;
    // The one before it may not have begun.
    const more = count('orchestration.started') - count('orchestration.repeated');
    expect(more, `a crash at ${at}`).toBeLessThanOrEqual(1);
    again += count('orchestration.repeated');
  }
  expect(again).toBeGreaterThan(0);
});
