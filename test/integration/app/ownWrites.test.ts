import { afterEach, describe, expect, it } from 'vitest';
import { AS_DEPLOYED } from '../../../local/sample/appSettings.js';
import { enable, runsOn, startCloud, type TestCloud } from './harness.js';

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

describe('an app that knows its own identity, as deployed', () => {
  it('looks once more at what others have written, and not at what it has written itself', async () => {
    cloud = await startCloud({ settings: AS_DEPLOYED });
    const run = await enable(cloud, { name: 'etl' });

    expect(run).toMatchObject({ outcome: 'enabled', changed: true });
    expect(run.trail.filter(({ step }) => step === 'read the runtime and plan')).toHaveLength(1);
    expect((await runsOn(cloud.client, 'etl')).map(({ outcome }) => outcome)).toEqual(['enabled']);

    await cloud.client.createRuntime({ name: 'etl', airflowProperties: { airflowRequirements: ['pandas'] } });
    await cloud.client.run({ maxSeconds: 12 * 3600 });
    expect(await runsOn(cloud.client, 'etl')).toHaveLength(2);
  });
});
