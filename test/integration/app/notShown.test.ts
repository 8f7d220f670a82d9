/** Reads that do not show what a runtime has: nothing of it is destroyed, and nothing is written again and again. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRun, type ShownRun } from '../../../local/demo/follow.js';
import type { Lifecycle } from '../../../local/services/resourceManager/runtime.js';
import { THEIR_OWN } from '../../faults/portal.js';
import {
  armCalls,
  enable,
  impatientConfig,
  requestRun,
  runsOn,
  runtimeId,
  settle,
  startCloud,
  type TestCloud,
  writeEvent,
} from './harness.js';
import { expectNoViolation, keys, NO_SWEEP, rotate } from './rotationHarness.js';
import { propertiesOf } from './stored.js';

const DAY = 86_400;
const THEIRS = { MY_DB_URL: 'postgres://x', FEATURE: 'on' };

/** Runtimes named `empty-…` have a profile that takes what is not shown for empty, those named `full-…` one that does not. */
function config(): string {
  const [head = '', profile = ''] = impatientConfig().split('profiles:\n');
  const named = (name: string, pattern: string, more: string) =>
    profile.replace('name: default', `name: ${name}`).replace('name: "*"', `name: "${pattern}"`).concat(more);
  return `${head}profiles:\n${[
    ['later', 'later-*', ''],
    ['always', 'always-*', ''],
    ['empty', 'empty-*', '    containersMayBeEmpty: true\n'],
    ['full', 'full-*', '    containersMayBeEmpty: false\n'],
  ]
    .map(([name = '', pattern = '', more = '']) => named(name, pattern, more))
    .join('')}`;
}

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startCloud({ configText: config() });
});
afterAll(async () => {
  await cloud.handle.stop();
});

/** Something happens to the runtime; gives the run that ends last. */
async function happen(name: string, id: string): Promise<ShownRun> {
  await cloud.client.deliver(writeEvent(name, id), 'runtimeEvents');
  await cloud.client.run({ maxSeconds: 12 * 3600 });
  const last = (await runsOn(cloud.client, name)).at(-1);
  return readRun(cloud.client, last?.id ?? '');
}

async function writesTo(name: string): Promise<number> {
  return (await armCalls(cloud.client, name)).writes;
}

const HIDDEN: readonly Lifecycle['masking'][] = ['containersNull', 'containersOmitted', 'containersEmpty'];

describe('a read that shows no settings where an earlier one did', () => {
  it.each([...HIDDEN, 'containersMasked'] as const)('is written over by nothing (%s)', async (masking) => {
    const name = `later-${masking.toLowerCase()}`;
    const airflowProperties = { airflowEnvironmentVariables: THEIRS, airflowRequirements: ['pandas==2.0.3'] };
    await enable(cloud, { name, airflowProperties });
    const writes = await writesTo(name);
    await cloud.client.setLifecycle({ masking }, name);

    const run = await happen(name, `event-${name}`);

    const code = masking === 'containersMasked' ? 'unreadableSettings' : 'settingsNotShown';
    expect(run).toMatchObject({ outcome: 'conflict', problem: { code } });
    expect(await writesTo(name)).toBe(writes);
    const held = await propertiesOf(cloud, name);
    expect(held['airflowEnvironmentVariables']).toMatchObject(THEIRS);
    expect(held['airflowRequirements']).toContain('pandas==2.0.3');
  });

  it('is the word of a runtime that is gone, where another was made under its name', async () => {
    await enable(cloud, { name: 'later-anew' });
    await cloud.client.deleteRuntime('later-anew');
    await cloud.client.createRuntime({ name: 'later-anew' });
    await cloud.client.run({ maxSeconds: 12 * 3600 });

    expect((await runsOn(cloud.client, 'later-anew')).at(-1)?.outcome).not.toBe('conflict');
    expect(await writesTo('later-anew')).toBe(2);
  });

  it('counts as a carrier whose key nobody knows, and the old key stays', async () => {
    await enable(cloud, { name: 'later-carrier' });
    const before = await keys(cloud);
    await cloud.client.setLifecycle({ masking: 'containersNull' }, 'later-carrier');

    const run = await rotate(cloud);

    expect(before).toHaveLength(1);
    expect(await keys(cloud)).toEqual(expect.arrayContaining(before));
    expect(run.result?.debts).toContainEqual(expect.objectContaining({ kind: 'removeKey', what: before[0] }));
    await expectNoViolation(cloud);
  });
});

