import type { Activities } from '../domain/activities/activities.js';
import { notificationId } from '../domain/events/notifications.js';
import type { ActivityDeps } from './deps.js';

type Activity = Activities['publishEvent'];

/** Sends one event to the configured topic. Repeated, it sends the same event with the same id. */
export async function publishEvent(
  { event, at }: Activity['input'],
  deps: ActivityDeps,
): Promise<Activity['output']> {
  const { events } = await deps.configuration();
  if (!events) return { kind: 'noTopic' };
  const azure = await deps.azure();
  const { type, subject, data } = event;
  return azure.topic(events).publish({ id: notificationId(event), type, subject, time: new Date(at), data });
}
