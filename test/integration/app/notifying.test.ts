import { afterEach, describe, expect, it } from 'vitest';
import type { NotificationType } from '../../../src/domain/events/notifications.js';
import { NOTIFICATION_SCHEMAS } from '../../../src/notifications/schemas.js';
import { enable, type TestCloud } from './harness.js';
import { fleet, rotate, rotationConfig } from './rotationHarness.js';

interface Published {
  readonly id: string;
  readonly type?: string;
  readonly eventType?: string;
  readonly data: unknown;
}

const withTopic = (schema: string) =>
  rotationConfig().replace(
    'version: 1\n',
    `version: 1\nevents: { topic: "https://airlock-events.westeurope-1.eventgrid.azure.net/api/events", schema: ${schema} }\n`,
  );

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

async function published(): Promise<{ type: NotificationType; id: string; data: unknown }[]> {
  const events = (await cloud.client.published()) as Published[];
  return events.map(({ id, type, eventType, data }) => ({
    id,
    data,
    type: (type ?? eventType) as NotificationType,
  }));
}

describe('events out', () => {
  it.each([
    ['cloudEvents', 'CloudEventSchemaV1_0'],
    ['eventGrid', 'EventGridSchema'],
  ] as const)('tell of enablements and rotations, as %s', async (schema, inputSchema) => {
    cloud = await fleet([], withTopic(schema));
    await cloud.client.setTopic(inputSchema);
    for (const name of ['one', 'two']) await enable(cloud, { name });
    expect((await rotate(cloud)).outcome).toBe('rotated');

    const events = await published();
    expect(events.map(({ type }) => type)).toEqual([
      'Airlock.RuntimeEnabled.v1',
      'Airlock.RuntimeEnabled.v1',
      'Airlock.RotationStarted.v1',
      'Airlock.RuntimeEnabled.v1',
      'Airlock.RuntimeEnabled.v1',
      'Airlock.RotationCompleted.v1',
    ]);
    for (const { type, data } of events)
      expect(NOTIFICATION_SCHEMAS[type].safeParse(data).error).toBeUndefined();
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  });

  it('tell of a rollback with its reason', async () => {
    cloud = await fleet(['one'], withTopic('cloudEvents'));
    await cloud.client.setAirflow('one', { dags: { airlock_check: { behaviour: 'fails' } } });
    await rotate(cloud);

    const events = await published();
    expect(events.map(({ type }) => type)).toContain('Airlock.AccessCheckFailed.v1');
    const rolledBack = events.find(({ type }) => type === 'Airlock.RotationRolledBack.v1');
    expect(rolledBack?.data).toMatchObject({ credential: 'airflow-sp', problem: { code: 'noPilot' } });
    for (const { type, data } of events)
      expect(NOTIFICATION_SCHEMAS[type].safeParse(data).error).toBeUndefined();
  });

  it('say in the log that the topic takes another schema', async () => {
    cloud = await fleet([], withTopic('eventGrid'));
    const run = await enable(cloud, { name: 'mute' });

    expect(run.outcome).toBe('enabled');
    expect(await published()).toEqual([]);
    const lines = (await cloud.client.logs()).map(({ line }) => line).join('\n');
    expect(lines).toContain('events.schema');
  });

  it('fail no run where the topic is down', async () => {
    cloud = await fleet([], withTopic('cloudEvents'));
    await cloud.client.addFault({
      match: { service: 'eventGrid', operation: 'events.publish' },
      action: { kind: 'drop' },
    });
    const run = await enable(cloud, { name: 'quiet' });

    expect(run.outcome).toBe('enabled');
    expect(await published()).toEqual([]);
  });
});
