import { afterEach, expect, it } from 'vitest';
import { PRINCIPALS } from '../../../local/sample/names.js';
import { enable, impatientConfig, startCloud, type TestCloud } from './harness.js';

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

async function enableWith(identity: string) {
  const settings = { AIRLOCK_AIRFLOW_IDENTITY_CLIENT_ID: identity };
  cloud = await startCloud({ configText: impatientConfig(), settings });
  return enable(cloud, { name: 'signed-in' });
}

it("signs in to Airflow's web server with the identity that is set for it", async () => {
  expect(await enableWith(PRINCIPALS.app)).toMatchObject({ outcome: 'enabled' });
});

it('uses that identity for nothing else', async () => {
  const run = await enableWith('00000000-0000-4000-8000-000000000000');

  // The app does not have it: everything goes well up to the access check.
  expect(run.outcome).toBe('checkFailed');
  const [runtime] = await cloud.client.runtimes();
  expect(runtime).toMatchObject({ state: 'Started', marker: expect.any(String) });
});
