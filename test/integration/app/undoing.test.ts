/** What becomes of a rotation that fails before its commit. */
import { afterEach, describe, expect, it } from 'vitest';
import { requestRun, runtimeId, type TestCloud } from './harness.js';
import {
  expectNoViolation,
  fleet,
  followRotation,
  keys,
  markerOf,
  NO_SWEEP,
  rotate,
  rotationConfig,
  startRotation,
} from './rotationHarness.js';

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

describe('a rotation that fails before the commit', () => {
  it('takes the pilot back and removes what it minted', async () => {
    cloud = await fleet(['one', 'two']);
    const before = await keys(cloud);
    const id = await startRotation(cloud);
    const run = await followRotation(cloud, id, {
      sliceSeconds: 20,
      each: async ({ step }) => {
        // The pilot's Airflow fails once it has the new credential, and recovers, so that the way back is proven.
        const isNew = (await markerOf(cloud, 'one')) !== before[0];
        const behaviour = step?.name === 'roll back' ? 'normal' : isNew ? 'forged' : undefined;
        if (behaviour) await cloud.client.setAirflow('one', { dags: { airlock_check: { behaviour } } });
      },
    });

    expect(run).toMatchObject({ outcome: 'rolledBack', problem: { code: 'pilotFailed' } });
    expect(run.result).toMatchObject({ counts: { wentBack: 1 } });
    expect(await keys(cloud)).toEqual(before);
    for (const name of ['one', 'two']) expect(await markerOf(cloud, name)).toBe(before[0]);
    await expectNoViolation(cloud);

    const again = await requestRun(cloud.client, { action: 'rotate', credential: 'airflow-sp', force: true });
    expect(again.outcome ?? 'running').not.toBe('tooSoon');
  });

  it('leaves single stragglers with the old credential, and moves them later', async () => {
    // One of the two after the pilot may fail.
    cloud = await fleet(['etl-a', 'etl-b', 'etl-d'], rotationConfig(['failureLimitPercent: 50']));
    const [old] = await keys(cloud);
    await cloud.client.setAirflow('etl-d', { dags: { airlock_check: { behaviour: 'forged' } } });
    const run = await rotate(cloud);

    expect(run).toMatchObject({ outcome: 'rotatedPartly', problem: { code: 'rotationIncomplete' } });
    expect(run.result?.stragglers).toMatchObject([{ runtime: runtimeId('etl-d'), code: 'wrongAnswer' }]);
    expect(await markerOf(cloud, 'etl-d')).toBe(old);
    expect(await keys(cloud)).toContain(old);
    await expectNoViolation(cloud);

    await cloud.client.setAirflow('etl-d', { dags: { airlock_check: { behaviour: 'normal' } } });
    const settled = await rotate(cloud, {});
    expect(settled).toMatchObject({ outcome: 'rotated', result: { to: run.result?.to } });
    expect(await markerOf(cloud, 'etl-d')).toBe(run.result?.to);
    expect(await keys(cloud)).toEqual([run.result?.to]);
    await expectNoViolation(cloud);
  });

  it('sends back more than it shows, and has debts for more', async () => {
    const names = Array.from({ length: 24 }, (_, index) => `etl-${index + 1}`);
    cloud = await fleet([], rotationConfig(['failureLimitPercent: 95', `pilot: ${runtimeId('etl-1')}`]));
    for (const name of names) await cloud.client.createRuntime({ name });
    await cloud.client.run({ maxSeconds: 2 * 3600 });
    // Nobody is told of what is written, so that this rotation alone works on so many.
    await cloud.client.unsubscribe('airlock-runtimes');
    await cloud.client.unsubscribe('airlock-credentials');
    const [old] = await keys(cloud);
    const failing = names.slice(3);
    for (const name of failing)
      await cloud.client.setAirflow(name, { dags: { airlock_check: { behaviour: 'forged' } } });
    const run = await rotate(cloud);

    expect(run).toMatchObject({
      outcome: 'rotatedPartly',
      result: { counts: { carriers: 24, moved: 3, failed: 21, wentBack: 21 } },
    });
    expect(run.result?.stragglers).toHaveLength(20);
    for (const name of failing) expect(await markerOf(cloud, name)).toBe(old);
    expect(run.result?.debts?.filter(({ kind }) => kind === 'moveRuntime')).toHaveLength(20);
    expect(run.result?.debts).toContainEqual(expect.objectContaining({ kind: 'removeKey', what: old }));
    expect(await keys(cloud)).toContain(old);
    await expectNoViolation(cloud);
  });

  // Where the app does not know its identity, the event of its own write leads to one more pass of each run.
  it.each([
    ['as deployed', NO_SWEEP],
    ['without an identity', { AIRLOCK_SWEEP_SCHEDULE: NO_SWEEP.AIRLOCK_SWEEP_SCHEDULE }],
  ])('takes all back where too many fail, %s', async (_, settings) => {
    cloud = await fleet(['etl-a', 'etl-b', 'etl-c'], rotationConfig(), settings);
    const before = await keys(cloud);
    for (const name of ['etl-b', 'etl-c']) {
      await cloud.client.setAirflow(name, { dags: { airlock_check: { behaviour: 'fails' } } });
    }
    const run = await rotate(cloud);

    expect(run).toMatchObject({ outcome: 'rolledBack', problem: { code: 'tooManyFailed' } });
    for (const name of ['etl-a', 'etl-b', 'etl-c']) expect(await markerOf(cloud, name)).toBe(before[0]);
    // No worker of two of them has answered since: what they run with nobody knows.
    const minted = run.result?.to ?? '';
    expect(await keys(cloud)).toEqual([...before, minted]);
    expect(run.result?.debts).toEqual([
      expect.objectContaining({
        kind: 'removeKey',
        what: minted,
        reason: expect.stringMatching(/no answer since: [^;]*\/etl-b, [^;]*\/etl-c$/),
      }),
    ]);
    await expectNoViolation(cloud, [minted]);
  });

  it('counts nobody against the limit whose check was broken before it', async () => {
    cloud = await fleet(['etl-a', 'etl-b', 'etl-c']);
    const [old] = await keys(cloud);
    await cloud.client.setAirflow('etl-c', { dags: { airlock_check: { behaviour: 'fails' } } });
    const checked = await requestRun(cloud.client, { action: 'check', runtime: runtimeId('etl-c') });
    expect(checked.outcome).toBe('checkFailed');
    const run = await rotate(cloud);

    // A third of the fleet, where the limit is a fifth.
    expect(run).toMatchObject({
      outcome: 'rotatedPartly',
      result: {
        from: old,
        counts: { carriers: 3, moved: 2, failed: 1 },
        stragglers: [{ runtime: runtimeId('etl-c') }],
      },
    });
    for (const name of ['etl-a', 'etl-b']) expect(await markerOf(cloud, name)).toBe(run.result?.to);
    expect(await keys(cloud)).toEqual([old, run.result?.to]);
    await expectNoViolation(cloud);
  });

  it('goes back when it is cancelled', async () => {
    cloud = await fleet(['etl-a', 'etl-b']);
    const before = await keys(cloud);
    const id = await startRotation(cloud);
    await cloud.client.run({ maxSeconds: 70 });
    expect((await cloud.client.functions(`/api/runs/${id}/cancel`, { method: 'POST' })).status).toBe(202);
    const run = await followRotation(cloud, id);

    expect(run.outcome).toBe('cancelled');
    expect(await keys(cloud)).toEqual(before);
    for (const name of ['etl-a', 'etl-b']) expect(await markerOf(cloud, name)).toBe(before[0]);
    await expectNoViolation(cloud);
  });

  it('says which permission of Microsoft Graph is missing', async () => {
    cloud = await fleet(['etl-a']);
    await cloud.client.setGraph({
      principal: 'app',
      permission: 'Application.ReadWrite.OwnedBy',
      grant: false,
    });
    const run = await rotate(cloud);

    expect(run).toMatchObject({ outcome: 'refused', problem: { code: 'graphForbidden' } });
    expect(run.problem?.remedy).toContain('az ad app owner add');
    expect(await keys(cloud)).toHaveLength(1);
  });

  it('undoes a credential that Entra gave too short a life', async () => {
    cloud = await fleet(['etl-a']);
    const before = await keys(cloud);
    await cloud.client.setLifetimePolicy({ maxDays: 20, excess: 'shorten' });
    const run = await rotate(cloud);

    expect(run).toMatchObject({ outcome: 'rolledBack', problem: { code: 'mintedTooShort' } });
    expect(await keys(cloud)).toEqual(before);
    await expectNoViolation(cloud);
  });
});
