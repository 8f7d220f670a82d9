/** Random faults of the durable host: workers that die, instances that are terminated, results that come late or twice. */
import fc from 'fast-check';
import type { NewFault } from '../../local/control/kernelRoutes.js';
import { ACTIVITIES, CHILDREN } from './faultCases.js';

/** Under an orchestrator it is final: what works in its place goes on, and of a rotation a sweep lets go. */
export const workerGone: fc.Arbitrary<NewFault> = fc
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
export const terminated: fc.Arbitrary<NewFault> = fc
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

export const durableFault: fc.Arbitrary<NewFault> = fc
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
