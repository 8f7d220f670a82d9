/** Random stories: schedules of faults and happenings, on one of the bed's variants. */
import fc from 'fast-check';
import type { NewFault } from '../../local/control/kernelRoutes.js';
import { PRINCIPALS } from '../../local/scenario/names.js';
import type { Story } from './bed.js';
import { ACTIVITIES, CHILDREN } from './cells.js';
import { RUNTIMES, type VariantName } from './config.js';
import { answered, CONFLICTS } from './conflicts.js';
import { type Message, twice } from './duplicates/ways.js';
import { DENIALS, type Happening, type OutageOf } from './happenings.js';

/** The calls of a rotation, as the ledger names them. */
const CALLS: readonly (readonly [service: string, operation: string])[] = [
  ['graph', 'applications.get'],
  ['graph', 'applications.addPassword'],
  ['graph', 'applications.removePassword'],
  ['vault', 'secrets.get'],
  ['vault', 'secrets.set'],
  ['vault', 'secrets.update'],
  ['vault', 'secrets.listVersions'],
  ['arm', 'integrationRuntimes.get'],
  ['arm', 'integrationRuntimes.list'],
  ['arm', 'integrationRuntimes.createOrUpdate'],
  ['arm', 'factories.list'],
  ['entra', 'token'],
  ['airflow', 'health'],
  ['airflow', 'dagRuns.trigger'],
  ['airflow', 'dagRuns.get'],
];

const action = fc.oneof(
  fc.constantFrom(429, 500, 503, 403, 412, 409, 404, 401).map((status): NewFault['action'] => ({
    kind: 'status',
    status,
    headers: status === 429 ? { 'retry-after': '20' } : {},
    body: { error: { code: 'Injected', message: 'injected' } },
  })),
  fc.constant<NewFault['action']>({ kind: 'drop' }),
  fc.constant<NewFault['action']>({ kind: 'lostResponse' }),
  // From half a minute on the app has given up, and the effect still comes: before the fence of a removal ends.
  fc.integer({ min: 1, max: 280 }).map((seconds): NewFault['action'] => ({ kind: 'delay', seconds })),
);

const callFault: fc.Arbitrary<NewFault> = fc
  .record({
    call: fc.constantFrom(...CALLS),
    action,
    times: fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 1, max: 4 }) },
      { weight: 1, arbitrary: fc.constant(40) },
    ),
    skip: fc.integer({ min: 0, max: 20 }),
  })
  .map(({ call: [service, operation], ...rest }) => ({
    // The person at the portal is not whom the rules are about.
    match: { service, operation, ...(service === 'arm' ? { caller: PRINCIPALS.app } : {}) },
    ...rest,
  }));

/** What a service says of a write that meets another, or that nothing cures, at the call that may meet it. */
const conflict: fc.Arbitrary<NewFault> = fc
  .record({
    conflict: fc.constantFrom(...CONFLICTS),
    times: fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 1, max: 4 }) },
      { weight: 1, arbitrary: fc.constant(40) },
    ),
    skip: fc.integer({ min: 0, max: 6 }),
  })
  .map(({ conflict: met, times, skip }) => {
    const fault = answered(met, { times, skip });
    return { ...fault, match: { ...fault.match, caller: PRINCIPALS.app } };
  });

/** Under an orchestrator it is final: what works in its place goes on, and of a rotation a sweep lets go. */
const workerGone: fc.Arbitrary<NewFault> = fc
  .record({
    place: fc.constantFrom('before', 'after'),
    function: fc.oneof(
      fc.constantFrom(...ACTIVITIES).map((name) => ({ kind: 'activity', subject: name as string })),
      fc
        .constantFrom('@runtimerecord@', '@credentialrecord@', '@run@')
        .map((subject) => ({ kind: 'entity', subject })),
      fc
        .constantFrom(...CHILDREN, 'rotateCredential')
        .map((name) => ({ kind: 'orchestrator', subject: ` ${name} ` })),
    ),
    times: fc.integer({ min: 1, max: 2 }),
    skip: fc.integer({ min: 0, max: 6 }),
  })
  .map(({ place, function: { kind, subject }, ...rest }) => ({
    match: { service: 'host', operation: `${kind === 'orchestrator' ? 'before' : place}-${kind}`, subject },
    action: { kind: 'workerGone' },
    ...rest,
  }));

/** Somebody terminates what works for a rotation, or the rotation itself. */
const terminated: fc.Arbitrary<NewFault> = fc
  .record({
    name: fc.constantFrom(...CHILDREN, 'rotateCredential'),
    times: fc.integer({ min: 1, max: 2 }),
    skip: fc.integer({ min: 0, max: 6 }),
  })
  .map(({ name, ...rest }) => ({
    match: { service: 'host', operation: 'before-orchestrator', subject: ` ${name} ` },
    action: { kind: 'terminate' },
    ...rest,
  }));

const durableFault: fc.Arbitrary<NewFault> = fc
  .record({
    subject: fc.constantFrom(...ACTIVITIES),
    action: fc.oneof(
      fc.constantFrom<NewFault['action']>({ kind: 'lostResponse' }, { kind: 'duplicate' }),
      // Some longer than a lease on a runtime, some longer than the hold on the credential.
      fc
        .oneof(fc.integer({ min: 60, max: 7200 }), fc.integer({ min: 12 * 3600, max: 14 * 3600 }))
        .map((seconds): NewFault['action'] => ({ kind: 'delay', seconds })),
    ),
    times: fc.integer({ min: 1, max: 3 }),
    skip: fc.integer({ min: 0, max: 4 }),
  })
  .map(({ subject, ...rest }) => ({
    match: { service: 'host', operation: 'after-activity', subject },
    ...rest,
  }));

