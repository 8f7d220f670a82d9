/** Who counts as having a credential: whoever may have it keeps its key alive. */
import { afterEach, describe, expect, it } from 'vitest';
import { request, runtimeId, type TestCloud } from './harness.js';
import {
  expectNoViolation,
  fleet,
  followRotation,
  keys,
  markerOf,
  rotate,
  rotationConfig,
  startRotation,
} from './rotationHarness.js';

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

/** A fleet of the sample environment's profile, and two runtimes with the same credential in another resource group. */
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

describe('a runtime of which nobody knows what its processes have', () => {
  const answering = (behaviour: 'fails' | 'normal') =>
    cloud.client.setAirflow('two', { dags: { airlock_check: { behaviour } } });

  /** `two` comes back from the new credential, and its workers answer with neither. */
  async function withStraggler(): Promise<readonly [old: string, current: string]> {
    cloud = await fleet(
      ['one', 'two'],
      rotationConfig(['failureLimitPercent: 100', `pilot: ${runtimeId('one')}`], '60'),
    );
    const [old = ''] = await keys(cloud);
    await answering('fails');
    const run = await rotate(cloud);
    expect(run).toMatchObject({ outcome: 'rotatedPartly' });
    expect(await markerOf(cloud, 'two')).toBe(old);
    return [old, run.result?.to ?? ''];
  }

  it('keeps every key, also one that its settings do not name, and is named in the debts', async () => {
    const [old, current] = await withStraggler();
    await cloud.client.advance(2 * 3600);
    const run = await rotate(cloud);

    expect(run).toMatchObject({ outcome: 'rotatedPartly' });
    const next = run.result?.to;
    expect(await keys(cloud)).toEqual([old, current, next]);
    const debts = run.result?.debts?.filter(({ kind }) => kind === 'removeKey') ?? [];
    expect(debts.map(({ what }) => what).sort()).toEqual([old, current].sort());
    for (const { reason } of debts) expect(reason).toMatch(/changed, and no answer since: [^;]*\/two/);

    await answering('normal');
    await cloud.client.advance(2 * 3600);
    await rotate(cloud, {});
    expect(await keys(cloud)).toEqual([next]);
    await expectNoViolation(cloud);
  });

  it('keeps its key while it restarts, until a check has passed in its new processes', async () => {
    const [old, current] = await withStraggler();
    await answering('normal');
    await cloud.client.setLifecycle({ startSeconds: 1800, oldProcessesShare: 0.5 });
    await cloud.client.advance(2 * 3600);
    expect((await request(cloud.client, { action: 'enable', runtime: runtimeId('two') })).status).toBe(202);
    await cloud.client.run({ maxSeconds: 60 });
    expect(await markerOf(cloud, 'two')).toBe(current);

    const run = await followRotation(cloud, await startRotation(cloud, {}), { sliceSeconds: 300 });

    expect(run).toMatchObject({ outcome: 'rotated' });
    expect(await keys(cloud)).not.toContain(old);
    await expectNoViolation(cloud);
  });
});
