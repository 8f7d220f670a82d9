import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enable, requestRun, startCloud, type TestCloud } from './harness.js';

describe('rotating a credential', () => {
  let cloud: TestCloud;
  beforeAll(async () => {
    cloud = await startCloud();
  });
  afterAll(async () => {
    await cloud.handle.stop();
  });

  it('moves every runtime, commits, and removes the old key', async () => {
    for (const name of ['one', 'two', 'three']) await enable(cloud, { name });
    const [before] = await cloud.client.passwords('airflow');
    const first = await requestRun(cloud.client, { action: 'rotate', credential: 'airflow-sp', force: true });
    await cloud.client.run({ maxSeconds: 48 * 3600 });
    const answer = await cloud.client.functions(`/api/runs/${first.id}`);
    const run = await answer.json();
    expect(run.outcome).toBe('rotated');
  });
});
