/**
 * What an Event Grid event says of runtimes, in the Event Grid schema or in CloudEvents 1.0. Events are hints: an event
 * says where to look, never what is true.
 */
import type { RuntimeId } from '../values/runtimeId.js';

export type EventRelevance =
  | {
      readonly kind: 'relevant';
      readonly runtime: RuntimeId;
      readonly change: 'written' | 'deleted';
      readonly eventId: string;
      readonly eventType: string;
      /** ISO 8601; empty where the event has no such time. */
      readonly eventTime: string;
      readonly correlationId?: string;
      /** Client id of whoever made the change; absent where the event does not say. */
      readonly caller?: string;
    }
  | {
      readonly kind: 'irrelevant';
      /** Malformed events are somebody's mistake and worth a warning; the others are just not for the app. */
      readonly malformed: boolean;
      readonly reason: string;
    };

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i;
const MAX_TEXT = 2048;

/** What every event says of itself, in either schema. */
export interface EventEnvelope {
  readonly eventType: string;
  readonly eventId: string;
  /** ISO 8601; empty where the event has no such time. */
  readonly eventTime: string;
  readonly subject?: string;
  readonly data: Record<string, unknown>;
}

/** Reads an event's envelope; a text says what is wrong with it. */
export function readEnvelope(event: unknown): EventEnvelope | string {
  const envelope = record(event);
  if (!envelope) return 'the event is not an object';
  const eventType = text(envelope, 'eventType') ?? text(envelope, 'type');
  const eventId = text(envelope, 'id');
  if (eventType === undefined || eventId === undefined) return 'the event has no type or no id';
  const data = record(envelope['data']);
  if (!data) return 'the event has no data';
  const time = text(envelope, 'eventTime') ?? text(envelope, 'time') ?? '';
  const subject = text(envelope, 'subject');
  return {
    eventType,
    eventId,
    eventTime: TIME.test(time) ? time : '',
    data,
    ...(subject ? { subject } : {}),
  };
}

/** An event that is somebody's mistake, and why. */
export function malformed(reason: string): EventRelevance {
  return { kind: 'irrelevant', malformed: true, reason };
}

/** An event that is not for the app, and why. */
export function irrelevant(reason: string): EventRelevance {
  return { kind: 'irrelevant', malformed: false, reason };
}

/** Text of an event for a line of a log: short, and never a line of its own. */
export function printable(text: string): string {
  return text.slice(0, 100).replace(/[^\x20-\x7e]/g, '?');
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/** Text of a member of a member. */
export function textWithin(object: Record<string, unknown>, outer: string, name: string): string | undefined {
  const inner = record(object[outer]);
  return inner && text(inner, name);
}

/** A member's text, found without case: Azure's services spell them in several ways. */
export function text(object: Record<string, unknown>, name: string): string | undefined {
  const wanted = name.toLowerCase();
  const key = Object.keys(object).find((candidate) => candidate.trim().toLowerCase() === wanted);
  const value = key === undefined ? undefined : object[key];
  return typeof value === 'string' && value.trim() !== '' && value.length <= MAX_TEXT
    ? value.trim()
    : undefined;
}
