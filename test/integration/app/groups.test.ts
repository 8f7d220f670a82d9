import { afterEach, expect, it } from 'vitest';
import type { TestCloud } from './harness.js';
import { fleet, rotate } from './rotationHarness.js';

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

it('the groups of a rotation and the runs in them have ids of what they are about, and the runs can be read', async () => {
  cloud = await fleet(['one', 'two', 'three']);
  const run = await rotate(cloud);
  expect(run.outcome).toBe('rotated');
  const { functions, systemKey } = cloud.client.ready;
  const path = `/runtime/webhooks/durabletask/instances?code=${systemKey}&top=1000`;
  const instances = (await (await fetch(new URL(path, functions))).json()) as {
    readonly name: string;
    readonly instanceId: string;
  }[];
  const idsOf = (name: string) =>
    instances
      .filter((one) => one.name === name && one.instanceId.startsWith(`${run.id}-`))
      .map(({ instanceId }) => instanceId);
  const groups = idsOf('moveGroup');
  const inGroups = idsOf('runtimeRun').filter((id) => groups.some((group) => id.startsWith(`${group}-`)));

  // The rest after the pilot, and the last check of all three.
  expect(groups).toHaveLength(2);
  for (const id of groups) expect(id).toMatch(new RegExp(`^${run.id}-[0-9]+-[0-9a-f]{12}$`));
  expect(inGroups).toHaveLength(2 + 3);
  for (const id of inGroups) expect((await cloud.client.functions(`/api/runs/${id}`)).status).toBe(200);
});
