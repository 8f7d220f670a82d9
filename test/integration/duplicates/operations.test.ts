import { afterEach, describe, expect, it } from 'vitest';
import { readRun } from '../../../local/demo/follow.js';
import { CREDENTIAL_SECRET, OPERATOR_VAULT, PRINCIPALS } from '../../../local/sample/names.js';
import { THEIR_OWN } from '../../faults/portal.js';
import { enable, runsOn, type TestCloud } from '../app/harness.js';
import {
  expectNoViolation,
  followRotation,
  markerOf,
  rotate,
  startRotation,
} from '../app/rotationHarness.js';
import { activity, doubled, expectRotated, late, operation, unkept } from './doubled.js';

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

describe('a run that was told "busy" and begins once more', () => {
  it('does not keep the runtime: what somebody overwrites then is fixed', async () => {
    cloud = await doubled([operation('runtimerecord begin', late(300))]);
    await cloud.client.createRuntime({ name: 'one' });
    await cloud.client.run({ maxSeconds: 600 });
    const had = await markerOf(cloud, 'one');
    expect(had).toBeDefined();
    await cloud.client.createRuntime({ name: 'one', airflowProperties: THEIR_OWN });
    await cloud.client.run({ maxSeconds: 3600 });
    expect(await markerOf(cloud, 'one')).toBe(had);
  });

  it('does not keep a rotation waiting', async () => {
    cloud = await doubled([operation('runtimerecord begin', late(300))]);
    await cloud.client.createRuntime({ name: 'one' });
    await cloud.client.run({ maxSeconds: 600 });
    expect.soft((await rotate(cloud)).outcome).toBe('rotated');
    await expectNoViolation(cloud);
  });

  it('does not keep the credential', async () => {
    cloud = await doubled([operation('credentialrecord begin', late(30))], ['one']);
    // Two at once of which neither has anything to do: an event and a sweep, for example.
    await Promise.all([startRotation(cloud, {}), startRotation(cloud, {})]);
    await cloud.client.run({ maxSeconds: 120 });
    expect((await rotate(cloud)).outcome).toBe('rotated');
  });
});

describe('an answer that is out before what it tells of is kept', () => {
  it.each(
    ['begin', 'acquireLease', 'renew', 'finish'].flatMap((name) =>
      [4, 300].map((seconds) => [name, seconds] as const),
    ),
  )('leaves an enablement its end: %s, kept after %s s', async (name, seconds) => {
    cloud = await doubled([unkept(`runtimerecord ${name}`, seconds)]);
    expect.soft(await enable(cloud, { name: 'one' })).toMatchObject({ outcome: 'enabled' });
    await expectNoViolation(cloud);
  });

  it.each(
    ['begin', 'advance', 'retire', 'renew', 'finish'].flatMap((name) =>
      [4, 300].map((seconds) => [name, seconds] as const),
    ),
  )('leaves a rotation its end: %s, kept after %s s', async (name, seconds) => {
    cloud = await doubled([], ['one']);
    await cloud.client.addFault(unkept(`credentialrecord ${name}`, seconds));
    await expectRotated(cloud, await rotate(cloud), ['one']);
  });
});

describe('the phase of a rotation that comes once more', () => {
  it.each([
    ['every phase', {}],
    ['"moving" alone', { times: 1 }],
  ])('does not take back what came after it: %s', async (_, which) => {
    cloud = await doubled([operation('credentialrecord advance', late(3600), which)], ['one']);
    const id = await startRotation(cloud);
    await cloud.client.run({ maxSeconds: 2 * 3600 });
    // It comes in the overlap, and gets the credential that is in use by then.
    await cloud.client.createRuntime({ name: 'late' });
    await cloud.client.run({ maxSeconds: 1800 });
    const got = await markerOf(cloud, 'late');
    const run = await followRotation(cloud, id);
    expect.soft(got).toBe(run.result?.to);
    await expectNoViolation(cloud);
  });
});

/** Somebody writes a version without telling which key it is: the app removes none for it, and waits no overlap out. */
async function versionWithoutKey(): Promise<void> {
  const { client } = cloud;
  const { value } = await client.addPassword('airflow', {});
  const exp = Math.floor(Date.parse((await client.clock()).now) / 1000) + 90 * 86_400;
  await client.setSecret(OPERATOR_VAULT, CREDENTIAL_SECRET, { value, exp });
  await client.run({ maxSeconds: 3600 });
}

describe('where the directory shows keys late, and there is no overlap', () => {
  it('has the second key of a mint that was made twice among its debts', async () => {
    cloud = await doubled([activity('mintCredential', {})], ['one']);
    await versionWithoutKey();
    await cloud.client.setReadLag(900);
    expect.soft((await rotate(cloud)).outcome).toBe('rotated');
    // The run itself cannot see it yet; a dry run tells what is outstanding.
    const look = await rotate(cloud, { dryRun: true });
    await expectNoViolation(
      cloud,
      (look.result?.debts ?? []).map(({ what }) => what),
    );
  });

  it('does not take for gone what was committed a moment ago', async () => {
    cloud = await doubled([], ['one']);
    await versionWithoutKey();
    await cloud.client.setReadLag(900);
    await rotate(cloud);
    await cloud.client.run({ maxSeconds: 6 * 3600 });
    const answer = await cloud.client.functions('/api/runs?target=airflow-sp&top=50');
    const { runs } = (await answer.json()) as { runs: { id: string }[] };
    const trails = await Promise.all(runs.map(async ({ id }) => (await readRun(cloud.client, id)).trail));
    expect(trails.flat().map(({ outcome }) => outcome)).not.toContainEqual(
      expect.stringContaining('the application does not hold it any more'),
    );
  });
});

it('does not say that nothing was written where one of two writes was', async () => {
  cloud = await doubled([activity('applySettings', {})]);
  const app = { service: 'arm', caller: PRINCIPALS.app };
  const delay = (operationName: string, seconds: number, skip = 0) =>
    cloud.client.addFault({
      match: { ...app, operation: operationName },
      skip,
      times: 1,
      action: { kind: 'delay', seconds },
    });
  await cloud.client.createRuntime({ name: 'one' });
  await cloud.client.run({ maxSeconds: 20 });
  // The one writes slowly; the other reads slowly, and hears that the run was cancelled.
  await delay('integrationRuntimes.createOrUpdate', 20);
  let armed = false;
  let cancelled = false;
  for (let slice = 0; slice < 60; slice++) {
    await cloud.client.run({ maxSeconds: 2 });
    const [run] = await runsOn(cloud.client, 'one');
    const step = run && (await readRun(cloud.client, run.id)).step?.name;
    if (!armed && step === 'wait until the runtime can be changed') {
      armed = true;
      // The look at its state, then the reads of the two.
      await delay('integrationRuntimes.get', 10, 2);
    }
    if (run && !cancelled && step === 'write the settings') {
      cancelled = true;
      await cloud.client.functions(`/api/runs/${run.id}/cancel`, { method: 'POST' });
    }
  }
  expect(cancelled).toBe(true);
  const [run] = await runsOn(cloud.client, 'one');
  const written = (await cloud.client.ledger({ operation: 'runtime.updated' })).filter(
    ({ detail }) => detail?.['by'] === PRINCIPALS.app,
  );
  expect(written).toHaveLength(1);
  // It may have heard of the write, or of the cancellation, of which it cannot tell more than it knows.
  expect(run?.summary).not.toMatch(/nothing was written(?!, as far as)/);
});
