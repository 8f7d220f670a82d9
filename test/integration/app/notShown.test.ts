/** Reads that do not show what a runtime has: nothing of it is destroyed, and nothing is written again and again. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lifecycle } from '../../../local/services/resourceManager/runtime.js';
import {
  armCalls,
  enable,
  requestRun,
  runtimeId,
  settle,
  startCloud,
  type TestCloud,
  writeEvent,
} from './harness.js';

const DAY = 86_400;
const THEIRS = { MY_DB_URL: 'postgres://x', FEATURE: 'on' };

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(async () => {
  await cloud.handle.stop();
});

/** What the service holds, whatever it shows. */
async function variablesOf(name: string): Promise<Record<string, unknown>> {
  await cloud.client.setLifecycle({ masking: 'clear' }, name);
  const path = `${runtimeId(name)}?api-version=2018-06-01`;
  const read = await cloud.client.azure('management.azure.com', path, {}, await cloud.client.token());
  const { properties } = JSON.parse(read.text) as {
    properties: {
      typeProperties: { airflowProperties: { airflowEnvironmentVariables: Record<string, unknown> } };
    };
  };
  return properties.typeProperties.airflowProperties.airflowEnvironmentVariables;
}

const HIDDEN: readonly Lifecycle['masking'][] = [
  'containersNull',
  'containersOmitted',
  'containersEmpty',
  'containersMasked',
];

describe('a read that shows no settings at all', () => {
  it.each(HIDDEN)('after it did: nothing is written (%s)', async (masking) => {
    const name = `later-${masking.toLowerCase()}`;
    const airflowProperties = { airflowEnvironmentVariables: THEIRS, airflowRequirements: ['pandas==2.0.3'] };
    await enable(cloud, { name, airflowProperties });
    const { writes } = await armCalls(cloud.client, name);
    await cloud.client.setLifecycle({ masking }, name);
    await cloud.client.deliver(writeEvent(name, `e-${name}`), 'runtimeEvents');
    const run = await settle(cloud.client, name);

    const code = masking === 'containersMasked' ? 'unreadableSettings' : 'settingsNotShown';
    expect(run).toMatchObject({ outcome: 'conflict', problem: { code } });
    expect((await armCalls(cloud.client, name)).writes).toBe(writes);
    expect(await variablesOf(name)).toMatchObject(THEIRS);
  });

  it.each(HIDDEN.slice(0, 3))(
    'from the beginning: one write is the last, whatever comes (%s)',
    async (masking) => {
      const name = `always-${masking.toLowerCase()}`;
      await cloud.client.setLifecycle({ masking, restart: 'always' }, name);
      await enable(cloud, { name });
      await cloud.client.advance(2 * DAY);
      const run = await settle(cloud.client, name);

      expect((await armCalls(cloud.client, name)).writes).toBe(1);
      expect(run).toMatchObject({ outcome: 'conflict' });
      expect(['writeNotShown', 'settingsNotShown']).toContain(run.problem?.code);
    },
  );
});

describe('a read that shows settings by halves', () => {
  it.each(['partly', 'secureString'] as const)('has no mask written back (%s)', async (masking) => {
    const name = `half-${masking.toLowerCase()}`;
    await cloud.client.setLifecycle({ masking }, name);
    const run = await enable(cloud, {
      name,
      airflowProperties: { airflowEnvironmentVariables: { DB_PASSWORD: 'the-password-of-db' } },
    });

    expect(run).toMatchObject({ outcome: 'conflict', problem: { code: 'maskedValue' } });
    expect(await variablesOf(name)).toEqual({ DB_PASSWORD: 'the-password-of-db' });
  });
});

it('a new runtime without any container is enabled by its event alone', async () => {
  const run = await enable(cloud, { name: 'bare' });

  expect(run).toMatchObject({ outcome: 'enabled' });
  expect((await armCalls(cloud.client, 'bare')).writes).toBe(1);
});

it('what was written and is gone again is written once more where a person asks', async () => {
  await cloud.client.setLifecycle({ masking: 'containersNull', restart: 'always' }, 'asked');
  await enable(cloud, { name: 'asked' });
  await cloud.client.setLifecycle({ masking: 'clear' }, 'asked');
  const run = await requestRun(cloud.client, { action: 'enable', runtime: runtimeId('asked') });

  expect(run.outcome).not.toBe('conflict');
});
