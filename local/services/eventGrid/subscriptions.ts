/** Event subscriptions: which events of which source go to which function. */
import { z } from 'zod';
import { EVENT_SCHEMAS, type GridEvent } from './events.js';

export const SUBSCRIPTION = z.object({
  name: z.string(),
  /** Resource id of the source, or the beginning of it: a subscription, a resource group, a vault. */
  topic: z.string(),
  /** Empty: all. */
  eventTypes: z.array(z.string()).readonly(),
  /** Compared without case, as Event Grid does by default; empty: all. */
  subjectBeginsWith: z.string().default(''),
  /** Values of `data.operationName` (an advanced filter, without case); empty: all. */
  operationNames: z.array(z.string()).readonly().default([]),
  /** Name of the function that gets the events. */
  functionName: z.string(),
  schema: z.enum(EVENT_SCHEMAS),
});
export type EventSubscription = z.infer<typeof SUBSCRIPTION>;
export type NewEventSubscription = z.input<typeof SUBSCRIPTION>;

export function matches(subscription: EventSubscription, event: GridEvent): boolean {
  const { eventTypes, operationNames, topic, subjectBeginsWith } = subscription;
  return (
    begins(event.topic, topic) &&
    begins(event.subject, subjectBeginsWith) &&
    (eventTypes.length === 0 || eventTypes.includes(event.eventType)) &&
    (operationNames.length === 0 || operationNames.some((name) => same(name, operationName(event))))
  );
}

/**
 * The event as this subscription's subscriber gets it: its topic is the source that the subscription is for, so a
 * subscription to a whole Azure subscription names that one and not the resource group.
 */
export function seenBy(subscription: EventSubscription, event: GridEvent): GridEvent {
  const source = /^\/subscriptions\/[^/]+(?=\/?$)/i.exec(subscription.topic)?.[0];
  return source === undefined ? event : { ...event, topic: source };
}

function operationName({ data }: GridEvent): string {
  const named =
    typeof data === 'object' && data !== null && 'operationName' in data ? data.operationName : '';
  return typeof named === 'string' ? named : '';
}

function begins(text: string, start: string): boolean {
  return text.toLowerCase().startsWith(start.toLowerCase());
}

function same(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
