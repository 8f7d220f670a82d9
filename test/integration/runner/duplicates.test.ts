import { afterAll, beforeAll, expect, it } from 'vitest';
import { openRunnerBed, type RunnerBed } from './bed.js';

let bed: RunnerBed;

beforeAll(async () => {
  bed = await openRunnerBed();
});
afterAll(() => bed.close());

const twice = (subject: string) =>
  bed.kernel.faults.add({
    match: { service: 'host', operation: 'after-dispatch', subject },
    action: { kind: 'duplicate' },
  });

it('lets all that an episode asks for come twice, and does not tell the two apart', async () => {
  twice('doubled doubles');
  expect(await bed.outcome('doubles', 'doubled', { key: 'doubled' })).toMatchObject({
    runtimeStatus: 'Completed',
    output: 'done',
  });
  expect(await (await bed.api('entities/counter/doubled')).json()).toBe(2);
  expect(bed.calls.get('doubled/activity')).toBe(2);
  expect(bed.calls.get('doubled-child')).toBe(2);
});

it('continues as new twice: the second takes the place of the first', async () => {
  twice('new doubles');
  await bed.outcome('doubles', 'new', { key: 'new', round: 0 });

  // Twice in each of two executions would be four.
  expect(Number(bed.calls.get('new/activity'))).toBeGreaterThan(4);
  expect(await bed.status('new')).toMatchObject({ runtimeStatus: 'Completed', output: 'done' });
});

it('lets nothing come twice by itself', async () => {
  await bed.outcome('doubles', 'single', { key: 'single', round: 0 });
  expect(await (await bed.api('entities/counter/single')).json()).toBe(2);
  expect(bed.calls.get('single/activity')).toBe(2);
  expect(bed.calls.get('single/round')).toBe(2);
});
