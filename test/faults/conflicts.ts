/**
 * How services say that a call meets another one, or that neither patience nor a role cures it: what they answer, as
 * faults, and the cases with each of them.
 */
import type { NewFault } from '../../local/control/kernelRoutes.js';
import { RUNTIMES } from './config.js';
import { DENIALS, type Disturbance } from './disturbances.js';
import { type FaultCase, faultCase } from './faultCases.js';

/** A call, as the ledger names it, and what a service answers. */
interface Conflict {
  readonly service: string;
  readonly operation: string;
  readonly status: number;
  readonly error: { readonly code: string; readonly [more: string]: unknown };
  /** It passes: whatever met it once goes on. */
  readonly passes: boolean;
}

const DIRECTORY_WRITES = ['applications.addPassword', 'applications.removePassword'] as const;

const DIRECTORY: readonly Conflict[] = [
  ...DIRECTORY_WRITES.flatMap((operation) =>
    // Users report each of these statuses.
    [409, 400, 503].map((status) => ({
      service: 'graph',
      operation,
      status,
      error: {
        code: 'Directory_ConcurrencyViolation',
        message: 'Due to concurrent requests, the operation could not be completed.',
      },
      passes: true,
    })),
  ),
  {
    service: 'graph',
    operation: 'applications.addPassword',
    status: 400,
    error: { code: 'CredentialTypeNotAllowedAsPerAppPolicy', message: 'Not allowed by policy.' },
    passes: false,
  },
];

const VAULT: readonly Conflict[] = [
  'ObjectIsBeingRecovered',
  'ObjectIsBeingDeleted',
  'ObjectIsDeletedButRecoverable',
].map((code) => ({
  service: 'vault',
  operation: 'secrets.set',
  status: 409,
  error: { code: 'Conflict', message: 'The secret is in another state.', innererror: { code } },
  passes: code !== 'ObjectIsDeletedButRecoverable',
}));

const RESOURCE_MANAGER: readonly Conflict[] = (
  [
    [409, 'ScopeLocked'],
    [409, 'ReadOnlyDisabledSubscription'],
    [403, 'RequestDisallowedByPolicy'],
  ] as const
).map(([status, code]) => ({
  service: 'arm',
  operation: 'integrationRuntimes.createOrUpdate',
  status,
  error: { code, message: 'The write is refused.' },
  passes: false,
}));

/** All of them. */
export const CONFLICTS: readonly Conflict[] = [...DIRECTORY, ...VAULT, ...RESOURCE_MANAGER];

/** The next calls are answered so: one, or all until the fault is taken away. */
export function answered(
  { service, operation, status, error }: Conflict,
  { times, skip = 0 }: { readonly times?: number; readonly skip?: number } = {},
): NewFault {
  return {
    match: { service, operation },
    action: { kind: 'status', status, headers: {}, body: { error } },
    ...(times === undefined ? {} : { times }),
    skip,
  };
}

/** Each conflict at each call that may meet it, once and for as long as the rotation lasts. */
export function conflictCases(): FaultCase[] {
  return [...DIRECTORY, ...VAULT].flatMap((conflict) => {
    const { service, operation, status, error, passes } = conflict;
    const inner = error['innererror'] as { readonly code: string } | undefined;
    const call = `${service} ${operation}`;
    const fault = `${status} ${inner?.code ?? error.code}`;
    // The pending secret is written first, then the commit: a removal and a mint come once.
    const places = operation === 'secrets.set' ? [0, 1] : [0];
    return [
      ...places.map((skip) =>
        faultCase(call, fault, [], {
          at: `${skip + 1}`,
          faults: [answered(conflict, { times: 1, skip })],
          ...(passes ? { expectedOutcome: 'rotated' } : {}),
        }),
      ),
      ...places.map((skip) =>
        faultCase(call, fault, [], { at: `from ${skip + 1} on`, faults: [answered(conflict, { skip })] }),
      ),
    ];
  });
}

const HOUR = 3600;
const at = (afterSeconds: number, what: Disturbance['what']): Disturbance => ({ afterSeconds, what });

/** What stands in the way of a write to a runtime, whatever the caller's role: from the start on, or once the pilot is written. */
export function deniedCases(moments: Readonly<Record<string, number>>): FaultCase[] {
  return DENIALS.flatMap((kind) =>
    Object.entries(moments).flatMap(([moment, seconds]) => [
      faultCase(`arm denies by ${kind}`, 'all runtimes', [at(seconds, { kind: 'denied', by: kind })], {
        at: moment,
      }),
      faultCase(
        `arm denies by ${kind}`,
        'one runtime for two hours',
        [
          at(seconds, { kind: 'denied', by: kind, runtime: RUNTIMES[2] }),
          at(seconds + 2 * HOUR, { kind: 'allowed', by: kind, runtime: RUNTIMES[2] }),
        ],
        { at: moment },
      ),
    ]),
  );
}

/** Somebody made the topic anew, for events of another schema, and then as it was. */
export function topicCases(): FaultCase[] {
  const another = at(0, { kind: 'topicMade', schema: 'EventGridSchema' });
  const again = at(6 * HOUR, { kind: 'topicMade', schema: 'CloudEventSchemaV1_0' });
  return [
    faultCase('topic', 'of another schema', [another]),
    faultCase('topic', 'of another schema for six hours', [another, again], {
      days: 2,
      expectedEvents: ['Airlock.RotationCompleted'],
    }),
  ];
}
