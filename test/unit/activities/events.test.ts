import { describe, expect, it } from 'vitest';
import { publishEvent } from '../../../src/activities/publishEvent.js';
import { sendKept } from '../../../src/activities/sendKept.js';
import { type Notification, notificationId } from '../../../src/domain/events/notifications.js';
import { EMPTY_APP_RECORD } from '../../../src/domain/records/appRecord.js';
import { ActivityContext, NOW } from '../doubles/activityContext.js';
import { RETRY } from '../doubles/calls.js';

const HOUR = 3_600_000;
const AT = new Date(NOW).toISOString();
const TOPIC = {
  url: 'https://contoso.westeurope-1.eventgrid.azure.net/api/events',
  schema: 'cloudEvents',
} as const;

/** The straggler of a rotation; runs tell events apart. */
const straggler = (runId: string): Notification => ({
  type: 'Airlock.RotationStraggler.v1',
  subject: 'credentials/reader',
  data: { credential: 'reader', runId, runtime: '/places/attic/etl', code: 'dagMissing' },
});
const started = (runId: string): Notification => ({
  type: 'Airlock.RotationStarted.v1',
  subject: 'credentials/reader',
  data: { credential: 'reader', runId, why: 'it is due', carriers: 2 },
});

function withTopic(): ActivityContext {
  const context = new ActivityContext();
  context.events = TOPIC;
  return context;
}

describe('the sending of an event', () => {
  const publish = (context: ActivityContext) =>
    publishEvent({ event: straggler('rq-1'), at: AT }, context.deps);

  it('tells what happened, to whom and when', async () => {
    const context = withTopic();

    expect(await publish(context)).toEqual({ kind: 'published' });
    expect(context.topic.taken).toEqual([
      { ...straggler('rq-1'), id: notificationId(straggler('rq-1')), time: new Date(NOW) },
    ]);
  });

  it('sends the same event with the same id when it is repeated', async () => {
    const context = withTopic();
    context.topic.calls.faults.publish = 'lost';
    expect(await publish(context)).toMatchObject({ kind: 'retry' });
    delete context.topic.calls.faults.publish;
    await publish(context);

    const [first, second] = context.topic.taken;
    expect(second).toEqual(first);
  });

  it('is nothing where there is no topic', async () => {
    const context = new ActivityContext();

    expect(await publish(context)).toEqual({ kind: 'noTopic' });
    expect(context.topic.calls.made).toEqual([]);
  });

  it('is to be made again where the topic is busy, and explained where it refuses', async () => {
    const context = withTopic();
    context.topic.calls.faults.publish = 'busy';
    expect(await publish(context)).toMatchObject(RETRY);
    context.topic.calls.faults.publish = 'forbidden';

    expect(await publish(context)).toMatchObject({ kind: 'refused', problem: { code: 'topicRefused' } });
  });
});

describe('the sending of what was kept', () => {
  const send = (context: ActivityContext) => sendKept({ now: NOW }, context.deps, context.durable);
  const kept = (event: Notification, hoursAgo: number) => ({
    id: notificationId(event),
    event,
    at: new Date(NOW - hoursAgo * HOUR).toISOString(),
  });

  /** A context in which events of so many hours ago wait, oldest first. */
  function waiting(...events: ReturnType<typeof kept>[]): ActivityContext {
    const context = withTopic();
    context.app = { ...EMPTY_APP_RECORD, kept: events };
    return context;
  }
  const [OLD, NEW] = [kept(straggler('rq-1'), 30), kept(started('rq-2'), 2)];

  it('tells all of it, oldest first, with the time at which it happened', async () => {
    const context = waiting(OLD, NEW);

    expect(await send(context)).toEqual({ kind: 'sent', done: [OLD.id, NEW.id], left: 0 });
    expect(context.topic.taken.map(({ id, time }) => [id, time.toISOString()])).toEqual([
      [OLD.id, OLD.at],
      [NEW.id, NEW.at],
    ]);
  });

  it('sends them again with the same ids when it is repeated', async () => {
    const context = waiting(OLD);
    const first = await send(context);

    expect(await send(context)).toEqual(first);
    expect(new Set(context.topic.taken.map(({ id }) => id))).toEqual(new Set([OLD.id]));
  });

  it('stops at the first one that a busy topic does not take', async () => {
    const context = waiting(OLD, NEW);
    context.topic.calls.faults.publish = 'busy';

    expect(await send(context)).toEqual({ kind: 'sent', done: [], left: 2, oldest: OLD.at });
    expect(context.topic.calls.made).toHaveLength(1);
  });

  it('goes on past one that the topic refuses, and keeps that one', async () => {
    const context = waiting(OLD, NEW);
    context.topic.refuses.add(OLD.event.type);

    expect(await send(context)).toEqual({ kind: 'sent', done: [NEW.id], left: 1, oldest: OLD.at });
  });

  it('gives up what has waited for more than a week', async () => {
    const stale = kept(straggler('rq-0'), 7 * 24 + 1);
    const context = waiting(stale, NEW);

    expect(await send(context)).toEqual({ kind: 'sent', done: [stale.id, NEW.id], left: 0 });
    expect(context.topic.taken.map(({ id }) => id)).toEqual([NEW.id]);
  });

  it('sends fifty at once', async () => {
    const many = Array.from({ length: 52 }, (_, place) => kept(straggler(`rq-${place}`), 100 - place));
    const sent = await send(waiting(...many));

    expect(sent).toEqual({
      kind: 'sent',
      done: many.slice(0, 50).map(({ id }) => id),
      left: 2,
      oldest: many[50]?.at,
    });
  });

  it('sends what follows fifty that the topic refuses', async () => {
    const refused = Array.from({ length: 50 }, (_, place) => kept(straggler(`rq-${place}`), 100 - place));
    const context = waiting(...refused, NEW);
    context.topic.refuses.add(straggler('rq-0').type);

    expect(await send(context)).toMatchObject({ done: [NEW.id], left: 50 });
  });

  it('is nothing where nothing waits, and lets go of all where there is no topic any more', async () => {
    expect(await send(withTopic())).toEqual({ kind: 'sent', done: [], left: 0 });
    const context = waiting(OLD, NEW);
    context.events = undefined;

    expect(await send(context)).toEqual({ kind: 'sent', done: [OLD.id, NEW.id], left: 0 });
    expect(context.topic.calls.made).toEqual([]);
  });
});
