/** A rotation whose orchestration begins again goes on from what there is, and says how things are at its end. */
import { afterEach, describe, expect, it } from 'vitest';
import { readRun } from '../../../local/demo/follow.js';
import type { TestCloud } from './harness.js';
import {
  beginAgain,
  fleet,
  followRotation,
  keys,
  NO_SWEEP,
  rotationConfig,
  type ShownRotation,
  startRotation,
} from './rotationHarness.js';

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

async function until(id: string, there: (run: ShownRotation) => boolean): Promise<void> {
  for (let slices = 0; slices < 400; slices++) {
    if (there((await readRun(cloud.client, id)) as ShownRotation)) return;
    await cloud.client.run({ maxSeconds: 10 });
  }
  throw new Error(`The run ${id} never got there.`);
}

describe('a rotation that begins again', () => {
  it.each([
    ['once its pilot has moved', ({ step }: ShownRotation) => step?.name === 'move 2 runtimes', 0],
    ['in its overlap', ({ overlapUntil }: ShownRotation) => overlapUntil !== undefined, 1800],
  ])('%s: counts whom it has moved before, and who has come since', async (_, there, seconds) => {
    cloud = await fleet(['one', 'two', 'three'], rotationConfig(['overlapHours: 2']), NO_SWEEP);
    const id = await startRotation(cloud);
    await until(id, there);
    await cloud.client.createRuntime({ name: 'four' });
    if (seconds > 0) await cloud.client.run({ maxSeconds: seconds });
    await beginAgain(cloud, id);
    const run = await followRotation(cloud, id);

    expect(run).toMatchObject({
      outcome: 'rotated',
      summary: expect.stringContaining(`4 of 4 runtimes have ${run.result?.to};`),
      result: { counts: { carriers: 4, failed: 0, moved: 4 } },
    });
    expect(await keys(cloud)).toEqual([run.result?.to]);
  });
});
