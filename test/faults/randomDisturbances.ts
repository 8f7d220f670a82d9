/** Random disturbances: what people, lists and services do meanwhile. */
import fc from 'fast-check';
import { RUNTIMES } from './config.js';
import { DENIALS, type Disturbance, type OutageOf } from './disturbances.js';
import { CHILDREN } from './faultCases.js';

const runtime = fc.constantFrom(...RUNTIMES);
/** Few, so that an event comes twice now and then, soon or late. */
const eventId = fc.constantFrom('1', '2', '3');
type What = Disturbance['what'];

const common: fc.Arbitrary<What> = fc.oneof(
  fc.record({ kind: fc.constant('runtimeEvent' as const), runtime, id: eventId }),
  fc.record({
    kind: fc.constant('secretEvent' as const),
    type: fc.constantFrom('SecretNearExpiry', 'SecretExpired', 'SecretNewVersionCreated'),
    id: eventId,
  }),
  fc.record({ kind: fc.constant('portalEdit' as const), runtime, value: fc.uuid() }),
  fc.record({ kind: fc.constant('otherVault' as const), runtime }),
  fc.record({ kind: fc.constant('cancel' as const) }),
  fc.record({ kind: fc.constant('checkFails' as const), runtime }),
  fc.record({ kind: fc.constant('checkWorks' as const), runtime }),
  fc.record({ kind: fc.constant('flapping' as const), seconds: fc.integer({ min: 0, max: 900 }) }),
  fc.record({ kind: fc.constant('readLag' as const), seconds: fc.integer({ min: 0, max: 900 }) }),
);

/** What people, lists, restarts and the host may do besides. */
const disturbing: fc.Arbitrary<What> = fc.oneof(
  fc.record({
    kind: fc.constant('keysHidden' as const),
    which: fc.constantFrom('newest' as const, 'all' as const),
    // The longest lag of a directory that the app allows for is an hour.
    seconds: fc.integer({ min: 60, max: 3000 }),
  }),
  fc.record({
    kind: fc.constant('slowRestarts' as const),
    seconds: fc.constantFrom(60, 600, 1800),
    oldShare: fc.constantFrom(0.25, 1),
  }),
  fc.record({
    kind: fc.constant('secretWritten' as const),
    how: fc.constantFrom('tagged' as const, 'bare' as const, 'sameBare' as const),
  }),
  fc.record({
    kind: fc.constant('oddRuntime' as const),
    by: fc.constantFrom('group' as const, 'unread' as const, 'type' as const),
  }),
  fc.constant<What>({ kind: 'otherHubsKey' }),
  fc.record({
    kind: fc.constant('topicMade' as const),
    schema: fc.constantFrom('EventGridSchema' as const, 'CloudEventSchemaV1_0' as const),
  }),
  fc.record({ kind: fc.constant('childTerminated' as const), name: fc.constantFrom(...CHILDREN) }),
  fc.record({ kind: fc.constant('rotate' as const), force: fc.boolean() }),
  fc.record({ kind: fc.constant('enable' as const), runtime }),
  fc.record({ kind: fc.constant('sweep' as const) }),
);

const soon = fc.integer({ min: 0, max: 5400 });

/** A service that is away for hours or days. */
export const outage: fc.Arbitrary<readonly Disturbance[]> = fc
  .record({
    of: fc.constantFrom<OutageOf>('graph', 'vault', 'entra', 'arm', 'eventGrid'),
    from: soon,
    seconds: fc.oneof(fc.integer({ min: 600, max: 7200 }), fc.integer({ min: 24 * 3600, max: 72 * 3600 })),
  })
  .map(({ of, from, seconds }) => [
    { afterSeconds: from, what: { kind: 'outage', of } },
    { afterSeconds: from + seconds, what: { kind: 'outageEnds', of } },
  ]);

/** Writes to a runtime, or to all, are refused for a while whatever the role. */
export const denial: fc.Arbitrary<readonly Disturbance[]> = fc
  .record({
    by: fc.constantFrom(...DENIALS),
    runtime: fc.option(runtime, { nil: undefined }),
    from: soon,
    seconds: fc.oneof(fc.integer({ min: 60, max: 7200 }), fc.integer({ min: 24 * 3600, max: 72 * 3600 })),
  })
  .map(({ by, runtime: of, from, seconds }) => {
    const what = of === undefined ? { by } : { by, runtime: of };
    return [
      { afterSeconds: from, what: { kind: 'denied', ...what } },
      { afterSeconds: from + seconds, what: { kind: 'allowed', ...what } },
    ];
  });

/** Somebody approves early, in time, in the last minutes, or too late. */
export const approval: fc.Arbitrary<Disturbance> = fc
  .oneof(fc.integer({ min: 60, max: 24 * 3600 }), fc.integer({ min: 23 * 3600, max: 26 * 3600 }))
  .map((afterSeconds) => ({ afterSeconds, what: { kind: 'approve', gate: 'pilot' } }));

export const disturbance: fc.Arbitrary<Disturbance> = fc.record({
  afterSeconds: soon,
  what: fc.oneof({ weight: 2, arbitrary: common }, { weight: 1, arbitrary: disturbing }),
});
