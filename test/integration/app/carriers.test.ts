/** Who counts as having a credential: whoever may have it keeps its key alive. */
import { afterEach, describe, expect, it } from 'vitest';
import type { TestCloud } from './harness.js';
import { fleet, keys, rotate } from './rotationHarness.js';

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

/** A fleet of the scenario's profile, and two runtimes with the same credential in another resource group. */
async function withGroup(resourceGroup: string): Promise<string> {
  cloud = await fleet(['one']);
  const [old = ''] = await keys(cloud);
  await cloud.client.seedFleet({ factories: 1, runtimes: 2, startSeconds: 60, resourceGroup });
  return old;
}

describe('carriers in another resource group', () => {
  it('keep their key also where its name has letters beyond ASCII', async () => {
    const old = await withGroup('rg-möbel');

    const run = await rotate(cloud);

    expect(run).toMatchObject({ outcome: 'rotatedPartly' });
    expect(run.result).not.toHaveProperty('unread');
    expect(run.result?.debts).toEqual([
      expect.objectContaining({ kind: 'removeKey', what: old, reason: expect.stringContaining('rg-möbel') }),
    ]);
    expect(await keys(cloud)).toContain(old);
  });

  it('keep every key and are named where the app knows no such name', async () => {
    // Azure takes no such name today. A list that gives one all the same is not an empty one.
    const old = await withGroup('rg+1');

    const run = await rotate(cloud);

    expect(run).toMatchObject({ outcome: 'rotatedPartly' });
    expect(run.result?.unread).toEqual([
      expect.stringContaining('/rg+1/'),
      expect.stringContaining('/rg+1/'),
    ]);
    expect(run.result?.debts).toEqual([
      expect.objectContaining({ kind: 'removeKey', what: old, reason: expect.stringContaining('/rg+1/') }),
    ]);
    expect(await keys(cloud)).toContain(old);
  });
});
