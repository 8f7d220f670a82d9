/** What has been proven of a runtime holds until a check fails, and no longer than the profile says. */
import { afterEach, describe, expect, it } from 'vitest';
import type { SweepResult } from '../../../src/domain/sweep/sweep.js';
import { armCalls, enable, requestRun, runsOn, runtimeId, type TestCloud } from './harness.js';
import {
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

const HOUR = 3600;

const findings = async (): Promise<unknown> => {
  const run = await requestRun(cloud.client, { action: 'sweep', dryRun: true });
  return (run as unknown as { result: SweepResult }).result.profiles[0]?.findings;
};
const check = (name: string) => requestRun(cloud.client, { action: 'check', runtime: runtimeId(name) });
const enableOnce = (name: string) => requestRun(cloud.client, { action: 'enable', runtime: runtimeId(name) });
const behave = (name: string, behaviour: 'normal' | 'fails' | 'forged' | 'hangs') =>
  cloud.client.setAirflow(name, { dags: { airlock_check: { behaviour } } });

describe('a check that fails', () => {
  it('takes the proof away, until one passes', async () => {
    cloud = await fleet(['one'], rotationConfig(), NO_SWEEP);
    expect(await findings()).toEqual({ fine: 1 });
    await behave('one', 'forged');
    expect(await check('one')).toMatchObject({ outcome: 'checkFailed' });

    expect(await findings()).toEqual({ resting: 1 });
    await cloud.client.advance(2 * HOUR);
    expect(await findings()).toEqual({ unproven: 1 });
    expect(await enableOnce('one')).toMatchObject({ outcome: 'checkFailed', changed: false });

    await behave('one', 'normal');
    expect(await check('one')).toMatchObject({ outcome: 'accessProven' });
    expect(await findings()).toEqual({ fine: 1 });
    expect(await enableOnce('one')).toMatchObject({ outcome: 'alreadyEnabled' });
    expect(await armCalls(cloud.client, 'one')).toMatchObject({ writes: 1 });
  });

  it('that could not be asked for takes nothing away', async () => {
    cloud = await fleet(['one'], rotationConfig(), NO_SWEEP);
    for (const [patch, code] of [
      [{ api: '403' as const }, 'airflowForbidden'],
      [{ dags: { airlock_check: { behaviour: 'hangs' as const } } }, 'checkRunStuck'],
    ] as const) {
      await cloud.client.setAirflow('one', patch);
      expect(await check('one')).toMatchObject({ outcome: 'checkFailed', problem: { code } });
      expect(await findings()).toEqual({ fine: 1 });
      expect(await enableOnce('one')).toMatchObject({ outcome: 'alreadyEnabled' });
      await cloud.client.setAirflow('one', { api: 'ok' });
    }
  });
});

describe('a proof that is older than the profile lets it be', () => {
  const sweep = async () =>
    (await requestRun(cloud.client, { action: 'sweep' })) as unknown as { result: SweepResult };
  const withHours = (hours: number) => `${rotationConfig()}    access: { proveEveryHours: ${hours} }\n`;

  it('is renewed by the next sweep: a check, and no restart', async () => {
    cloud = await fleet(['one', 'two'], withHours(12), NO_SWEEP);
    await cloud.client.advance(11 * HOUR);
    expect(await check('two')).toMatchObject({ outcome: 'accessProven' });
    expect(await findings()).toEqual({ fine: 2 });
    await cloud.client.advance(2 * HOUR);
    expect(await findings()).toEqual({ proofDue: 1, fine: 1 });

    expect((await sweep()).result.profiles[0]).toMatchObject({ checks: 1, runtimes: [], waiting: 0 });
    expect(await findings()).toEqual({ fine: 2 });
    const [last] = (await runsOn(cloud.client, 'one')).reverse();
    expect(last).toMatchObject({ action: 'check', outcome: 'accessProven', changed: false });
    for (const name of ['one', 'two'])
      expect(await armCalls(cloud.client, name)).toMatchObject({ writes: 1 });
  });

  it('is a day old where the profile says nothing', async () => {
    cloud = await fleet(['one'], rotationConfig(), NO_SWEEP);
    await cloud.client.advance(23 * HOUR);
    expect(await findings()).toEqual({ fine: 1 });
    await cloud.client.advance(2 * HOUR);
    expect(await findings()).toEqual({ proofDue: 1 });
  });

  it('lets no enablement end without a check', async () => {
    cloud = await fleet(['one'], withHours(12), NO_SWEEP);
    expect(await enableOnce('one')).toMatchObject({ outcome: 'alreadyEnabled' });
    await cloud.client.advance(13 * HOUR);
    expect(await enableOnce('one')).toMatchObject({ outcome: 'enabled', changed: false });
    expect(await enableOnce('one')).toMatchObject({ outcome: 'alreadyEnabled' });
    expect(await armCalls(cloud.client, 'one')).toMatchObject({ writes: 1 });
  });
});

describe('a rotation that goes back', () => {
  it('has brought back also what is broken with the old credential, and leaves no debt for it', async () => {
    cloud = await fleet(['one', 'two'], rotationConfig([`pilot: ${runtimeId('one')}`]), NO_SWEEP);
    const before = await keys(cloud);
    for (const name of ['one', 'two']) await behave(name, 'forged');
    const run = await rotate(cloud);

    expect(run).toMatchObject({ outcome: 'rolledBack', result: { counts: { failed: 2 } } });
    expect((run.result?.debts ?? []).filter(({ kind }) => kind === 'moveRuntime')).toEqual([]);
    expect(await keys(cloud)).toEqual(before);
    for (const name of ['one', 'two']) expect(await markerOf(cloud, name)).toBe(before[0]);
    await cloud.client.advance(2 * HOUR);
    expect(await findings()).toEqual({ unproven: 2 });
  });

  it('counts among those that went back one whose check fails there, and leaves a debt for the key that it may still have', async () => {
    const names = ['one', 'two', 'three'];
    const pilot = `pilot: ${runtimeId('one')}`;
    cloud = await fleet(names, rotationConfig(['failureLimitPercent: 0', pilot]), NO_SWEEP);
    const [old = ''] = await keys(cloud);
    await behave('three', 'forged');
    const run = await followRotation(cloud, await startRotation(cloud), {
      sliceSeconds: 10,
      each: async ({ step }) => {
        if (step?.name === 'roll back') await behave('two', 'fails');
      },
    });

    const minted = run.result?.to ?? '';
    expect(run).toMatchObject({
      outcome: 'rolledBack',
      problem: { code: 'tooManyFailed' },
      result: { counts: { carriers: 2, failed: 1, wentBack: 2 } },
    });
    expect(run.trail.map(({ outcome }) => outcome)).toContain('the check of 1 of these fails');
    for (const name of names) expect(await markerOf(cloud, name)).toBe(old);
    expect(run.result?.debts).toMatchObject([
      { kind: 'removeKey', what: minted, reason: expect.stringContaining(runtimeId('two').toLowerCase()) },
    ]);
    expect(await keys(cloud)).toEqual([old, minted]);
  });
});

describe('a run that the host ended', () => {
  it('says nothing of its runtime: the next sweep does not wait', async () => {
    cloud = await fleet([], rotationConfig(), NO_SWEEP);
    await cloud.client.addFault({
      match: { service: 'host', operation: 'before-orchestrator', subject: 'checkAccess' },
      action: { kind: 'workerGone' },
      times: 3,
    });
    expect(await enable(cloud, { name: 'one' })).toMatchObject({
      outcome: 'interrupted',
      problem: { code: 'hostEnded' },
    });
    expect(await findings()).toEqual({ unproven: 1 });
  });
});
