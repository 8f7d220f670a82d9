import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventRunId, isRunId, requestRunIds } from '../../../../src/domain/runs/instanceIds.js';
import { formatRuntimeId } from '../../../../src/domain/values/runtimeId.js';
import { parseResourceId } from '../../../../src/runtimes/data-factory/resourceId.js';
import { KINDS } from '../../../../src/runtimes/kinds.js';

const RESOURCE =
  '/subscriptions/3c8d1b6e-52fa-4e07-9b14-d6a0c7e8f215/resourcegroups/rg/providers/Microsoft.DataFactory/factories/adf-one/integrationruntimes/etl';
const EVENT = {
  id: 'e1',
  subject: RESOURCE,
  eventType: 'Microsoft.Resources.ResourceWriteSuccess',
  eventTime: '2026-11-23T12:00:00Z',
  data: {
    resourceUri: RESOURCE,
    operationName: 'Microsoft.DataFactory/factories/integrationruntimes/write',
    correlationId: 'c1',
  },
};
const { eventType, eventTime, ...rest } = EVENT;
const CLOUD_EVENT = {
  ...rest,
  type: eventType,
  time: eventTime,
  source: '/subscriptions/x',
  specversion: '1.0',
};

describe('an event', () => {
  it.each([
    ['in the Event Grid schema', EVENT],
    ['as CloudEvents 1.0', CLOUD_EVENT],
  ])('%s is relevant', (_label, event) => {
    expect(KINDS.readEvent(event)).toEqual({
      kind: 'relevant',
      runtime: parseResourceId(RESOURCE),
      change: 'written',
      eventId: 'e1',
      eventType,
      eventTime,
      correlationId: 'c1',
    });
  });

  it('is read without case and stray spaces', () => {
    const shouted = {
      ...EVENT,
      eventType: EVENT.eventType.toUpperCase(),
      data: {
        'ResourceUri ': ` ${RESOURCE.toUpperCase()} `,
        OperationName: EVENT.data.operationName.toUpperCase(),
      },
    };

    expect(KINDS.readEvent(shouted)).toMatchObject({ kind: 'relevant', change: 'written' });
  });

  it('says who made the change, where it tells that', () => {
    const by = (claims: unknown) => KINDS.readEvent({ ...EVENT, data: { ...EVENT.data, claims } });

    expect(by({ AppId: ' C1 ', oid: 'o1' })).toMatchObject({ kind: 'relevant', caller: 'C1' });
    for (const claims of [{}, null, 'c1', { appid: 7 }, { appid: '' }]) {
      expect(by(claims)).not.toHaveProperty('caller');
    }
  });

  it('of a deletion says so', () => {
    const deleted = {
      ...EVENT,
      eventType: 'Microsoft.Resources.ResourceDeleteSuccess',
      data: { ...EVENT.data, operationName: 'Microsoft.DataFactory/factories/integrationRuntimes/delete' },
    };

    expect(KINDS.readEvent(deleted)).toMatchObject({ kind: 'relevant', change: 'deleted' });
  });

  const withData = (data: object) => ({ ...EVENT, data: { ...EVENT.data, ...data } });
  it.each<[string, unknown, boolean]>([
    ['another type', { ...EVENT, eventType: 'Microsoft.Storage.BlobCreated' }, false],
    ['another operation', withData({ operationName: 'Microsoft.DataFactory/factories/write' }), false],
    [
      'a start of a runtime',
      withData({ operationName: 'Microsoft.DataFactory/factories/integrationruntimes/start/action' }),
      false,
    ],
    ['a child of a runtime', withData({ resourceUri: `${RESOURCE}/nodes/n1` }), false],
    ['another resource', withData({ resourceUri: '/subscriptions/x/resourceGroups/y' }), false],
    ['no id', { ...EVENT, id: '' }, true],
    ['no data', { ...EVENT, data: null }, true],
    ['no operation', withData({ operationName: 7 }), true],
    ['a list', [EVENT], true],
    ['nothing', null, true],
  ])('%s is irrelevant', (_label, event, malformed) => {
    expect(KINDS.readEvent(event)).toMatchObject({ kind: 'irrelevant', malformed });
  });

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'of the type %s, a name that JavaScript knows, is irrelevant',
    (type) => {
      expect(KINDS.readEvent({ ...EVENT, eventType: type })).toMatchObject({
        kind: 'irrelevant',
        malformed: false,
      });
    },
  );

  it('gives a reason that is one line', () => {
    for (const forged of [{ ...EVENT, eventType: 'a\nb\u2028' }, withData({ operationName: 'a\r\nb' })]) {
      const judged = KINDS.readEvent(forged);
      expect(judged.kind === 'irrelevant' && judged.reason).toMatch(/^[\x20-\x7e]+$/);
    }
  });

  it.each(['2026-11-23T12:00:00.1234567Z', '2026-11-23T12:00:00+01:00', 'yesterday', ''])(
    'of the time %j tells only a real one',
    (time) => {
      const judged = KINDS.readEvent({ ...EVENT, eventTime: time });
      expect(judged).toMatchObject({ kind: 'relevant', eventTime: time.startsWith('2026') ? time : '' });
    },
  );

  it('of any JSON never throws', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (event, data, part) => {
        KINDS.readEvent(event);
        KINDS.readEvent({ ...EVENT, data });
        KINDS.readEvent({ ...EVENT, data: { ...EVENT.data, resourceUri: part, operationName: part } });
      }),
    );
  });
});

