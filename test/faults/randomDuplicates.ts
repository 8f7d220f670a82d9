/** Random messages that come twice. */
import fc from 'fast-check';
import type { NewFault } from '../../local/control/kernelRoutes.js';
import { type Message, twice } from './duplicates/repetitions.js';
import { ACTIVITIES, CHILDREN } from './faultCases.js';

/** What a rotation of the test cloud sends; each of them may come twice in every way. */
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
  ...[...CHILDREN, 'retryActivity'].flatMap((name) => [
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
export const comesTwice: fc.Arbitrary<NewFault> = fc
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
export const unkept = fc
  .record({
    message: fc.constantFrom(...MESSAGES.filter(({ kind }) => kind === 'entity')),
    how: fc.record({ unkeptSeconds: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constant(300)) }),
    skip: fc.integer({ min: 0, max: 8 }),
  })
  .map(({ message, how, ...rest }) => ({ ...twice(message, how), ...rest }));
