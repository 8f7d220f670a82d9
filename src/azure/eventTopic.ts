import type { TokenCredential } from '@azure/core-auth';
import type { EventTopic } from '../domain/configuration/profile.js';
import type { CallFailure } from '../domain/problems/callResult.js';
import { refused, serviceError, transientFailure } from './failures.js';
import { CLIENT_OPTIONS, deadline } from './identity.js';

/** An event as it goes out. */
export interface OutgoingEvent {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly time: Date;
  readonly data: object;
}

/** A custom Event Grid topic, with the app's own identity. */
export class EventTopicPublisher {
  constructor(
    private readonly topic: EventTopic,
    private readonly identity: () => Promise<TokenCredential>,
  ) {}

  async publish(event: OutgoingEvent): Promise<{ readonly kind: 'published' } | CallFailure> {
    const { url, schema } = this.topic;
    try {
      const [{ EventGridPublisherClient }, identity] = await Promise.all([
        import('@azure/eventgrid'),
        this.identity(),
      ]);
      const { id, type, subject, time, data } = event;
      const options = { abortSignal: deadline() };
      if (schema === 'cloudEvents') {
        const client = new EventGridPublisherClient(url, 'CloudEvent', identity, { ...CLIENT_OPTIONS });
        const source = '/airlock';
        await client.send(
          [{ id, type, source, subject, time, data, datacontenttype: 'application/json' }],
          options,
        );
      } else {
        const client = new EventGridPublisherClient(url, 'EventGrid', identity, { ...CLIENT_OPTIONS });
        await client.send(
          [{ id, eventType: type, subject, eventTime: time, dataVersion: '1', data }],
          options,
        );
      }
      return { kind: 'published' };
    } catch (error) {
      const failure = serviceError(error);
      const what = `sending an event to ${new URL(url).hostname}`;
      return (
        transientFailure(failure, what) ??
        refused(
          'topicRefused',
          `The topic ${new URL(url).hostname} refused an event (${failure.status ?? '?'} ${failure.code ?? ''}).`,
          'Grant the app EventGrid Data Sender on the topic; look at `events.topic` and `events.schema` of the configuration.',
        )
      );
    }
  }
}