describe('a read that has never shown any settings', () => {
  it.each(HIDDEN)('is written once, whatever comes (%s)', async (masking) => {
    const name = `always-${masking.toLowerCase()}`;
    await cloud.client.setLifecycle({ masking, restart: 'always' }, name);
    await enable(cloud, { name });
    await cloud.client.advance(2 * DAY);

    const run = await settle(cloud.client, name);

    expect(await writesTo(name)).toBe(1);
    expect(run).toMatchObject({ outcome: 'conflict', changed: true, problem: { code: 'writeNotShown' } });
  });

  it('is written once where the profile takes it for empty, and once more where a person asks', async () => {
    const name = 'empty-asked';
    await cloud.client.setLifecycle({ masking: 'containersNull', restart: 'always' }, name);
    await enable(cloud, { name });
    await cloud.client.advance(DAY);
    expect(await writesTo(name)).toBe(1);
    expect(await happen(name, 'event-asked')).toMatchObject({ problem: { code: 'writeNotShown' } });

    await requestRun(cloud.client, { action: 'enable', runtime: runtimeId(name) });
    await cloud.client.advance(DAY);

    expect(await writesTo(name)).toBe(2);
    expect(await happen(name, 'event-again')).toMatchObject({ problem: { code: 'writeNotShown' } });
  });

  it('is no empty runtime where the profile says that none is', async () => {
    const run = await enable(cloud, { name: 'full-bare' });

    expect(run).toMatchObject({ outcome: 'conflict', problem: { code: 'settingsNotShown' } });
    expect(await writesTo('full-bare')).toBe(0);
  });
});

describe('a read that hides values, where every write restarts', () => {
  it.each(['null', 'asterisks', 'empty', 'omitted'] as const)(
    'is written once, however often a sweep looks (%s)',
    async (masking) => {
      const name = `later-values-${masking}`;
      await cloud.client.setLifecycle({ masking, restart: 'always' }, name);
      await enable(cloud, { name });
      await cloud.client.advance(DAY);

      expect(await writesTo(name)).toBe(1);
    },
  );
});

it('a check shows what was written, and what somebody changes afterwards is fixed', async () => {
  const { client, handle } = await startCloud({ settings: NO_SWEEP });
  try {
    await client.unsubscribe('airlock-runtimes');
    await client.createRuntime({ name: 'quiet' });
    await client.run({ maxSeconds: 3600 });
    const runtime = runtimeId('quiet');
    // While it is enabled no read shows its settings, so that the enablement has not seen what it wrote.
    await client.setLifecycle({ masking: 'containersNull' }, 'quiet');
    expect(await requestRun(client, { action: 'enable', runtime })).toMatchObject({ outcome: 'enabled' });
    await client.setLifecycle({ masking: 'clear' }, 'quiet');
    expect(await requestRun(client, { action: 'check', runtime })).toMatchObject({ outcome: 'accessProven' });
    await client.createRuntime({ name: 'quiet', airflowProperties: THEIR_OWN });
    await client.run({ maxSeconds: 3600 });
    await requestRun(client, { action: 'sweep' });

    expect((await runsOn(client, 'quiet')).at(-1)).toMatchObject({ outcome: 'enabled' });
    expect((await armCalls(client, 'quiet')).writes).toBe(2);
  } finally {
    await handle.stop();
  }
});

it('a new runtime without any container is enabled by its event alone', async () => {
  const run = await enable(cloud, { name: 'always-bare' });

  expect(run).toMatchObject({ outcome: 'enabled', startedBy: { kind: 'event' } });
  expect(await writesTo('always-bare')).toBe(1);
});
