/** What people, the directory, the services and the host may do to a rotation, each as a cell. */
import type { NewFault } from '../../local/control/kernelRoutes.js';
import { type Cell, CHILDREN, cell } from './cells.js';
import { RUNTIMES } from './config.js';
import { conflictCells, deniedCells, topicCells } from './conflicts.js';
import type { Happening, OutageOf, SecretWrite } from './happenings.js';

type What = Happening['what'];

const [FIRST, , LAST] = RUNTIMES;
const ONCE_EACH = Object.fromEntries(RUNTIMES.map((runtime) => [runtime, 1]));

const MINUTE = 60;
const HOUR = 3600;
const DAY = 24 * HOUR;

/** Moments of the bed's rotation: the key is made, the pilot moves, the rest does, the overlap is waited out. */
const PREPARING = 20;
const MOVING_PILOT = 120;
const MOVING = 360;
const OVERLAP = 1500;

const at = (afterSeconds: number, what: What): Happening => ({ afterSeconds, what });

/** All of them. */
export function disturbanceCells(): Cell[] {
  return [
    ...processCells(),
    ...directoryCells(),
    ...personCells(),
    ...windowCells(),
    ...oddCells(),
    ...otherHubCells(),
    ...outageCells(),
    ...terminatedCells(),
    ...externalCells(),
    ...stragglerCells(),
    ...calendarCells(),
    ...conflictCells(),
    ...deniedCells({ 'from the start': 1, 'as the pilot restarts': MOVING_PILOT }),
    ...topicCells(),
  ];
}

