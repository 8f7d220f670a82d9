/** Random faults of calls: what a service answers, once or for long. */
import fc from 'fast-check';
import type { NewFault } from '../../local/control/kernelRoutes.js';
import { PRINCIPALS } from '../../local/sample/names.js';
import { answered, CONFLICTS } from './conflicts.js';

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

export const callFault: fc.Arbitrary<NewFault> = fc
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
export const conflict: fc.Arbitrary<NewFault> = fc
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
