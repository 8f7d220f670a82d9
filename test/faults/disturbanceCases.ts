/** What people, the directory, the services and the host may do to a rotation, each as a case. */
import type { NewFault } from '../../local/control/kernelRoutes.js';
import { RUNTIMES } from './config.js';
import { conflictCases, deniedCases, topicCases } from './conflicts.js';
import type { Disturbance, OutageOf, SecretWrite } from './disturbances.js';
import { CHILDREN, type FaultCase, faultCase } from './faultCases.js';

type What = Disturbance['what'];

const [FIRST, , LAST] = RUNTIMES;
const ONCE_EACH = Object.fromEntries(RUNTIMES.map((runtime) => [runtime, 1]));

const MINUTE = 60;
const HOUR = 3600;
const DAY = 24 * HOUR;

/** Moments of the test cloud's rotation: the key is made, the pilot moves, the rest does, the overlap is waited out. */
const PREPARING = 20;
const MOVING_PILOT = 120;
const MOVING = 360;
const OVERLAP = 1500;

const at = (afterSeconds: number, what: What): Disturbance => ({ afterSeconds, what });

/** All of them. */
export function disturbanceCases(): FaultCase[] {
  return [
    ...processCases(),
    ...directoryCases(),
    ...personCases(),
    ...windowCases(),
    ...oddCases(),
    ...otherHubCases(),
    ...outageCases(),
    ...terminatedCases(),
    ...externalCases(),
    ...stragglerCases(),
    ...calendarCases(),
    ...conflictCases(),
    ...deniedCases({ 'from the start': 1, 'as the pilot restarts': MOVING_PILOT }),
    ...topicCases(),
  ];
}

/** Old processes that go on as long as the restart: what they run with, their runtime has. */
function processCases(): FaultCase[] {
  const slow = (seconds: number): What => ({ kind: 'slowRestarts', seconds, oldShare: 1 });
  const call = 'old processes';
  return [
    faultCase(call, 'up to the end of each restart', [at(0, slow(10 * MINUTE))]),
    faultCase(call, 'of restarts longer than the limit', [at(0, slow(30 * MINUTE))]),
    faultCase(call, 'of a straggler that is enabled', [
      at(0, { kind: 'checkFails', runtime: LAST }),
      at(3 * HOUR, { kind: 'checkWorks', runtime: LAST }),
      at(3 * HOUR, slow(30 * MINUTE)),
      at(5 * HOUR, { kind: 'enable', runtime: LAST }),
      at(5 * HOUR + MINUTE, { kind: 'rotate', force: false }),
      at(8 * HOUR, { kind: 'rotate', force: false }),
    ]),
  ];
}

/** Lists of the directory that lag, in every wait: what they do not show may be there. */
function directoryCases(): FaultCase[] {
  const hidden = (which: 'newest' | 'all'): What => ({ kind: 'keysHidden', which, seconds: 50 * MINUTE });
  const moments = { preparing: PREPARING, moving: MOVING, 'in the overlap': OVERLAP };
  return [
    ...Object.entries(moments).flatMap(([moment, seconds]) => [
      faultCase('directory', 'does not list the newest key', [at(seconds, hidden('newest'))], { at: moment }),
      faultCase('directory', 'lists no key', [at(seconds, hidden('all'))], { at: moment }),
    ]),
    faultCase(
      'directory',
      'lists no key, and nothing is due',
      [at(DAY, hidden('all')), at(DAY + MINUTE, { kind: 'sweep' }), at(2 * DAY, { kind: 'sweep' })],
      // Once in the rotation before; an absence that a lag explains is no reason to restart anything.
      { restarts: ONCE_EACH },
    ),
  ];
}