describe('ids', () => {
  it('of the same event are the same in any spelling, and fit the durable back end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: RESOURCE.length, maxLength: RESOURCE.length }),
        fc.string(),
        (upper, eventId) => {
          const mixed = [...RESOURCE].map((char, at) => (upper[at] ? char.toUpperCase() : char)).join('');
          const [one, two] = [parseResourceId(RESOURCE), parseResourceId(mixed)];
          if (!one || !two) throw new Error('both are ids');
          expect(eventRunId(two, eventId)).toBe(eventRunId(one, eventId));
          expect(isRunId(eventRunId(one, eventId))).toBe(true);
          expect(requestRunIds('p', eventId, 0, 30).every(isRunId)).toBe(true);
        },
      ),
    );
  });

  it('of resources are parsed strictly and written in one spelling', () => {
    const id = parseResourceId(RESOURCE);
    expect(id && formatRuntimeId(id)).toContain('/integrationRuntimes/etl');
    for (const bad of [
      `${RESOURCE}/x`,
      RESOURCE.replace('etl', 'e/l'),
      RESOURCE.replace('etl', '..'),
      RESOURCE.slice(1),
      RESOURCE.replace('3c8d1b6e', 'x'),
      '',
    ]) {
      expect(parseResourceId(bad)).toBeUndefined();
    }
    fc.assert(fc.property(fc.string(), (text) => void parseResourceId(text)));
  });
});

describe('the run of an idempotent request', () => {
  const DAY = 86_400_000;
  const moments = fc.record({
    began: fc.integer({ min: 0, max: 40_000 * DAY }),
    keptDays: fc.integer({ min: 1, max: 3650 }),
    later: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  });

  it('is found again for twice as long as it is kept', () => {
    fc.assert(
      fc.property(moments, ({ began, keptDays, later }) => {
        const [first] = requestRunIds('p', 'key', began, keptDays);
        expect(requestRunIds('p', 'key', began + later * 2 * keptDays * DAY, keptDays)).toContain(first);
      }),
    );
  });

  it('is another one once the first may have been purged, and of each caller and key', () => {
    fc.assert(
      fc.property(moments, ({ began, keptDays, later }) => {
        const [first] = requestRunIds('p', 'key', began, keptDays);
        const [next] = requestRunIds('p', 'key', began + (1 + later) * keptDays * DAY, keptDays);
        expect(next).not.toBe(first);
        expect(requestRunIds('q', 'key', began, keptDays)).not.toContain(first);
        expect(requestRunIds('p', 'other', began, keptDays)).not.toContain(first);
      }),
    );
  });
});
