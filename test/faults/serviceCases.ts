/** What services and the runtimes themselves may do to a rotation, each as a case. */
import { RUNTIMES } from './config.js';
import type { Disturbance } from './disturbances.js';
import { type FaultCase, faultCase } from './faultCases.js';
import { at, DAY, HOUR, MINUTE, MOVING, ONCE_EACH, OVERLAP, outage, PREPARING } from './moments.js';

type What = Disturbance['what'];

const [, , LAST] = RUNTIMES;

/** Old processes that go on as long as the restart: what they run with, their runtime has. */
export function processCases(): FaultCase[] {
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
export function directoryCases(): FaultCase[] {
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

/** List entries that are hard to read are carriers all the same. */
export function oddCases(): FaultCase[] {
  return (['group', 'unread', 'type'] as const).map((by) =>
    faultCase('list entry', `of an odd ${by}`, [at(0, { kind: 'oddRuntime', by })]),
  );
}

/** A service that is away for days. */
export function outageCases(): FaultCase[] {
  const moments = { 'from the start': 1, moving: MOVING, 'in the overlap': OVERLAP };
  return (['graph', 'vault', 'entra', 'arm', 'eventGrid'] as const).flatMap((of) =>
    Object.entries(moments).map(([moment, seconds]) =>
      faultCase(`outage of ${of}`, 'three days', outage(of, seconds, 3 * DAY), { at: moment }),
    ),
  );
}
