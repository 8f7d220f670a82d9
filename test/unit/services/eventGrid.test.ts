import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  APP,
  airflowProperties,
  BEGIN,
  bearer,
  byHand,
  type Cloud,
  call,
  createCloud,
  FACTORY_ID,
  GROUP_ID,
  PORTAL,
  RUNTIME_ID,
  RUNTIMES,
  SUBSCRIPTION,
  TENANT,
  VAULT_HOST,
  VAULT_ID,
} from './cloud.js';

interface Received {
  readonly at: number;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

const WRITE = 'Microsoft.Resources.ResourceWriteSuccess';
let cloud: Cloud;
let host: Server;
let received: Received[];
/** What the host answers, one after the other; 200 when there are no more. */
let answers: (number | 'cut')[];

beforeEach(async () => {
  cloud = createCloud();
  received = [];
  answers = [];
  host = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      const seconds = (cloud.clock.now() - BEGIN) / 1000;
      received.push({ at: seconds, url: request.url ?? '', headers: request.headers, body });
      const answer = answers.shift() ?? 200;
      if (answer === 'cut') request.socket.destroy();
      else response.writeHead(answer).end();
    });
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  cloud.eventGrid.deliverTo({ origin: originOf(host), code: 'system-key' });
});

afterEach(async () => {
  cloud.clock.stop();
  host.closeAllConnections();
  await new Promise((resolve) => host.close(resolve));
});

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ids = () =>
  received.map(({ body }) => (Array.isArray(body) ? Reflect.get(Object(body[0]), 'id') : undefined));

