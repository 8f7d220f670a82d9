import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKernel } from '../../../local/kernel/kernel.js';
import { Engine } from '../../../local/runner/engine.js';
import { Invoker } from '../../../local/runner/invoke.js';
import type { DurableFault, FaultPoint, Instance } from '../../../local/runner/state.js';
import { openRunnerBed, type RunnerBed } from './bed.js';

let bed: RunnerBed;
const errors: unknown[] = [];

beforeAll(async () => {
  bed = await openRunnerBed();
});
afterAll(async () => {
  await bed.close();
  expect(errors).toEqual([]);
});

const work: [name: string, input: unknown][] = [
  ['sequence', { count: 3 }],
  ['side-by-side', {}],
  ['parent', {}],
  ['counting', { key: 'crash' }],
  ['race', {}],
];
/** Runs everything on engines of its own; a crash goes on in a new engine from the last state. */
async function play(fault: (point: FaultPoint, where: Record<string, unknown>) => DurableFault | null) {
  let state: ReturnType<Engine['snapshot']> | undefined;
  const virtual = createKernel({ mode: 'virtual', onError: (error) => errors.push(error) });
  for (let life = 0; life < 5; life++) {
    let crashed = false;
    const engine = new Engine({
      kernel: virtual,
      invoker: new Invoker(
        bed.host.registrations,
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
    outputs: Object.fromEntries(
      instances.map(({ instanceId, status: ended, output }) => [instanceId, [ended, output]]),
    ),
    entities: Object.fromEntries(
      Object.entries(state?.entities ?? {}).map(([id, entity]) => [id, entity.state]),
    ),
  };
}

it('gives the same outputs and entity states wherever it dies, or a completion is lost or doubled', async () => {
  const points: FaultPoint[] = [];
  const whole = await play((point) => {
    points.push(point);
    return null;
  });
  expect(points.length).toBeGreaterThan(30);
  for (const [at, point] of points.entries()) {
    const kinds: DurableFault[] = point === 'after-activity' ? ['crash', 'lost', 'duplicate'] : ['crash'];
    for (const kind of kinds) {
      let seen = -1;
      const again = await play(() => (++seen === at ? kind : null));
      expect(again, `${kind} at ${at} (${point})`).toEqual(whole);
    }
  }
});
