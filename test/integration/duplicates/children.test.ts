import { afterEach, describe, expect, it } from 'vitest';
import { readRun } from '../../../local/demo/follow.js';
import { THEIR_OWN } from '../../faults/portal.js';
import { enable, type TestCloud } from '../app/harness.js';
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
import { child, doubled, doubledThree, expectOneBack, expectRotated } from './doubled.js';

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

const FOUR = ['one', 'two', 'three', 'four'];
const ONCE = { times: 1 };

/** Lets the rotation come to this step. */
async function runUntilStep({ client }: TestCloud, id: string, name: string): Promise<void> {
  for (let slice = 0; slice < 100; slice++) {
    if (((await readRun(client, id)) as ShownRotation).step?.name === name) return;
    await client.run({ maxSeconds: 20 });
  }
  throw new Error(`The rotation ${id} did not come to "${name}".`);
}

describe('an access check that is started again', () => {
  // All of Airflow is up ten seconds after the check has begun: then it is asked, and answers within half a minute.
  it.each([1, 13, 18, 24])('after %s s is judged by the nonce that its DAG run got', async (seconds) => {
    cloud = await doubled([child('checkAccess', seconds)]);
    expect((await enable(cloud, { name: 'one' })).outcome).toBe('enabled');
  });

  it.each([
    { when: 'before it is written', skip: 2, seconds: 12 },
    { when: 'before it is written', skip: 2, seconds: 40 },
    { when: 'after that', skip: 3, seconds: 18 },
    { when: 'after that', skip: 3, seconds: 40 },
  ])('after $seconds s does not fail the pilot $when', async ({ skip, seconds }) => {
    cloud = await doubled([child('checkAccess', seconds, { skip, times: 1 })], ['one', 'two']);
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
    cloud = await doubledThree([child('moveGroup', 75, ONCE)]);
    await expectOneBack(cloud);
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

  it('gives nobody the place of another', async () => {
    const configText = rotationConfig([], '60');
    cloud = await doubled([child('moveGroup', 100, ONCE)], FOUR, { configText });
    const id = await startRotation(cloud);
    await runUntilStep(cloud, id, 'move the pilot four');
    // Somebody changes two of them just before: the app waits until they are ready, while the others are written.
    for (const name of ['three', 'two']) {
      await cloud.client.setLifecycle({ startSeconds: 900 }, name);
      await cloud.client.createRuntime({ name, airflowProperties: THEIR_OWN });
    }
    const run = await followRotation(cloud, id);
    expect.soft(run.result?.counts).toMatchObject({ carriers: 4, moved: 4 });
    await expectRotated(cloud, run, FOUR);
  });
});
