/** Runs of runtimes, of which a rotation starts one for each, that are started again. */
import { afterEach, describe, expect, it } from 'vitest';
import type { TestCloud } from '../app/harness.js';
import { rotate, rotationConfig } from '../app/rotationHarness.js';
import { child, doubled, doubledThree, expectOneBack, expectRotated } from './doubled.js';

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

const ONCE = { times: 1 };

describe('the run of one runtime in a rotation that is started again', () => {
  it.each([1, 45, 62, 75, 100, 700])('after %s s ends as it would', async (seconds) => {
    const names = ['one', 'two', 'three'];
    cloud = await doubled([child('runtimeRun', seconds)], names);
    const run = await rotate(cloud);
    expect.soft(run.result?.counts).toMatchObject({ carriers: 3, moved: 3 });
    await expectRotated(cloud, run, names);
  });

  it('still goes back where it fails its check', async () => {
    cloud = await doubledThree([child('runtimeRun', 45)]);
    await expectOneBack(cloud);
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
