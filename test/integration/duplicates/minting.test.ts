import { afterEach, describe, expect, it } from 'vitest';
import type { TestCloud } from '../app/harness.js';
import { keys, markerOf, rotate, rotationConfig } from '../app/rotationHarness.js';
import { activity, child, doubled, expectRotated, late } from './doubled.js';

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

const twice = activity('mintCredential', {});
const graph = (operation: string) => ({ service: 'graph', operation });
const delayed = (operation: string, seconds: number, skip = 0) =>
  cloud.client.addFault({ match: graph(operation), skip, times: 1, action: { kind: 'delay', seconds } });

describe('a mint that two hosts make at the same time', () => {
  it.each(['first', 'second'] as const)('leaves one key (%s result taken)', async (take) => {
    cloud = await doubled([activity('mintCredential', { take })], ['one', 'two']);
    await expectRotated(cloud, await rotate(cloud), ['one', 'two']);
  });

  it('removes nothing that the other gave out, where the directory is slow for one of them', async () => {
    cloud = await doubled([twice], ['one', 'two']);
    // The stock reads the keys first, then the two mints: the second one's list comes late.
    await delayed('applications.get', 25, 2);
    await delayed('applications.removePassword', 25);
    await expectRotated(cloud, await rotate(cloud), ['one', 'two']);
  });

  it('removes nothing that is in use, where one host stood still for ten minutes', async () => {
    cloud = await doubled([twice], ['one', 'two']);
    await delayed('applications.get', 600, 2);
    await expectRotated(cloud, await rotate(cloud), ['one', 'two']);
  });

  it('leaves one key where the directory shows keys late, and the overlap is short', async () => {
    const configText = rotationConfig(['overlapHours: 1']);
    cloud = await doubled([twice], ['one'], { configText });
    await cloud.client.setReadLag(900);
    await expectRotated(cloud, await rotate(cloud), ['one']);
  });
});

describe('a mint that comes once more', () => {
  it('in the overlap keeps the key that everybody reads', async () => {
    cloud = await doubled([activity('mintCredential', late(3600))], ['one', 'two']);
    await expectRotated(cloud, await rotate(cloud), ['one', 'two']);
  });

  it('after the visibility time-out keeps it too, where one runtime is all there is', async () => {
    cloud = await doubled([activity('mintCredential', late(300))], ['one']);
    await expectRotated(cloud, await rotate(cloud), ['one']);
  });

  it('because its repetition was started twice keeps it too', async () => {
    cloud = await doubled([child('retryActivity', 3600)], ['one']);
    await cloud.client.addFault({
      match: graph('applications.addPassword'),
      times: 1,
      action: { kind: 'status', status: 429, headers: { 'retry-after': '5' } },
    });
    await expectRotated(cloud, await rotate(cloud), ['one']);
    expect(await keys(cloud)).toContain(await markerOf(cloud, 'one'));
  });
});