/** Old processes that go on as long as the restart: what they run with, their runtime has. */
function processCells(): Cell[] {
  const slow = (seconds: number): What => ({ kind: 'slowRestarts', seconds, oldShare: 1 });
  const call = 'old processes';
  return [
    cell(call, 'up to the end of each restart', [at(0, slow(10 * MINUTE))]),
    cell(call, 'of restarts longer than the limit', [at(0, slow(30 * MINUTE))]),
    cell(call, 'of a straggler that is enabled', [
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
function directoryCells(): Cell[] {
  const hidden = (which: 'newest' | 'all'): What => ({ kind: 'keysHidden', which, seconds: 50 * MINUTE });
  const moments = { preparing: PREPARING, moving: MOVING, 'in the overlap': OVERLAP };
  return [
    ...Object.entries(moments).flatMap(([moment, seconds]) => [
      cell('directory', 'does not list the newest key', [at(seconds, hidden('newest'))], { at: moment }),
      cell('directory', 'lists no key', [at(seconds, hidden('all'))], { at: moment }),
    ]),
    cell(
      'directory',
      'lists no key, and nothing is due',
      [at(DAY, hidden('all')), at(DAY + MINUTE, { kind: 'sweep' }), at(2 * DAY, { kind: 'sweep' })],
      // Once in the rotation before; an absence that a lag explains is no reason to restart anything.
      { restarts: ONCE_EACH },
    ),
  ];
}

/** A person who writes the secret while a rotation works, removes its key, or approves late. */
function personCells(): Cell[] {
  const writes = (how: SecretWrite): What => ({ kind: 'secretWritten', how });
  const approves: What = { kind: 'approve', gate: 'pilot' };
  const call = 'a person';
  return [
    ...Object.entries({ preparing: PREPARING, 'moving the pilot': MOVING_PILOT }).map(([moment, seconds]) =>
      cell(call, 'writes the next version', [at(seconds, writes('tagged'))], { at: moment }),
    ),
    cell(call, 'writes the next version', [at(OVERLAP, writes('tagged'))], { at: 'in the overlap' }),
    cell(call, 'writes it without tag and expiry', [at(MOVING_PILOT, writes('bare'))]),
    cell(call, 'writes the same value again', [at(DAY, writes('sameBare')), at(2 * DAY, { kind: 'sweep' })], {
      restarts: ONCE_EACH,
    }),
    cell(call, 'writes while approval is waited for', [at(HOUR, writes('tagged')), at(2 * HOUR, approves)], {
      variant: 'approval',
    }),
    cell(call, 'removes the key, then approves', [at(HOUR, { kind: 'keyRemoved' }), at(2 * HOUR, approves)], {
      variant: 'approval',
    }),
    cell(call, 'approves in the last minutes', [at(24 * HOUR - 10 * MINUTE, approves)], {
      variant: 'approval',
    }),
    cell(call, 'approves too late', [at(25 * HOUR, approves)], { variant: 'approval' }),
  ];
}

/** Approval and weekly windows, by the calendar: waits longer than any hold. */
function windowCells(): Cell[] {
  const approves = (seconds: number) => at(seconds, { kind: 'approve', gate: 'pilot' });
  const whole = { variant: 'windows', begins: 'due', days: 24, restarts: ONCE_EACH } as const;
  const call = 'weekly window';
  return [
    cell(call, 'after an approval', [approves(2 * DAY)], whole),
    cell(call, 'after a late approval', [approves(4 * DAY - 6 * HOUR)], whole),
    cell(call, 'moved meanwhile', [approves(2 * DAY), at(3 * DAY, { kind: 'windowMoved', day: 'wed' })], {
      ...whole,
      kills: true,
    }),
  ];
}

/** List entries that are hard to read are carriers all the same. */
function oddCells(): Cell[] {
  return (['group', 'unread', 'type'] as const).map((by) =>
    cell('list entry', `of an odd ${by}`, [at(0, { kind: 'oddRuntime', by })]),
  );
}

/** Keys of another task hub are nobody's that this one knows of. */
function otherHubCells(): Cell[] {
  return Object.entries({ preparing: PREPARING, 'in the overlap': OVERLAP }).map(([moment, seconds]) =>
    cell('another task hub', 'mints a key', [at(seconds, { kind: 'otherHubsKey' })], { at: moment }),
  );
}

/** A service that is away for days. */
function outageCells(): Cell[] {
  const moments = { 'from the start': 1, moving: MOVING, 'in the overlap': OVERLAP };
  return (['graph', 'vault', 'entra', 'arm', 'eventGrid'] as const).flatMap((of) =>
    Object.entries(moments).map(([moment, seconds]) =>
      cell(`outage of ${of}`, 'three days', outage(of, seconds, 3 * DAY), { at: moment }),
    ),
  );
}

/** An outage of a service with its end. */
function outage(of: OutageOf, from: number, seconds: number): Happening[] {
  return [at(from, { kind: 'outage', of }), at(from + seconds, { kind: 'outageEnds', of })];
}

/** Somebody terminates what works for the rotation, or the rotation itself. */
function terminatedCells(): Cell[] {
  return [
    ...CHILDREN.flatMap((name) =>
      // It is run once more.
      [0, 1].map((skip) => ({ ...terminated(name, skip), ends: 'rotated' })),
    ),
    ...CHILDREN.map((name) => terminated(name, 0, 'each time')),
    ...[1, 8, 16].map((skip) => terminated('rotateCredential', skip)),
  ];
}

function terminated(name: string, skip: number, often: 'once' | 'each time' = 'once'): Cell {
  const fault: NewFault = {
    match: { service: 'host', operation: 'before-orchestrator', subject: ` ${name} ` },
    action: { kind: 'terminate' },
    ...(often === 'once' ? { times: 1 } : {}),
    skip,
  };
  return cell(`orchestrator ${name}`, often === 'once' ? 'terminated' : 'terminated each time', [], {
    at: `${skip + 1}`,
    faults: [fault],
  });
}

/** Somebody else writes the next version, and the app brings it to the runtimes. */
function externalCells(): Cell[] {
  const variant = 'external';
  const writes = (how: SecretWrite): What => ({ kind: 'secretWritten', how });
  const fails: What = { kind: 'checkFails', runtime: FIRST };
  const works: What = { kind: 'checkWorks', runtime: FIRST };
  const call = 'external';
  return [
    cell(call, 'undisturbed', [], { variant, restarts: ONCE_EACH }),
    cell(call, "the first one's check fails for hours", [at(0, fails), at(2 * HOUR, works)], {
      variant,
    }),
    cell(call, 'Entra away for two hours', outage('entra', 0, 2 * HOUR), { variant }),
    cell(call, 'a wrong value, then the right one', [at(2 * HOUR, writes('corrected'))], {
      variant,
      writes: 'wrong',
    }),
    cell(call, 'a wrong value, then another version', [at(2 * HOUR, writes('tagged'))], {
      variant,
      writes: 'wrong',
    }),
    cell(call, 'two versions within minutes', [at(5 * MINUTE, writes('tagged'))], { variant }),
    cell(call, 'a version without tag and expiry', [], {
      variant,
      writes: 'bare',
      days: 2,
      tells: ['Airlock.CredentialExpiring'],
    }),
  ];
}

/** A straggler is tried again by a sweep, and that is undone: the others keep what they have. */
function stragglerCells(): Cell[] {
  // The sweep of the next morning comes in between.
  const retry = 3 * HOUR;
  const end = retry + DAY;
  const straggling: Happening[] = [at(0, { kind: 'checkFails', runtime: LAST })];
  const works = (seconds: number) => at(seconds, { kind: 'checkWorks', runtime: LAST });
  const more = { restarts: { ...ONCE_EACH, [LAST]: 10 }, days: 3 };
  const call = "straggler's retry";
  return [
    cell(call, 'goes through', [...straggling, works(retry)], more),
    cell(call, 'Entra away for a day', [...straggling, works(retry), ...outage('entra', retry, DAY)], more),
    cell(call, 'a check that fails once more', [...straggling, works(end)], more),
  ];
}

/** By the calendar, past the end of the credential that is in use at first: nothing may run with that then. */
function calendarCells(): Cell[] {
  const whole = { variant: 'calendar', begins: 'due', days: 33 } as const;
  const broken = (runtime: string) => at(0, { kind: 'checkFails', runtime });
  const call = 'by the calendar';
  return [
    cell(call, 'undisturbed', [], { ...whole, days: 4, restarts: ONCE_EACH }),
    ...RUNTIMES.slice(0, 2).map((runtime) =>
      cell(call, `the check of ${runtime} broken throughout`, [broken(runtime)], {
        ...whole,
        restarts: Object.fromEntries(RUNTIMES.filter((one) => one !== runtime).map((one) => [one, 3])),
      }),
    ),
    cell(call, 'Graph away for 29 days', outage('graph', DAY, 29 * DAY), {
      ...whole,
      tells: ['Airlock.CredentialExpiring'],
    }),
    // For less than the week for which an event that cannot be sent is kept (GIVEN_UP_MS in src/activities/sendKept.ts).
    cell(call, 'Event Grid away', outage('eventGrid', 0, 6 * DAY), {
      ...whole,
      days: 12,
      tells: ['Airlock.RotationCompleted'],
    }),
  ];
}
