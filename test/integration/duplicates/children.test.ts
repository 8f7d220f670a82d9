import { afterEach, describe, expect, it } from 'vitest';
import { THEIR_OWN } from '../../faults/portal.js';
import { enable, runtimeId, type TestCloud } from '../app/harness.js';
import {
  expectNoViolation,
  followRotation,
  keys,
  markerOf,
  rotate,
  rotationConfig,
  type ShownRotation,
  startRotation,
} from '../app/rotationHarness.js';
import { child, doubled, expectRotated } from './doubled.js';

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

const FOUR = ['one', 'two', 'three', 'four'];
const SIX = ['etl-a', 'etl-b', 'etl-c', 'etl-d', 'etl-e', 'etl-f'];
const ONCE = { times: 1 };

/** One of six fails its check: the others move, and it goes back to what it had. */
async function expectOneBack(): Promise<ShownRotation> {
  const [old] = await keys(cloud);
  await cloud.client.setAirflow('etl-d', { dags: { airlock_check: { behaviour: 'forged' } } });
  const run = await rotate(cloud);
  expect.soft(run.outcome).toBe('rotatedPartly');
  expect.soft(run.result?.stragglers).toMatchObject([{ runtime: runtimeId('etl-d'), code: 'wrongAnswer' }]);
  expect.soft(await markerOf(cloud, 'etl-d')).toBe(old);
  // It still has it.
  expect.soft(await keys(cloud)).toContain(old);
  await expectNoViolation(cloud);
  return run;
}

describe('an access check that is started again', () => {
  it.each([1, 3, 7])('after %s s is judged by the nonce that its DAG run got', async (seconds) => {
    cloud = await doubled([child('checkAccess', seconds)]);
    expect((await enable(cloud, { name: 'one' })).outcome).toBe('enabled');
  });

  it.each([12, 40])('after %s s does not fail the pilot', async (seconds) => {
    cloud = await doubled([child('checkAccess', seconds, { skip: 2, times: 1 })], ['one', 'two']);
    await expectRotated(cloud, await rotate(cloud), ['one', 'two']);
  });
});

describe('a group that is started again', () => {
  it.each([2, 50, 75, 100])(
    'after %s s has moved and proven everybody before the commit',
    async (seconds) => {
      cloud = await doubled([child('moveGroup', seconds, ONCE)], FOUR);
      const run = await rotate(cloud);
      expect.soft(run.result?.counts).toMatchObject({ carriers: 4, moved: 4 });
      await expectRotated(cloud, run, FOUR);
    },
  );

  it('still knows who failed', async () => {
    cloud = await doubled([child('moveGroup', 75, ONCE)], SIX);
    await expectOneBack();
  });

  it('takes all back where too many fail', async () => {
    cloud = await doubled([child('moveGroup', 75, ONCE)], FOUR);
    const before = await keys(cloud);
    for (const name of ['three', 'two']) {
      await cloud.client.setAirflow(name, { dags: { airlock_check: { behaviour: 'forged' } } });
    }
    const run = await rotate(cloud);
    expect.soft(run).toMatchObject({ outcome: 'rolledBack', problem: { code: 'tooManyFailed' } });
    expect.soft(await keys(cloud)).toEqual(before);
    for (const name of FOUR) expect.soft(await markerOf(cloud, name)).toBe(before[0]);
    await expectNoViolation(cloud);
  });

  it('gives nobody the place of another', { timeout: 240_000 }, async () => {
    const configText = rotationConfig([], '60');
    cloud = await doubled([child('moveGroup', 100, ONCE)], FOUR, { configText });
    let slowed = false;
    const run = await followRotation(cloud, await startRotation(cloud), {
      sliceSeconds: 20,
      each: async ({ step }) => {
        if (slowed || step?.name !== 'move the pilot four') return;
        slowed = true;
        // Somebody changes two of them just before: the app waits until they are ready, while the others are written.
        for (const name of ['three', 'two']) {
          await cloud.client.setLifecycle({ startSeconds: 900 }, name);
          await cloud.client.createRuntime({ name, airflowProperties: THEIR_OWN });
        }
      },
    });
    expect.soft(slowed).toBe(true);
    expect.soft(run.result?.counts).toMatchObject({ carriers: 4, moved: 4 });
    await expectRotated(cloud, run, FOUR);
  });
});

describe('the run of one runtime in a rotation that is started again', () => {
  it.each([1, 45, 62, 75, 100, 700])('after %s s ends as it would', async (seconds) => {
    const names = ['one', 'two', 'three'];
    cloud = await doubled([child('runtimeRun', seconds)], names);
    const run = await rotate(cloud);
    expect.soft(run.result?.counts).toMatchObject({ carriers: 3, moved: 3 });
    await expectRotated(cloud, run, names);
  });

  it('still goes back where it fails its check', async () => {
    cloud = await doubled([child('runtimeRun', 45)], SIX);
    await expectOneBack();
  });

  it.each([105, 110, 115])(
    'after %s s, between the finish of its record and its end, is no straggler',
    async (seconds) => {
      const topic = 'https://airlock-events.westeurope-1.eventgrid.azure.net/api/events';
      const configText = rotationConfig().replace(
        'version: 1\n',
        `version: 1\nevents: { topic: "${topic}" }\n`,
      );
      cloud = await doubled([child('runtimeRun', seconds, ONCE)], ['one', 'two'], { configText });
      // A topic that does not answer keeps a run for some time after everything is done.
      await cloud.client.addFault({
        match: { service: 'eventGrid' },
        action: { kind: 'status', status: 503 },
      });
      await expectRotated(cloud, await rotate(cloud), ['one', 'two']);
    },
  );
});
