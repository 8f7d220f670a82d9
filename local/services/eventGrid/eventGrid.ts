/**
 * Event Grid: takes what Resource Manager and the vaults report, and what publishers send to topics, and delivers it
 * to the functions that subscribe.
 */
import { z } from 'zod';
import type { Kernel, Service, ServiceRequest, ServiceResponse } from '../../kernel/types.js';
import { EVENT_GRID_AUDIENCES } from '../entra/audiences.js';
import type { RoleAssignments } from '../resourceManager/roles.js';
import type { Directory, EventSource } from '../types.js';
import { createDeliveries, DELIVERY, type Delivery, type DeliveryTarget } from './delivery.js';
import { EVENT, EVENT_SCHEMAS, type GridEvent, readEvent, resourceEvent, secretEvent } from './events.js';
import {
  type EventSubscription,
  matches,
  type NewEventSubscription,
  SUBSCRIPTION,
  seenBy,
} from './subscriptions.js';
import { readPost, refusal } from './topicPost.js';

const SETTINGS = z.strictObject({
  /** Seconds from what happened to the first attempt. */
  delaySeconds: z.number().nonnegative(),
  /** How many times more each event is delivered, as an at-least-once service may. */
  duplicates: z.number().int().nonnegative(),
  /** Every second event comes five seconds later than it would, so that the next overtakes it. */
  reorder: z.boolean(),
  /** Whether events of vaults have the stray spaces of the documented sample. */
  straySpaces: z.boolean(),
});
type EventGridSettings = z.infer<typeof SETTINGS>;

const SEND = 'Microsoft.EventGrid/events/send/action';

const TOPIC = z.object({
  host: z.string(),
  resourceId: z.string(),
  /** The one schema of the events that it takes, chosen when it is made. */
  inputSchema: z.enum(EVENT_SCHEMAS).default('EventGridSchema'),
});
/** A custom topic. */
type Topic = z.infer<typeof TOPIC>;
export type NewTopic = z.input<typeof TOPIC>;

const STATE = z.object({
  subscriptions: z.array(SUBSCRIPTION),
  settings: SETTINGS,
  topics: z.array(TOPIC),
  published: z.array(EVENT),
  pending: z.array(DELIVERY),
  queued: z.number(),
});

const OVERTAKEN_MS = 5000;
/** So many events that were sent to topics are kept for whoever looks. */
const KEPT = 1000;

export interface EventGrid extends Service, EventSource {
  /** Adds a subscription, or replaces the one of the same name. Throws a ZodError where it is malformed. */
  subscribe(subscription: NewEventSubscription): void;
  unsubscribe(name: string): void;
  subscriptions(): readonly EventSubscription[];
  /** Throws a ZodError where a setting is unknown or makes no sense. */
  configure(settings: Partial<EventGridSettings>): void;
  /** Adds a topic, or replaces the one of the same host. */
  addTopic(topic: NewTopic): void;
  topics(): readonly Topic[];
  /** Tells where the functions host listens; deliveries wait until then. */
  deliverTo(target: DeliveryTarget): void;
  /**
   * Sends an event by hand, in Event Grid's schema or as a CloudEvent. Returns the names of the subscriptions that it
   * goes to. Throws a ZodError where it is no event.
   */
  publish(event: unknown): readonly string[];
  pending(): readonly Delivery[];
  /** What publishers sent to the topics, newest last. */
  published(): readonly GridEvent[];
}

