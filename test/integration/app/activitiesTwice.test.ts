/**
 * The worker may go once an activity has had its effect, so that nobody hears of it: the activity has failed then, and
 * the app runs it again. Every activity is put into that state here, in a scenario that calls it; one that is registered
 * without a scenario fails to compile, and the first test.
 */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { projectFile } from '../../../local/project.js';
import type { ActivityName } from '../../../src/domain/activities/activities.js';
import {
  armCalls,
  enable,
  requestRun,
  runsOn,
  runtimeId,
  settle,
  startCloud,
  type TestCloud,
} from './harness.js';
import {
  expectNoViolation,
  fleet,
  keys,
  markerOf,
  NO_SWEEP,
  rotate,
  rotationConfig,
  writeUntagged,
} from './rotationHarness.js';

let cloud: TestCloud;
afterEach(async () => {
  await cloud?.handle.stop();
});

/** How often the activity had been called when its answer was about to be lost. */
let callsBefore: number;
const callsOf = async (activity: ActivityName): Promise<number> =>
  ((await cloud.client.stats()) as { invocations: Record<string, number> }).invocations[activity] ?? 0;

/** Loses the answer of the next call of the activity. */
async function loseAnswer(activity: ActivityName): Promise<void> {
  callsBefore = await callsOf(activity);
  await cloud.client.addFault({
    match: { service: 'host', operation: 'after-activity', subject: `${activity} ` },
    action: { kind: 'workerGone' },
    times: 1,
  });
}

/** What ends as it would have, though the answer of an activity in it was lost. */
type Scenario = (activity: ActivityName) => Promise<void>;

const enablement =
  (configText = rotationConfig()): Scenario =>
  async (activity) => {
    cloud = await fleet([], configText);
    await loseAnswer(activity);
    expect(await enable(cloud, { name: 'one' })).toMatchObject({ outcome: 'enabled', changed: true });
    expect(await armCalls(cloud.client, 'one')).toMatchObject({ writes: 1 });
    expect(await markerOf(cloud, 'one')).toBe((await keys(cloud))[0]);
  };

/** The settings are there, and nothing has proven them: nothing is to be written. */
const proving: Scenario = async (activity) => {
  cloud = await fleet([], rotationConfig());
  const failing = { dags: { airlock_check: { behaviour: 'fails' as const } } };
  expect(await enable(cloud, { name: 'one' }, failing)).toMatchObject({ outcome: 'checkFailed' });
  await cloud.client.setAirflow('one', { dags: { airlock_check: { behaviour: 'normal' } } });
  await loseAnswer(activity);
  const run = await requestRun(cloud.client, { action: 'enable', runtime: runtimeId('one') });
  expect(run).toMatchObject({ outcome: 'enabled', changed: false });
};

const rotation: Scenario = async (activity) => {
  cloud = await fleet(['one', 'two'], rotationConfig());
  await loseAnswer(activity);
  const run = await rotate(cloud);
  expect(run).toMatchObject({ outcome: 'rotated', result: { counts: { moved: 2 } } });
  expect(await keys(cloud)).toEqual([run.result?.to]);
  for (const name of ['one', 'two']) expect(await markerOf(cloud, name)).toBe(run.result?.to);
};

/** Who has the new credential is asked where a check fails with it. */
const straggling: Scenario = async (activity) => {
  cloud = await fleet(['one', 'two', 'three', 'four', 'five'], rotationConfig(['failureLimitPercent: 50']));
  const [old] = await keys(cloud);
  await cloud.client.setAirflow('two', { dags: { airlock_check: { behaviour: 'forged' } } });
  await loseAnswer(activity);
  expect(await rotate(cloud)).toMatchObject({
    outcome: 'rotatedPartly',
    result: { counts: { moved: 4, failed: 1, wentBack: 1 } },
  });
  expect(await markerOf(cloud, 'two')).toBe(old);
};

/** The secret does not say which key it holds: the app finds it. */
const noting: Scenario = async (activity) => {
  cloud = await fleet(['one'], rotationConfig());
  await loseAnswer(activity);
  await writeUntagged(cloud);
  await cloud.client.run({ maxSeconds: 3 * 3600 });
  expect(await rotate(cloud, {})).toMatchObject({ outcome: 'upToDate' });
};

const drained: Scenario = async (activity) => {
  cloud = await fleet(['one', 'two'], `${rotationConfig()}    maintenance: { drainMinutes: 60 }\n`);
  await loseAnswer(activity);
  expect(await rotate(cloud)).toMatchObject({ outcome: 'rotated', result: { counts: { moved: 2 } } });
};

const profile: Scenario = async (activity) => {
  cloud = await fleet(['one', 'two']);
  await loseAnswer(activity);
  const run = await requestRun(cloud.client, { action: 'check', profile: 'default' });
  expect(run).toMatchObject({ status: 'completed', result: { outcomes: { accessProven: 2 } } });
};

