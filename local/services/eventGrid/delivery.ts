/**
 * Deliveries under way: at least once for each matching subscription, retried on the local cloud's clock, and part
 * of the state that survives a kill until they are acknowledged.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { FaultAction, Kernel } from '../../kernel/types.js';
import { EVENT, type GridEvent, toWire } from './events.js';
import { post } from './post.js';
import { isAcknowledged, nextAttempt } from './retry.js';
import type { EventSubscription } from './subscriptions.js';

export const DELIVERY = z.object({
  id: z.string(),
  subscription: z.string(),
  event: EVENT,
  /** Attempts made so far. */
  attempts: z.number(),
  /** Milliseconds on the local cloud's clock. */
  queuedAt: z.number(),
  dueAt: z.number(),
});
export type Delivery = z.infer<typeof DELIVERY>;

/** Where the functions host listens, and its system key. */
export interface DeliveryTarget {
  /** Origin, for example `http://127.0.0.1:7071`. */
  readonly origin: string;
  readonly code: string;
}

export interface Deliveries {
  queue(subscription: EventSubscription, event: GridEvent, dueAt: number): void;
  /** Nothing is sent before the host's address is known. */
  deliverTo(target: DeliveryTarget): void;
  pending(): readonly Delivery[];
  restore(pending: readonly Delivery[]): void;
}

export function createDeliveries(
  kernel: Kernel,
  subscriptionNamed: (name: string) => EventSubscription | undefined,
): Deliveries {
  const { clock } = kernel;
  const pending = new Map<string, Delivery>();
  const timers = new Map<string, () => void>();
  let target: DeliveryTarget | undefined;

  const arm = (delivery: Delivery) => {
    if (target === undefined) return;
    timers.get(delivery.id)?.();
    const at = Math.max(delivery.dueAt, clock.now());
    timers.set(
      delivery.id,
      clock.schedule(at, () => clock.busy(() => attempt(delivery))),
    );
  };

  const note = (operation: string, delivery: Delivery, status: number | undefined) => {
    const { event, subscription, attempts } = delivery;
    kernel.ledger.record({
      service: 'eventGrid',
      operation,
      subject: event.subject,
      ...(status === undefined ? {} : { status }),
      detail: { subscription, eventId: event.id, eventType: event.eventType, attempts },
    });
  };

  const drop = (delivery: Delivery) => {
    timers.get(delivery.id)?.();
    timers.delete(delivery.id);
    pending.delete(delivery.id);
    kernel.changed();
  };

  const attempt = async (delivery: Delivery): Promise<void> => {
    const subscription = subscriptionNamed(delivery.subscription);
    if (target === undefined || pending.get(delivery.id) !== delivery) return;
    if (subscription === undefined) return drop(delivery);
    const fault = kernel.faults.strike({
      service: 'eventGrid',
      operation: 'events.deliver',
      subject: delivery.event.subject,
      path: subscription.functionName,
    });
    if (fault?.kind === 'delay') {
      delivery.dueAt = clock.now() + fault.seconds * 1000;
      return arm(delivery);
    }
    const status = await send(target, subscription, delivery, fault);
    delivery.attempts += 1;
    if (status !== undefined && isAcknowledged(status)) {
      note('events.delivered', delivery, status);
      return drop(delivery);
    }
    note('events.failed', delivery, status);
    const pause = nextAttempt(status, delivery.attempts, (clock.now() - delivery.queuedAt) / 1000);
    if (pause === undefined) {
      note('events.deadLettered', delivery, status);
      return drop(delivery);
    }
    delivery.dueAt = clock.now() + pause * 1000;
    kernel.changed();
    arm(delivery);
  };

  return {
    queue(subscription, event, dueAt) {
      const delivery: Delivery = {
        id: randomUUID(),
        subscription: subscription.name,
        event,
        attempts: 0,
        queuedAt: clock.now(),
        dueAt,
      };
      pending.set(delivery.id, delivery);
      note('events.queued', delivery, undefined);
      kernel.changed();
      arm(delivery);
    },
    deliverTo(given) {
      target = given;
      for (const delivery of pending.values()) arm(delivery);
    },
    pending: () => [...pending.values()],
    restore(saved) {
      for (const cancel of timers.values()) cancel();
      timers.clear();
      pending.clear();
      for (const delivery of saved) pending.set(delivery.id, { ...delivery });
      for (const delivery of pending.values()) arm(delivery);
    },
  };
}

/** Sends once, with what a fault that is switched on makes of it. The status, or `undefined` for none. */
async function send(
  target: DeliveryTarget,
  subscription: EventSubscription,
  delivery: Delivery,
  fault: FaultAction | undefined,
): Promise<number | undefined> {
  if (fault?.kind === 'status') return fault.status;
  if (fault?.kind === 'drop') return undefined;
  const url = new URL('/runtime/webhooks/eventgrid', target.origin);
  url.searchParams.set('functionName', subscription.functionName);
  url.searchParams.set('code', target.code);
  const wire = toWire(delivery.event, subscription.schema);
  const headers = {
    'content-type': wire.contentType,
    'aeg-event-type': 'Notification',
    'aeg-subscription-name': subscription.name.toUpperCase(),
    'aeg-delivery-count': String(delivery.attempts),
    'aeg-data-version': delivery.event.dataVersion,
    'aeg-metadata-version': subscription.schema === 'EventGridSchema' ? '1' : '0',
  };
  const status = await post(url, headers, wire.body);
  return fault?.kind === 'lostResponse' ? undefined : status;
}