/** What a rotation of the bed sends; each of them may come twice in every way. */
const MESSAGES: readonly Message[] = [
  ...ACTIVITIES.map((name) => ({ kind: 'activity' as const, name })),
  ...[
    'runtimeRecord begin',
    'runtimeRecord acquireLease',
    'runtimeRecord renew',
    'runtimeRecord finish',
    'credentialRecord begin',
    'credentialRecord renew',
    'credentialRecord advance',
    'credentialRecord retire',
    'credentialRecord finish',
    'run get',
  ].map((name) => ({ kind: 'entity' as const, name })),
  ...[...CHILDREN, 'retryStep'].flatMap((name) => [
    { kind: 'child' as const, name },
    { kind: 'episode' as const, name },
  ]),
  { kind: 'episode', name: 'rotateCredential' },
  { kind: 'continueAsNew', name: 'runtimeRun' },
  { kind: 'continueAsNew', name: 'checkAccess' },
  { kind: 'continueAsNew', name: 'awaitOverlap' },
];

const seconds = fc.oneof(
  fc.integer({ min: 1, max: 600 }),
  fc.integer({ min: 600, max: 7200 }),
  fc.integer({ min: 12 * 3600, max: 14 * 3600 }),
);
const comesTwice: fc.Arbitrary<NewFault> = fc
  .record({
    message: fc.constantFrom(...MESSAGES),
    how: fc.oneof(
      fc.record({ take: fc.constantFrom('first' as const, 'second' as const) }),
      fc.record({ mode: fc.constant('later' as const), seconds }),
      fc.record({ mode: fc.constant('afterEnd' as const), seconds }),
      fc.record({
        mode: fc.constant('later' as const),
        seconds: fc.integer({ min: 1, max: 600 }),
        take: fc.constant('second' as const),
      }),
    ),
    times: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constant(100)),
    skip: fc.integer({ min: 0, max: 8 }),
  })
  .map(({ message, how, ...rest }) => ({ ...twice(message, how), ...rest }));

/** What an entity has answered stands seconds or minutes later. */
const unkept = fc
  .record({
    message: fc.constantFrom(...MESSAGES.filter(({ kind }) => kind === 'entity')),
    how: fc.record({ unkeptSeconds: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constant(300)) }),
    skip: fc.integer({ min: 0, max: 8 }),
  })
  .map(({ message, how, ...rest }) => ({ ...twice(message, how), ...rest }));

const runtime = fc.constantFrom(...RUNTIMES);
/** Few, so that an event comes twice now and then, soon or late. */
const eventId = fc.constantFrom('1', '2', '3');
type What = Happening['what'];

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
const outage: fc.Arbitrary<readonly Happening[]> = fc
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
const denial: fc.Arbitrary<readonly Happening[]> = fc
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
const approval: fc.Arbitrary<Happening> = fc
  .oneof(fc.integer({ min: 60, max: 24 * 3600 }), fc.integer({ min: 23 * 3600, max: 26 * 3600 }))
  .map((afterSeconds) => ({ afterSeconds, what: { kind: 'approve', gate: 'pilot' } }));

/** A story on a bed of this variant. */
export interface RandomStory extends Story {
  readonly variant: VariantName;
}

const happening: fc.Arbitrary<Happening> = fc.record({
  afterSeconds: soon,
  what: fc.oneof({ weight: 2, arbitrary: common }, { weight: 1, arbitrary: disturbing }),
});

const variant = fc.oneof(
  { weight: 6, arbitrary: fc.constant<VariantName>('graph') },
  { weight: 2, arbitrary: fc.constant<VariantName>('approval') },
  { weight: 2, arbitrary: fc.constant<VariantName>('external') },
);

const faults = fc.oneof(
  { weight: 3, arbitrary: callFault },
  { weight: 1, arbitrary: conflict },
  { weight: 1, arbitrary: durableFault },
  { weight: 1, arbitrary: workerGone },
  { weight: 1, arbitrary: terminated },
);

export const randomStories: fc.Arbitrary<RandomStory> = fc
  .record({
    variant,
    faults: fc.array(faults, { maxLength: 5 }),
    // In every story: on the real host nobody switches it on.
    twice: fc.array(fc.oneof({ weight: 5, arbitrary: comesTwice }, { weight: 1, arbitrary: unkept }), {
      minLength: 1,
      maxLength: 3,
    }),
    happenings: fc.array(happening, { maxLength: 6 }),
    outages: fc.array(outage, { maxLength: 1 }),
    // Now and then: most that could be seen afterwards is seen where writes go through.
    denials: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(denial, { maxLength: 1 }) },
    ),
    approvals: fc.array(approval, { maxLength: 1 }),
    name: fc.uuid(),
  })
  .map(({ variant: on, faults: struck, twice: doubled, happenings, outages, denials, approvals, name }) => ({
    variant: on,
    faults: [...struck, ...doubled],
    happenings: [
      ...happenings.map((one) => ({ ...one, what: ofStory(one.what, name) })),
      ...outages.flat(),
      ...denials.flat(),
      ...(on === 'approval' ? approvals : []),
    ],
  }));

/** An event of one story is not one of another, and one about this is not one about that. */
function ofStory(what: Happening['what'], story: string): Happening['what'] {
  if (!('id' in what)) return what;
  const about = what.kind === 'runtimeEvent' ? what.runtime : what.type;
  return { ...what, id: `${story}-${about}-${what.id}` };
}