const sweep: Scenario = async (activity) => {
  cloud = await fleet(['known'], rotationConfig(), NO_SWEEP);
  // What this list does not show is new to the app from then on.
  await requestRun(cloud.client, { action: 'sweep' });
  await cloud.client.unsubscribe('airlock-runtimes');
  await cloud.client.createRuntime({ name: 'silent' });
  await cloud.client.run({ maxSeconds: 3600 });
  await loseAnswer(activity);
  expect(await requestRun(cloud.client, { action: 'sweep' })).toMatchObject({
    outcome: 'swept',
    result: { profiles: [{ runtimes: [{ runtime: runtimeId('silent'), follows: 'enable' }] }] },
  });
  expect(await markerOf(cloud, 'silent')).toBe((await keys(cloud))[0]);
  expect(await armCalls(cloud.client, 'silent')).toMatchObject({ writes: 1 });
};

const preflight: Scenario = async (activity) => {
  cloud = await fleet([]);
  await loseAnswer(activity);
  expect(['prepared', 'unprepared']).toContain(
    (await requestRun(cloud.client, { action: 'preflight' })).outcome,
  );
};

/** Nothing is there to mint with, up to the end: the vault's word is all that is left. */
const lateCredential: Scenario = async (activity) => {
  cloud = await fleet(['one'], WITH_TOPIC, NO_SWEEP);
  await cloud.client.addFault({ match: { service: 'graph' }, action: { kind: 'drop' } });
  await cloud.client.advance(179 * 86_400);
  await loseAnswer(activity);
  await requestRun(cloud.client, { action: 'sweep' });
  expect(await publishedTypes()).toContain('Airlock.CredentialExpiring.v1');
};

/** The topic is down for an enablement, and a sweep sends what was kept. */
const sendingLater: Scenario = async (activity) => {
  cloud = await fleet([], WITH_TOPIC, NO_SWEEP);
  await cloud.client.addFault({
    match: { service: 'eventGrid', operation: 'events.publish' },
    action: { kind: 'drop' },
    times: 3,
  });
  await enable(cloud, { name: 'one' });
  expect(await publishedTypes()).toEqual([]);
  await loseAnswer(activity);
  await requestRun(cloud.client, { action: 'sweep' });
  // It may come twice; one event it is, by its id.
  expect(new Set(await publishedTypes())).toEqual(new Set(['Airlock.RuntimeEnabled.v1']));
  expect(new Set(await publishedIds()).size).toBe(1);
};

const publishedTypes = async () =>
  ((await cloud.client.published()) as { type?: string; eventType?: string }[]).map(
    ({ type, eventType }) => type ?? eventType,
  );
const publishedIds = async () => ((await cloud.client.published()) as { id: string }[]).map(({ id }) => id);

const cancelled: Scenario = async (activity) => {
  cloud = await startCloud({ settings: NO_SWEEP });
  await cloud.client.createRuntime({ name: 'one' });
  await cloud.client.run({ maxSeconds: 30 });
  const [run] = await runsOn(cloud.client, 'one');
  await loseAnswer(activity);
  const answer = await cloud.client.functions(`/api/runs/${run?.id}/cancel`, { method: 'POST' });
  expect(answer.status).toBe(202);
  expect((await settle(cloud.client, 'one')).outcome).toBe('cancelled');
};

const WITH_TOPIC = rotationConfig().replace(
  'version: 1\n',
  'version: 1\nevents: { topic: "https://airlock-events.westeurope-1.eventgrid.azure.net/api/events", schema: cloudEvents }\n',
);

const told: Scenario = async (activity) => {
  await enablement(WITH_TOPIC)(activity);
  // It may come twice; one event it is, by its id.
  expect(new Set(await publishedIds()).size).toBe(1);
};

const IMPORTING = rotationConfig().replace(
  '    credential: airflow-sp\n',
  '    credential: airflow-sp\n    access: { importDags: { linkedService: AzureBlobStorage1, folderPath: airflow } }\n',
);

const SCENARIOS: Readonly<Record<ActivityName, Scenario>> = {
  inspectRuntime: enablement(),
  ensureCanary: proving,
  proveCredential: proving,
  applySettings: enablement(),
  readRuntimeStatus: enablement(),
  importDags: enablement(IMPORTING),
  prepareCheck: enablement(),
  triggerCheck: enablement(),
  readCheck: enablement(),
  listRuntimes: profile,
  readCredentialInventory: rotation,
  listFleet: rotation,
  listCarriers: straggling,
  mintCredential: rotation,
  proveVersion: rotation,
  tagVersion: noting,
  commitCredential: rotation,
  removeKey: rotation,
  countTasks: drained,
  publishEvent: told,
  readExpiry: lateCredential,
  sendKept: sendingLater,
  surveyRuns: sweep,
  listConfigured: sweep,
  surveyProfile: sweep,
  launchRuns: sweep,
  verifyInstructions: cancelled,
  gatherPreflight: preflight,
};

describe('an activity whose answer is lost after its effect', () => {
  it('has a scenario for each that is registered', () => {
    const { activities } = JSON.parse(readFileSync(projectFile('schema', 'registry.json'), 'utf8')) as {
      activities: Record<string, string>;
    };

    expect(Object.keys(SCENARIOS).sort()).toEqual(Object.keys(activities).sort());
  });

  it.each(Object.keys(SCENARIOS) as ActivityName[])('is run again with no harm: %s', async (activity) => {
    await SCENARIOS[activity](activity);

    // It was called, and once more since the answer of that was lost.
    expect((await callsOf(activity)) - callsBefore).toBeGreaterThanOrEqual(2);
    await expectNoViolation(cloud);
  });
});
