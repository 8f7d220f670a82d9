/** What people, and apps of other people, may do to a rotation, each as a case. */
import type { NewFault } from '../../local/control/kernelRoutes.js';
import type { Disturbance, SecretWrite } from './disturbances.js';
import { CHILDREN, type FaultCase, faultCase } from './faultCases.js';
import { at, DAY, HOUR, MINUTE, MOVING_PILOT, ONCE_EACH, OVERLAP, PREPARING } from './moments.js';

type What = Disturbance['what'];

/** A person who writes the secret while a rotation works, removes its key, or approves late. */
export function personCases(): FaultCase[] {
  const writes = (how: SecretWrite): What => ({ kind: 'secretWritten', how });
  const approves: What = { kind: 'approve', gate: 'pilot' };
  const call = 'a person';
  return [
    ...Object.entries({ preparing: PREPARING, 'moving the pilot': MOVING_PILOT }).map(([moment, seconds]) =>
      faultCase(call, 'writes the next version', [at(seconds, writes('tagged'))], { at: moment }),
    ),
    faultCase(call, 'writes the next version', [at(OVERLAP, writes('tagged'))], { at: 'in the overlap' }),
    faultCase(call, 'writes it without tag and expiry', [at(MOVING_PILOT, writes('bare'))]),
    faultCase(
      call,
      'writes the same value again',
      [at(DAY, writes('sameBare')), at(2 * DAY, { kind: 'sweep' })],
      {
        restarts: ONCE_EACH,
      },
    ),
    faultCase(
      call,
      'writes while approval is waited for',
      [at(HOUR, writes('tagged')), at(2 * HOUR, approves)],
      {
        variant: 'approval',
      },
    ),
    faultCase(
      call,
      'removes the key, then approves',
      [at(HOUR, { kind: 'keyRemoved' }), at(2 * HOUR, approves)],
      {
        variant: 'approval',
      },
    ),
    faultCase(call, 'approves in the last minutes', [at(24 * HOUR - 10 * MINUTE, approves)], {
      variant: 'approval',
    }),
    faultCase(call, 'approves too late', [at(25 * HOUR, approves)], { variant: 'approval' }),
  ];
}

/** Approval and weekly windows, by the calendar: waits longer than any hold. */
export function windowCases(): FaultCase[] {
  const approves = (seconds: number) => at(seconds, { kind: 'approve', gate: 'pilot' });
  const whole = { variant: 'windows', startedBy: 'due', days: 24, restarts: ONCE_EACH } as const;
  const call = 'weekly window';
  return [
    faultCase(call, 'after an approval', [approves(2 * DAY)], whole),
    faultCase(call, 'after a late approval', [approves(4 * DAY - 6 * HOUR)], whole),
    faultCase(
      call,
      'moved meanwhile',
      [approves(2 * DAY), at(3 * DAY, { kind: 'windowMoved', day: 'wed' })],
      {
        ...whole,
        kills: true,
      },
    ),
  ];
}

/** Keys of another task hub are nobody's that this one knows of. */
export function otherHubCases(): FaultCase[] {
  return Object.entries({ preparing: PREPARING, 'in the overlap': OVERLAP }).map(([moment, seconds]) =>
    faultCase('another task hub', 'mints a key', [at(seconds, { kind: 'otherHubsKey' })], { at: moment }),
  );
}

/** Somebody terminates what works for the rotation, or the rotation itself. */
export function terminatedCases(): FaultCase[] {
  return [
    ...CHILDREN.flatMap((name) =>
      // It is run once more.
      [0, 1].map((skip) => ({ ...terminated(name, skip), expectedOutcome: 'rotated' })),
    ),
    ...CHILDREN.map((name) => terminated(name, 0, 'each time')),
    ...[1, 8, 16].map((skip) => terminated('rotateCredential', skip)),
  ];
}

function terminated(name: string, skip: number, often: 'once' | 'each time' = 'once'): FaultCase {
  const fault: NewFault = {
    match: { service: 'host', operation: 'before-orchestrator', subject: ` ${name} ` },
    action: { kind: 'terminate' },
    ...(often === 'once' ? { times: 1 } : {}),
    skip,
  };
  return faultCase(`orchestrator ${name}`, often === 'once' ? 'terminated' : 'terminated each time', [], {
    at: `${skip + 1}`,
    faults: [fault],
  });
}
