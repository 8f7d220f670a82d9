/** A custom Event Grid topic in memory. */
import type { EventTopicPublisher, OutgoingEvent } from '../../../src/azure/eventTopic.js';
import { refused, transientFailure } from '../../../src/azure/failures.js';
import { Calls } from './calls.js';

export class MemoryTopic implements Pick<EventTopicPublisher, keyof EventTopicPublisher> {
  readonly calls = new Calls<keyof EventTopicPublisher>();
  /** What it took, in order. */
  readonly taken: OutgoingEvent[] = [];
  /** Types of events that it refuses. */
  readonly refuses = new Set<string>();

  publish(event: OutgoingEvent): ReturnType<EventTopicPublisher['publish']> {
    const refusal = () => refused('topicRefused', 'The topic refused an event.', 'Grant the role.');
    return this.calls.answer(
      'publish',
      event.type,
      () => {
        if (this.refuses.has(event.type)) return refusal();
        this.taken.push(event);
        return { kind: 'published' };
      },
      (error) => transientFailure(error, 'sending an event') ?? refusal(),
    );
  }
}