export function createEventGrid(
  kernel: Kernel,
  { directory, roles }: { directory: Directory; roles: RoleAssignments },
): EventGrid {
  let subscriptions: EventSubscription[] = [];
  let topics: Topic[] = [];
  let published: GridEvent[] = [];
  let settings: EventGridSettings = { delaySeconds: 1, duplicates: 0, reorder: false, straySpaces: true };
  let queued = 0;
  const deliveries = createDeliveries(kernel, (name) => subscriptions.find((one) => one.name === name));

  const isoNow = () => new Date(kernel.clock.now()).toISOString();

  const raise = (event: GridEvent): readonly string[] => {
    const takers = subscriptions.filter((subscription) => matches(subscription, event));
    if (takers.length === 0) return [];
    queued += 1;
    const late = settings.reorder && queued % 2 === 1 ? OVERTAKEN_MS : 0;
    const dueAt = kernel.clock.now() + settings.delaySeconds * 1000 + late;
    for (const subscription of takers) {
      for (let copy = 0; copy <= settings.duplicates; copy += 1) {
        deliveries.queue(subscription, seenBy(subscription, event), dueAt);
      }
    }
    return takers.map((subscription) => subscription.name);
  };

  const receive = (request: ServiceRequest): ServiceResponse => {
    const topic = topics.find((one) => one.host === request.host.toLowerCase());
    if (topic === undefined) return refusal(404, 'NotFound', `There is no topic at ${request.host}.`);
    if (request.method !== 'POST' || request.url.pathname !== '/api/events') {
      return refusal(404, 'NotFound', 'Events are posted to /api/events.');
    }
    const caller = directory.verify(request.headers['authorization'], EVENT_GRID_AUDIENCES);
    if (caller === undefined)
      return refusal(401, 'Unauthorized', 'The request carries no valid bearer token.');
    if (!roles.allowsData(caller.clientId, SEND, topic.resourceId)) {
      return refusal(
        403,
        'Forbidden',
        `The principal ${caller.clientId} may not send to ${topic.resourceId}.`,
      );
    }
    const posted = readPost(request, topic, isoNow());
    if ('status' in posted) return posted;
    const { events } = posted;
    kernel.secrets.look(`event to ${topic.resourceId}`, JSON.stringify(events));
    published = [...published, ...events].slice(-KEPT);
    for (const event of events) raise(event);
    kernel.changed();
    return { status: 200 };
  };

  return {
    name: 'eventGrid',
    hosts: ['*.eventgrid.azure.net', '*.eventgrid.azure.us', '*.eventgrid.azure.cn'],

    describe(request) {
      const caller = directory.verify(request.headers['authorization'], EVENT_GRID_AUDIENCES)?.clientId;
      return {
        operation: 'events.publish',
        ...(caller === undefined ? {} : { caller }),
        subject: request.host,
      };
    },
    handle: async (request) => receive(request),

    resourceChanged(change) {
      raise(resourceEvent(change, isoNow()));
    },
    secretChanged(change) {
      raise(secretEvent(change, isoNow(), settings.straySpaces));
    },
    publish: (event) => raise(readEvent(event, '', isoNow())),

    subscribe(given) {
      const subscription = SUBSCRIPTION.parse(given);
      subscriptions = [...subscriptions.filter((one) => one.name !== subscription.name), subscription];
      kernel.changed();
    },
    unsubscribe(name) {
      subscriptions = subscriptions.filter((one) => one.name !== name);
      kernel.changed();
    },
    subscriptions: () => subscriptions,
    configure(changes) {
      settings = SETTINGS.parse({ ...settings, ...changes });
      kernel.changed();
    },
    addTopic(topic) {
      const added = TOPIC.parse({ ...topic, host: topic.host.toLowerCase() });
      topics = [...topics.filter(({ host }) => host !== added.host), added];
      kernel.changed();
    },
    topics: () => topics,
    deliverTo: (target) => deliveries.deliverTo(target),
    pending: () => deliveries.pending(),
    published: () => published,

    snapshot: () =>
      structuredClone({
        subscriptions,
        settings,
        topics,
        published,
        pending: [...deliveries.pending()],
        queued,
      }),
    restore(saved) {
      const state = STATE.parse(saved);
      ({ subscriptions, settings, topics, published, queued } = state);
      deliveries.restore(state.pending);
    },
  };
}