describe('events of Resource Manager', () => {
  it('are delivered as Azure writes them', async () => {
    cloud.eventGrid.subscribe(RUNTIMES);
    await cloud.arm.writeAs(PORTAL, RUNTIME_ID, airflowProperties());
    await cloud.clock.advance(1000);
    const uri = RUNTIME_ID.replace('resourceGroups', 'resourcegroups').replace(
      'integrationRuntimes',
      'integrationruntimes',
    );
    const operationName = 'Microsoft.DataFactory/factories/integrationruntimes/write';
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({
      url: '/runtime/webhooks/eventgrid?functionName=onRuntimeEvent&code=system-key',
      headers: {
        'aeg-event-type': 'Notification',
        'aeg-subscription-name': 'RUNTIMES',
        'aeg-delivery-count': '0',
        'content-type': 'application/json; charset=utf-8',
      },
      body: [
        {
          topic: GROUP_ID,
          subject: uri,
          eventType: WRITE,
          eventTime: '2026-11-23T12:00:00.000Z',
          dataVersion: '2',
          metadataVersion: '1',
          data: {
            authorization: { scope: uri, action: operationName },
            claims: { appid: PORTAL },
            resourceProvider: 'Microsoft.DataFactory',
            resourceUri: uri,
            operationName,
            status: 'Succeeded',
            subscriptionId: SUBSCRIPTION,
            tenantId: TENANT,
          },
        },
      ],
    });
    expect(JSON.stringify(received[0]?.body)).not.toContain('httpRequest');
  });

  it('name the source of the subscription as their topic', async () => {
    cloud.eventGrid.subscribe({ ...RUNTIMES, topic: `/subscriptions/${SUBSCRIPTION}` });
    await cloud.arm.writeAs(PORTAL, RUNTIME_ID, airflowProperties());
    expect(cloud.eventGrid.pending().map(({ event }) => event.topic)).toEqual([
      `/subscriptions/${SUBSCRIPTION}`,
    ]);
  });

  it('tell the request only for what existed, and come for deletions', async () => {
    cloud.eventGrid.subscribe({ ...RUNTIMES, schema: 'CloudEventSchemaV1_0' });
    await cloud.arm.writeAs(PORTAL, RUNTIME_ID, airflowProperties());
    await cloud.arm.deleteAs(PORTAL, RUNTIME_ID);
    await cloud.clock.advance(1000);
    expect(received.map(({ body }) => body)).toEqual([
      expect.objectContaining({ specversion: '1.0', source: GROUP_ID, type: WRITE }),
      expect.objectContaining({
        type: 'Microsoft.Resources.ResourceDeleteSuccess',
        data: expect.objectContaining({
          operationName: 'Microsoft.DataFactory/factories/integrationruntimes/delete',
          httpRequest: expect.objectContaining({ method: 'DELETE' }),
        }),
      }),
    ]);
    expect(received[0]?.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    expect(received[0]?.body).not.toHaveProperty('dataVersion');
  });

  it('come for the import of DAGs as actions', async () => {
    await cloud.arm.writeAs(PORTAL, RUNTIME_ID, airflowProperties());
    cloud.eventGrid.subscribe({ ...RUNTIMES, eventTypes: [] });
    await call(
      cloud.arm,
      'POST',
      `https://management.azure.com${FACTORY_ID}/airflow/sync?api-version=2018-06-01`,
      {
        headers: bearer(cloud, PORTAL, 'https://management.azure.com'),
        body: { IntegrationRuntimeName: 'etl', LinkedServiceName: 'blob', StorageFolderPath: 'c/airflow' },
      },
    );
    expect(cloud.eventGrid.pending()).toMatchObject([
      {
        event: {
          eventType: 'Microsoft.Resources.ResourceActionSuccess',
          data: { operationName: 'Microsoft.DataFactory/factories/airflow/sync/action' },
        },
      },
    ]);
  });

  it('are none for a write that was refused', async () => {
    cloud.eventGrid.subscribe(RUNTIMES);
    await cloud.arm.writeAs(APP, RUNTIME_ID, airflowProperties());
    await cloud.arm.writeAs(PORTAL, RUNTIME_ID, { type: 'Airflow' });
    expect(cloud.eventGrid.pending()).toEqual([]);
  });
});

it("delivers a vault's events with the documented stray spaces, or without", async () => {
  cloud.eventGrid.subscribe({ ...RUNTIMES, name: 'vault', topic: VAULT_ID, eventTypes: [] });
  const version = cloud.vault.setSecret(VAULT_HOST, 'spn', { value: 'v', exp: 1_900_000_000 });
  cloud.eventGrid.configure({ straySpaces: false });
  const second = cloud.vault.setSecret(VAULT_HOST, 'spn', { value: 'v' });
  await cloud.clock.advance(1000);
  expect(received.map(({ body }) => body)).toEqual([
    [
      expect.objectContaining({
        topic: VAULT_ID,
        subject: 'spn',
        eventType: 'Microsoft.KeyVault.SecretNewVersionCreated',
        data: {
          Id: `https://${VAULT_HOST}/secrets/spn/${version}`,
          VaultName: 'contoso-kv',
          ObjectType: 'Secret',
          'ObjectName ': 'spn',
          Version: ` ${version}`,
          NBF: null,
          EXP: '1900000000',
        },
      }),
    ],
    [
      expect.objectContaining({
        data: expect.objectContaining({ ObjectName: 'spn', Version: second, EXP: null }),
      }),
    ],
  ]);
});

describe('delivery', () => {
  beforeEach(() => cloud.eventGrid.subscribe(RUNTIMES));

  it('tries again on the schedule until it is acknowledged', async () => {
    answers = [500, 'cut', 429, 503, 202];
    cloud.eventGrid.publish(byHand('a'));
    await cloud.clock.run();
    expect(received.map(({ at }) => at)).toEqual([1, 11, 41, 101, 401]);
    expect(received.at(-1)?.headers['aeg-delivery-count']).toBe('4');
    expect(cloud.eventGrid.pending()).toEqual([]);
    expect(cloud.operations()).toEqual([
      'events.queued',
      ...Array.from({ length: 4 }, () => 'events.failed'),
      'events.delivered',
    ]);
  });

  it('gives up at once where no retry helps, and after a day otherwise', async () => {
    answers = [400];
    cloud.eventGrid.publish(byHand('a'));
    await cloud.clock.run();
    expect(received).toHaveLength(1);
    expect(cloud.operations().at(-1)).toBe('events.deadLettered');
    answers = Array.from({ length: 100 }, () => 500);
    cloud.eventGrid.publish(byHand('b'));
    await cloud.clock.run();
    expect(cloud.operations().at(-1)).toBe('events.deadLettered');
    const [, first, ...later] = received.map(({ at }) => at);
    expect(later.map((at) => at - (first ?? 0))).toEqual([
      10, 40, 100, 400, 1000, 2800, 6400, 17_200, 38_800, 82_000,
    ]);
  });

  it('goes on after a restart with what was pending', async () => {
    answers = [500];
    cloud.eventGrid.publish(byHand('a'));
    await cloud.clock.advance(2000);
    const saved = JSON.parse(JSON.stringify(cloud.eventGrid.snapshot()));
    cloud.clock.stop();
    cloud = createCloud();
    cloud.eventGrid.restore(saved);
    await cloud.clock.advance(60_000);
    expect(received).toHaveLength(1);
    cloud.eventGrid.deliverTo({ origin: originOf(host), code: 'system-key' });
    await cloud.clock.advance(0);
    expect(ids()).toEqual(['a', 'a']);
    expect(cloud.eventGrid.pending()).toEqual([]);
  });

  it('can duplicate and reorder', async () => {
    cloud.eventGrid.configure({ duplicates: 1, reorder: true });
    cloud.eventGrid.publish(byHand('a'));
    cloud.eventGrid.publish(byHand('b'));
    await cloud.clock.run();
    expect(ids()).toEqual(['b', 'b', 'a', 'a']);
  });

  it('comes twice where the acknowledgement is lost', async () => {
    cloud.faults.add({ match: { operation: 'events.deliver' }, action: { kind: 'lostResponse' }, times: 1 });
    cloud.eventGrid.publish(byHand('a'));
    await cloud.clock.run();
    expect(ids()).toEqual(['a', 'a']);
  });

  it('can be delayed, cut and answered by a fault', async () => {
    const match = { service: 'eventGrid' };
    cloud.faults.add({ match, action: { kind: 'delay', seconds: 5 }, times: 1 });
    cloud.faults.add({ match, action: { kind: 'drop' }, times: 1 });
    cloud.faults.add({ match, action: { kind: 'status', status: 503 }, times: 1 });
    cloud.eventGrid.publish(byHand('a'));
    await cloud.clock.run();
    expect(received.map(({ at }) => at)).toEqual([1 + 5 + 10 + 30]);
  });
});

describe('a CloudEvent that a topic takes', () => {
  const event = { id: 'a', source: '/made/by/hand', type: 'Mine', specversion: '1.0' };
  const nested = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
  const send = async (body: object | string) => {
    const host = 'cloud.westeurope-1.eventgrid.azure.net';
    cloud.eventGrid.addTopic({ host, resourceId: '/topics/cloud', inputSchema: 'CloudEventSchemaV1_0' });
    cloud.roles.grant({ principal: APP, scope: '/topics/cloud', role: 'EventGrid Data Sender' });
    cloud.eventGrid.subscribe({ ...RUNTIMES, topic: '', eventTypes: [], schema: 'CloudEventSchemaV1_0' });
    const url = `https://${host}/api/events?api-version=2018-01-01`;
    const headers = {
      ...bearer(cloud, APP, 'https://eventgrid.azure.net'),
      'content-type': 'application/cloudevents+json',
    };
    const { status } = await call(cloud.eventGrid, 'POST', url, { headers, body });
    // What waits for its delivery outlives a restart.
    cloud.eventGrid.restore(JSON.parse(JSON.stringify(cloud.eventGrid.snapshot())));
    await cloud.clock.run();
    return status;
  };

  it.each([
    ['bytes', { data_base64: 'AAEC' }],
    ['nothing', {}],
    ['null', { data: null }],
    ['a text', { data: 'x' }],
  ])('is delivered with %s for data', async (_label, data) => {
    expect(await send({ ...event, ...data })).toBe(200);

    const {
      time: _time,
      subject: _subject,
      ...delivered
    } = (received[0]?.body ?? {}) as Record<string, unknown>;
    expect(delivered).toEqual({ ...event, ...data });
  });

  it.each([
    ['both kinds of data', { data: 'x', data_base64: 'AAEC' }],
    ['bytes that are no base64', { data_base64: '*' }],
    ['65 levels', { data: nested(64) }],
  ])('is refused with %s', async (_label, data) => {
    expect(await send({ ...event, ...data })).toBe(400);
    expect(received).toEqual([]);
  });

  it('is refused with more levels than a stack has', async () => {
    const levels = 100_000;
    const data = `${'['.repeat(levels)}${']'.repeat(levels)}`;

    expect(await send(`${JSON.stringify(event).slice(0, -1)},"data":${data}}`)).toBe(400);
  });

  it('may have 64 levels', async () => {
    expect(await send({ ...event, data: nested(63) })).toBe(200);
    expect(received).toHaveLength(1);
  });
});

describe('topics', () => {
  it('take events from who may send', async () => {
    const topic = { host: 'airlock.westeurope-1.eventgrid.azure.net', resourceId: '/topics/airlock' };
    cloud.eventGrid.addTopic(topic);
    cloud.roles.grant({ principal: APP, scope: topic.resourceId, role: 'EventGrid Data Sender' });
    const url = `https://${topic.host}/api/events?api-version=2018-01-01`;
    const { topic: _topic, ...event } = byHand('a');
    const send = (caller: string, body: unknown, type = 'application/json') =>
      call(cloud.eventGrid, 'POST', url, {
        headers: { ...bearer(cloud, caller, 'https://eventgrid.azure.net'), 'content-type': type },
        body,
      });
    expect((await send(APP, [event])).status).toBe(200);
    expect((await send(PORTAL, [event])).status).toBe(403);
    expect((await send(APP, [{}])).status).toBe(400);
    expect((await send(APP, event)).status).toBe(400);
    expect((await send(APP, [{ ...event, specversion: '1.0' }])).status).toBe(400);
    expect((await send(APP, [event], 'text/plain')).status).toBe(415);
    expect((await send(APP, [event], 'application/cloudevents-batch+json')).status).toBe(415);
    expect((await send(APP, [{ ...event, data: 'x'.repeat(1024 * 1024) }])).status).toBe(413);
    expect((await call(cloud.eventGrid, 'POST', url, { body: [event] })).status).toBe(401);
    const unversioned = await call(cloud.eventGrid, 'POST', url.replace(/\?.*/, ''), {
      headers: { ...bearer(cloud, APP, 'https://eventgrid.azure.net'), 'content-type': 'application/json' },
      body: [event],
    });
    expect(unversioned.status).toBe(400);
    expect(cloud.eventGrid.published()).toMatchObject([{ id: 'a', topic: '/topics/airlock' }]);
  });
});
