import { afterEach, expect, it } from 'vitest';
import { enable, startCloud, type TestCloud } from './harness.js';

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

it('an enablement that waits for ten minutes twice asks entities as often as its lease needs, not with every look', async () => {
  cloud = await startCloud({ runtimeStartSeconds: 600 });
  expect(await enable(cloud, { name: 'slow' })).toMatchObject({ outcome: 'enabled' });

  const { invocations } = (await cloud.client.stats()) as { invocations: Record<string, number> };
  const { run = 0, runtimeRecord = 0, readRuntimeStatus = 0 } = invocations;
  expect(readRuntimeStatus).toBeGreaterThan(12);
  expect(run + runtimeRecord).toBeLessThan(12);
});