/** A person who writes the secret while a rotation works, removes its key, or approves late. */
function personCases(): FaultCase[] {
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
function windowCases(): FaultCase[] {
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

/** List entries that are hard to read are carriers all the same. */
function oddCases(): FaultCase[] {
  return (['group', 'unread', 'type'] as const).map((by) =>
    faultCase('list entry', `of an odd ${by}`, [at(0, { kind: 'oddRuntime', by })]),
  );
}

/** Keys of another task hub are nobody's that this one knows of. */
function otherHubCases(): FaultCase[] {
  return Object.entries({ preparing: PREPARING, 'in the overlap': OVERLAP }).map(([moment, seconds]) =>
    faultCase('another task hub', 'mints a key', [at(seconds, { kind: 'otherHubsKey' })], { at: moment }),
  );
}

/** A service that is away for days. */
function outageCases(): FaultCase[] {
  const moments = { 'from the start': 1, moving: MOVING, 'in the overlap': OVERLAP };
  return (['graph', 'vault', 'entra', 'arm', 'eventGrid'] as const).flatMap((of) =>
    Object.entries(moments).map(([moment, seconds]) =>
      faultCase(`outage of ${of}`, 'three days', outage(of, seconds, 3 * DAY), { at: moment }),
    ),
  );
}

/** An outage of a service with its end. */
function outage(of: OutageOf, from: number, seconds: number): Disturbance[] {
  return [at(from, { kind: 'outage', of }), at(from + seconds, { kind: 'outageEnds', of })];
}

/** Somebody terminates what works for the rotation, or the rotation itself. */
function terminatedCases(): FaultCase[] {
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

/** Somebody else writes the next version, and the app brings it to the runtimes. */
function externalCases(): FaultCase[] {
  const variant = 'external';
  const writes = (how: SecretWrite): What => ({ kind: 'secretWritten', how });
  const fails: What = { kind: 'checkFails', runtime: FIRST };
  const works: What = { kind: 'checkWorks', runtime: FIRST };
  const call = 'external';
  return [
    faultCase(call, 'undisturbed', [], { variant, restarts: ONCE_EACH }),
    faultCase(call, "the first one's check fails for hours", [at(0, fails), at(2 * HOUR, works)], {
      variant,
    }),
    faultCase(call, 'Entra away for two hours', outage('entra', 0, 2 * HOUR), { variant }),
    faultCase(call, 'a wrong value, then the right one', [at(2 * HOUR, writes('corrected'))], {
      variant,
      writes: 'wrong',
    }),
    faultCase(call, 'a wrong value, then another version', [at(2 * HOUR, writes('tagged'))], {
      variant,
      writes: 'wrong',
    }),
    faultCase(call, 'two versions within minutes', [at(5 * MINUTE, writes('tagged'))], { variant }),
    faultCase(call, 'a version without tag and expiry', [], {
      variant,
      writes: 'bare',
      days: 2,
      expectedEvents: ['Airlock.CredentialExpiring'],
    }),
  ];
}

/** A straggler is tried again by a sweep, and that is undone: the others keep what they have. */
function stragglerCases(): FaultCase[] {
  // The sweep of the next morning comes in between.
  const retry = 3 * HOUR;
  const end = retry + DAY;
  const straggling: Disturbance[] = [at(0, { kind: 'checkFails', runtime: LAST })];
  const works = (seconds: number) => at(seconds, { kind: 'checkWorks', runtime: LAST });
  const more = { restarts: { ...ONCE_EACH, [LAST]: 10 }, days: 3 };
  const call = "straggler's retry";
  return [
    faultCase(call, 'goes through', [...straggling, works(retry)], more),
    faultCase(
      call,
      'Entra away for a day',
      [...straggling, works(retry), ...outage('entra', retry, DAY)],
      more,
    ),
    faultCase(call, 'a check that fails once more', [...straggling, works(end)], more),
  ];
}

/** By the calendar, past the end of the credential that is in use at first: nothing may run with that then. */
function calendarCases(): FaultCase[] {
  const whole = { variant: 'calendar', startedBy: 'due', days: 33 } as const;
  const broken = (runtime: string) => at(0, { kind: 'checkFails', runtime });
  const call = 'by the calendar';
  return [
    faultCase(call, 'undisturbed', [], { ...whole, days: 4, restarts: ONCE_EACH }),
    ...RUNTIMES.slice(0, 2).map((runtime) =>
      faultCase(call, `the check of ${runtime} broken throughout`, [broken(runtime)], {
        ...whole,
        restarts: Object.fromEntries(RUNTIMES.filter((one) => one !== runtime).map((one) => [one, 3])),
      }),
    ),
    faultCase(call, 'Graph away for 29 days', outage('graph', DAY, 29 * DAY), {
      ...whole,
      expectedEvents: ['Airlock.CredentialExpiring'],
    }),
    // For less than the week for which an event that cannot be sent is kept (GIVEN_UP_MS in src/activities/sendKept.ts).
    faultCase(call, 'Event Grid away', outage('eventGrid', 0, 6 * DAY), {
      ...whole,
      days: 12,
      expectedEvents: ['Airlock.RotationCompleted'],
    }),
  ];
}
