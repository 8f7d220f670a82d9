import { afterEach, describe, expect, it } from 'vitest';
import type { SweepResult } from '../../../src/domain/sweep.js';
import { requestRun, runtimeId, type TestCloud } from './harness.js';
import { expectNoViolation, fleet, keys, markerOf, rotationConfig } from './rotationHarness.js';

type Swept = { readonly outcome: string; readonly result: Pick<SweepResult, 'profiles' | 'credentials'> };

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

const sweep = async (more: object = {}): Promise<Swept> =>
  (await requestRun(cloud.client, { action: 'sweep', ...more })) as unknown as Swept;

describe('a sweep', () => {
  it('finds a runtime that no event told of, and one that somebody changed by hand', async () => {
    cloud = await fleet(['known', 'edited'], rotationConfig());
    await cloud.client.unsubscribe('airlock-runtimes');
    await cloud.client.createRuntime({ name: 'silent' });
    await cloud.client.createRuntime({ name: 'edited', airflowProperties: {} });
    await cloud.client.run({ maxSeconds: 3600 });

    const found = await sweep({ dryRun: true });
    expect(found.outcome).toBe('swept');
    expect(found.result.profiles[0]).toMatchObject({ findings: { fine: 1, drifted: 2 }, waiting: 0 });
    expect(await markerOf(cloud, 'silent')).toBeUndefined();

    const mended = await sweep();
    expect(mended.result.profiles[0]?.runs.map(({ runtime }) => runtime)).toEqual([
      runtimeId('edited'),
      runtimeId('silent'),
    ]);
    await cloud.client.run({ maxSeconds: 2 * 3600 });
    const [key] = await keys(cloud);
    for (const name of ['silent', 'edited']) expect(await markerOf(cloud, name)).toBe(key);
    expect((await sweep()).result.profiles[0]).toMatchObject({ findings: { fine: 3 }, runs: [] });
    await expectNoViolation(cloud);
  });

  it('rotates what is due although no event came', async () => {
    cloud = await fleet(['one'], rotationConfig(['rotateBeforeDays: 60']), {
      AIRLOCK_SWEEP_SCHEDULE: '0 0 0 1 * *',
    });
    await cloud.client.unsubscribe('airlock-credentials');
    expect((await sweep()).result.credentials).toMatchObject([{ outcome: 'upToDate' }]);
    const before = await keys(cloud);
    await cloud.client.advance(155 * 86_400);
    // The timer's own sweep, on the first of the month, has done it by then.
    await cloud.client.run({ maxSeconds: 48 * 3600 });
    const after = await keys(cloud);
    expect(after).toHaveLength(1);
    expect(after).not.toEqual(before);
    await expectNoViolation(cloud);
  });
});
