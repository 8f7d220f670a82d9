import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEvent, toWire } from '../../../local/services/eventGrid/events.js';
import { isAcknowledged, nextAttempt } from '../../../local/services/eventGrid/retry.js';
import { byHand, createCloud, GROUP_ID, RUNTIMES } from './cloud.js';

describe('filters', () => {
  it.each([
    ['the topic', { topic: `${GROUP_ID}-other` }],
    ['the type of event', { eventTypes: ['Microsoft.Resources.ResourceDeleteSuccess'] }],
    ['the beginning of the subject', { subjectBeginsWith: '/subscriptions/other' }],
    ['the operation', { operationNames: ['Microsoft.Storage/storageAccounts/write'] }],
  ])('compare %s', (_what, filter) => {
    const cloud = createCloud();
    cloud.eventGrid.subscribe({ ...RUNTIMES, ...filter });
    expect(cloud.eventGrid.publish(byHand('a'))).toEqual([]);
    cloud.eventGrid.subscribe({ ...RUNTIMES, topic: GROUP_ID.toUpperCase(), operationNames: ['X'] });
    expect(cloud.eventGrid.publish(byHand('a'))).toEqual(['runtimes']);
  });
});

describe('rules', () => {
  it('never pause backwards, and end', () => {
    fc.assert(
      fc.property(
        fc.option(fc.integer({ min: 100, max: 599 }), { nil: undefined }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 90_000 }),
        (status, attempts, age) => {
          const pause = nextAttempt(status, attempts, age);
          return pause === undefined || (pause >= 10 && age + pause <= 86_400 && attempts < 30);
        },
      ),
    );
  });

  /** https://learn.microsoft.com/azure/event-grid/delivery-and-retry, for destinations that are Azure resources. */
  it.each([
    [400, undefined],
    [401, 300],
    [403, undefined],
    [404, 300],
    [408, 120],
    [413, undefined],
    [429, 10],
    [500, 10],
    [503, 30],
    [undefined, 10],
  ])('pause after a first answer %s for so many seconds: %s', (status, pause) => {
    expect(nextAttempt(status, 1, 0)).toBe(pause);
  });

  it('acknowledge by 200 to 204 alone', () => {
    expect([199, 200, 204, 205, 302, 400, 500].filter(isAcknowledged)).toEqual([200, 204]);
  });

  it('bring an event through both schemas unchanged', () => {
    const event = fc.record({
      id: fc.string({ minLength: 1 }),
      topic: fc.string(),
      subject: fc.string(),
      eventType: fc.string(),
      eventTime: fc.string(),
      dataVersion: fc.constant(''),
      data: fc.dictionary(
        fc.string().filter((key) => key !== '__proto__'),
        fc.oneof(fc.string(), fc.integer(), fc.boolean()),
      ),
    });
    fc.assert(
      fc.property(event, (given) => {
        const [own] = JSON.parse(toWire(given, 'EventGridSchema').body);
        expect(readEvent(own, 'unused', 'unused')).toEqual(given);
        const cloudEvent = JSON.parse(toWire(given, 'CloudEventSchemaV1_0').body);
        expect(readEvent(cloudEvent, 'unused', 'unused')).toEqual(given);
      }),
    );
  });
});
