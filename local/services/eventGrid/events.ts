/**
 * The events that Azure raises, built as its documentation shows them, irregular spelling included, and their two
 * wire formats.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { DEEPEST_JSON, isDeeperThan } from '../depth.js';
import type { ResourceChange, SecretChange } from '../types.js';

/** An event before it takes one of the two schemas. */
export const EVENT = z.object({
  id: z.string(),
  /** Resource id of the source: the resource group, the vault, or a topic. */
  topic: z.string(),
  subject: z.string(),
  eventType: z.string(),
  eventTime: z.string(),
  dataVersion: z.string(),
  data: z.unknown().optional(),
  /** Bytes in place of `data`, which only a CloudEvent has. */
  dataBase64: z.string().optional(),
});
export type GridEvent = z.infer<typeof EVENT>;

export const EVENT_SCHEMAS = ['EventGridSchema', 'CloudEventSchemaV1_0'] as const;
export type EventSchema = (typeof EVENT_SCHEMAS)[number];

const EVENT_GRID_INPUT = z.object({
  id: z.string(),
  topic: z.string().optional(),
  subject: z.string(),
  eventType: z.string(),
  eventTime: z.string(),
  dataVersion: z.string().optional(),
  data: z.unknown().optional(),
});

/** `data`, `data_base64` or neither, never both (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md#31-handling-of-data). */
const CLOUD_EVENT_INPUT = z
  .object({
    id: z.string(),
    source: z.string(),
    subject: z.string().optional(),
    type: z.string(),
    time: z.string().optional(),
    specversion: z.literal('1.0'),
    data: z.unknown().optional(),
    data_base64: z.base64().optional(),
  })
  .refine(({ data, data_base64 }) => data === undefined || data_base64 === undefined);

/**
 * Reads an event in either schema. `topic` is used where the event names none (publishers to a topic leave it out),
 * `time` where a CloudEvent has none. Throws a ZodError where it is neither.
 */
export function readEvent(input: unknown, topic: string, time: string): GridEvent {
  if (isDeeperThan(input, DEEPEST_JSON)) {
    throw new z.ZodError([{ code: 'custom', path: [], input, message: 'The event nests too deep.' }]);
  }
  if (typeof input === 'object' && input !== null && 'specversion' in input) {
    const event = CLOUD_EVENT_INPUT.parse(input);
    return {
      id: event.id,
      topic: event.source,
      subject: event.subject ?? '',
      eventType: event.type,
      eventTime: event.time ?? time,
      dataVersion: '',
      ...(event.data === undefined ? {} : { data: event.data }),
      ...(event.data_base64 === undefined ? {} : { dataBase64: event.data_base64 }),
    };
  }
  const { topic: own = topic, dataVersion = '', ...event } = EVENT_GRID_INPUT.parse(input);
  return { ...event, topic: own, dataVersion };
}

/** The body and content type that a subscriber gets: one event a delivery, in an array in Event Grid's own schema. */
export function toWire(event: GridEvent, schema: EventSchema): { contentType: string; body: string } {
  if (schema === 'EventGridSchema') {
    return {
      contentType: 'application/json; charset=utf-8',
      body: JSON.stringify([{ ...event, metadataVersion: '1' }]),
    };
  }
  const { topic, eventType, eventTime, dataVersion: _version, dataBase64, ...rest } = event;
  return {
    contentType: 'application/cloudevents+json; charset=utf-8',
    body: JSON.stringify({
      ...rest,
      ...(dataBase64 === undefined ? {} : { data_base64: dataBase64 }),
      source: topic,
      type: eventType,
      time: eventTime,
      specversion: '1.0',
    }),
  };
}

const OUTCOMES = { write: 'WriteSuccess', delete: 'DeleteSuccess', action: 'ActionSuccess' } as const;

/**
 * `Microsoft.Resources.ResourceWriteSuccess`, `…DeleteSuccess` or `…ActionSuccess`. Azure writes `resourcegroups` and
 * `integrationruntimes` here, whatever the request wrote, and tells the request only for changes of what existed.
 */
export function resourceEvent(change: ResourceChange, time: string): GridEvent {
  const uri = change.resourceId
    .replace(/\/resourceGroups\//i, '/resourcegroups/')
    .replace(/\/integrationRuntimes\//i, '/integrationruntimes/');
  const [, , subscriptionId = '', , resourceGroup = ''] = change.resourceId.split('/');
  const operation = `${change.resourceType}/${change.change}`;
  return {
    id: randomUUID(),
    topic: `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`,
    subject: uri,
    eventType: `Microsoft.Resources.Resource${OUTCOMES[change.change]}`,
    eventTime: time,
    dataVersion: '2',
    data: {
      authorization: { scope: uri, action: operation, evidence: { role: 'Contributor' } },
      claims: {
        aud: 'https://management.core.windows.net/',
        appid: change.actor.clientId,
        ...(change.actor.objectId === undefined
          ? {}
          : { 'http://schemas.microsoft.com/identity/claims/objectidentifier': change.actor.objectId }),
      },
      correlationId: change.correlationId,
      ...(change.request === undefined
        ? {}
        : {
            httpRequest: {
              clientRequestId: change.request.clientRequestId,
              clientIpAddress: '203.0.113.10',
              method: change.request.method,
              url: change.request.url,
            },
          }),
      resourceProvider: change.resourceType.split('/')[0],
      resourceUri: uri,
      operationName: operation,
      status: 'Succeeded',
      subscriptionId,
      tenantId: change.tenantId,
    },
  };
}

const SECRET_EVENT_TYPES = {
  newVersion: 'Microsoft.KeyVault.SecretNewVersionCreated',
  nearExpiry: 'Microsoft.KeyVault.SecretNearExpiry',
  expired: 'Microsoft.KeyVault.SecretExpired',
} as const;

/**
 * A vault's event. With `straySpaces` it has the spaces of the documented sample: after the key `ObjectName`, before
 * the version's value.
 */
export function secretEvent(change: SecretChange, time: string, straySpaces: boolean): GridEvent {
  return {
    id: randomUUID(),
    topic: change.vaultResourceId,
    subject: change.secretName,
    eventType: SECRET_EVENT_TYPES[change.change],
    eventTime: time,
    dataVersion: '1',
    data: {
      Id: change.secretId,
      VaultName: change.vaultName,
      ObjectType: 'Secret',
      [straySpaces ? 'ObjectName ' : 'ObjectName']: change.secretName,
      Version: straySpaces ? ` ${change.version}` : change.version,
      NBF: seconds(change.notBefore),
      EXP: seconds(change.expires),
    },
  };
}

function seconds(value: number | undefined): string | null {
  return value === undefined ? null : String(value);
}
