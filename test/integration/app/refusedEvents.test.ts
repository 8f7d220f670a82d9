import { afterEach, describe, expect, it } from 'vitest';
import { EVENT_FUNCTION } from '../../../local/sample/names.js';
import { requestRun, runsOn, settle, type TestCloud } from './harness.js';
import { expectNoViolation, fleet, markerOf, rotationConfig } from './rotationHarness.js';

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

/** What Event Grid met on the way to the function, with the seconds since the first. */
async function deliveries(): Promise<
  readonly (readonly [operation: string, status: number | undefined, seconds: number])[]
> {
  const entries = (await cloud.client.ledger({ service: 'eventGrid' })).filter(({ operation }) =>
    ['events.failed', 'events.delivered', 'events.deadLettered'].includes(operation),
  );
  const first = Date.parse(entries[0]?.at ?? '');
  return entries.map(({ operation, status, at }) => [operation, status, (Date.parse(at) - first) / 1000]);
}

describe('an app that has scaled to zero', () => {
  it('refuses the first event, which comes again after five minutes and starts the run', async () => {
    cloud = await fleet([], rotationConfig());
    // It runs by the time its event comes: what this list does not show is new to the app all the same.
    await requestRun(cloud.client, { action: 'sweep' });
    await cloud.client.setApp({ zeroAfterSeconds: 600 });
    await cloud.client.createRuntime({ name: 'first' });

    const run = await settle(cloud.client, 'first');

    expect(run).toMatchObject({ status: 'completed', outcome: 'enabled' });
    const [refused, taken] = await deliveries();
    expect(refused).toEqual(['events.failed', 401, 0]);
    expect(taken?.slice(0, 2)).toEqual(['events.delivered', 202]);
    expect(taken?.[2]).toBeGreaterThanOrEqual(300);
    await expectNoViolation(cloud);
  });

  it('takes the next events while it has an instance, and none has one before it is asked', async () => {
    cloud = await fleet([], rotationConfig());
    await cloud.client.setApp({ zeroAfterSeconds: 600 });
    const event = { id: 'none', eventType: 'none' };
    const send = async (afterSeconds: number, name = EVENT_FUNCTION) => {
      await cloud.client.advance(afterSeconds);
      return cloud.client.deliver(event, name);
    };

    // The second one comes before the key is known; the one after ten minutes finds nobody again.
    const answers = [await send(0), await send(9), await send(1), await send(599), await send(600)];

    expect(answers).toEqual([401, 401, 202, 202, 401]);
    expect(await send(0, 'credentialEvents')).toBe(401);
    await cloud.client.setApp({ zeroAfterSeconds: null });
    expect(await send(3600)).toBe(202);
  });
});

const SWEEPS = { AIRLOCK_SWEEP_SCHEDULE: '0 15 * * * *' };

describe('a stopped app', () => {
  it('answers 403: its events are put aside at once, and a sweep finds what they told once it runs', async () => {
    cloud = await fleet([], rotationConfig(), SWEEPS);
    await requestRun(cloud.client, { action: 'sweep' });
    await cloud.client.setApp({ running: false });
    await cloud.client.createRuntime({ name: 'missed' });
    await cloud.client.run({ maxSeconds: 3600 });

    expect(await deliveries()).toEqual([
      ['events.failed', 403, 0],
      ['events.deadLettered', 403, 0],
    ]);
    expect((await cloud.client.functions('/api/runs')).status).toBe(403);
    await cloud.client.setApp({ running: true });
    expect(await runsOn(cloud.client, 'missed')).toEqual([]);
    await cloud.client.advance(2 * 3600);
    expect((await runsOn(cloud.client, 'missed')).map(({ outcome }) => outcome)).toContain('enabled');
    await expectNoViolation(cloud);
  });

  it('runs nothing, neither schedules nor what was under way, and goes on where it was', async () => {
    cloud = await fleet([], rotationConfig(), SWEEPS);
    await cloud.client.createRuntime({ name: 'halfway' });
    await cloud.client.advance(30);
    const [before] = await runsOn(cloud.client, 'halfway');
    await cloud.client.setApp({ running: false });
    // An activity that runs ends.
    await cloud.client.advance(60);
    const atRest = (await cloud.client.stats())['invocations'];

    await cloud.client.advance(12 * 3600);

    expect((await cloud.client.stats())['invocations']).toEqual(atRest);
    await cloud.client.setApp({ running: true });
    const run = await settle(cloud.client, 'halfway');
    expect(run).toMatchObject({ id: before?.id, status: 'completed' });
    expect(await markerOf(cloud, 'halfway')).toBeDefined();
  });
});

it('the control API refuses settings that make no sense', async () => {
  cloud = await fleet([], rotationConfig());

  for (const wrong of [{ zeroAfterSeconds: 0 }, { running: 'no' }, { other: 1 }]) {
    await expect(cloud.client.setApp(wrong as object)).rejects.toMatchObject({ status: 400 });
  }
  expect(await cloud.client.app()).toEqual({ running: true, zeroAfterSeconds: null });
});
