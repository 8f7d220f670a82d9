/** What a custom topic takes (https://learn.microsoft.com/azure/event-grid/post-to-custom-topic) and how it refuses the rest. */
import type { ServiceRequest, ServiceResponse } from '../../kernel/types.js';
import type { EventSchema, GridEvent } from './events.js';
import { readEvent } from './events.js';

const API_VERSION = '2018-01-01';
const LARGEST = 1024 * 1024;
const CONTENT_TYPES: Readonly<Record<EventSchema, readonly string[]>> = {
  EventGridSchema: ['application/json'],
  // One event, or a batch of them.
  CloudEventSchemaV1_0: ['application/cloudevents+json', 'application/cloudevents-batch+json'],
};

interface TakingTopic {
  readonly resourceId: string;
  readonly inputSchema: EventSchema;
}

/** The events of a post, or the refusal. `time` is for CloudEvents that have none. */
export function readPost(
  { body, headers, url }: ServiceRequest,
  { inputSchema, resourceId }: TakingTopic,
  time: string,
): { readonly events: readonly GridEvent[] } | ServiceResponse {
  const version = url.searchParams.get('api-version');
  if (version !== API_VERSION) {
    return refusal(400, 'BadRequest', `The api-version '${version ?? ''}' is not supported.`);
  }
  if (body.length > LARGEST) return refusal(413, 'RequestEntityTooLarge', 'The request is larger than 1 MB.');
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!CONTENT_TYPES[inputSchema].includes(type)) {
    return refusal(
      415,
      'UnsupportedMediaType',
      `The topic takes ${inputSchema}, not the content type '${type}'.`,
    );
  }
  const parsed = json(body);
  const batch = Array.isArray(parsed)
    ? parsed
    : type === 'application/cloudevents+json'
      ? [parsed]
      : undefined;
  const fit = batch?.every((event) => isCloudEvent(event) === (inputSchema === 'CloudEventSchemaV1_0'));
  if (batch === undefined || fit !== true) {
    return refusal(
      400,
      'BadRequest',
      `The body is no array of events in the topic's schema, ${inputSchema}.`,
    );
  }
  try {
    return { events: batch.map((event) => readEvent(event, resourceId, time)) };
  } catch {
    return refusal(400, 'BadRequest', 'An event lacks a property that its schema requires.');
  }
}

export function refusal(status: number, code: string, message: string): ServiceResponse {
  return { status, body: { error: { code, message } } };
}

function isCloudEvent(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'specversion' in event;
}

function json(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch {
    return undefined;
  }
}
