/** The language worker dies under each function of a rotation: as the durable extension was measured to take it. */
import type { NewFault } from '../../local/control/kernelRoutes.js';
import { ACTIVITIES, type Cell } from './cells.js';

const ENTITIES = ['runtimeRecord', 'credentialRecord', 'run'] as const;

/** The orchestrators of a rotation, itself first. */
const ORCHESTRATORS = [
  'rotateCredential',
  'retryStep',
  'moveGroup',
  'awaitLease',
  'awaitRuntime',
  'checkAccess',
  'proveInARow',
  'awaitOverlap',
  'awaitGate',
  'awaitMoment',
] as const;

const SECOND_EPISODE = 1;

/** What mends a rotation whose own orchestrator, or one that it waits for, is dead for good. */
const MENDED_BY = 'No dead credential, no silent end';

/** Cells that break a rule until an issue mends them, as `call at`. One that turns green fails, so that it leaves the list. */
const KNOWN: ReadonlySet<string> = new Set([]);

export function workerCells(): Cell[] {
  const places = ['before', 'after'] as const;
  return [
    ...ACTIVITIES.flatMap((name) => places.map((place) => cell('activity', name, place, name, 0))),
    ...ENTITIES.flatMap((name) =>
      places.flatMap((place) =>
        [0, 3].map((skip) => cell('entity', name, place, `@${name.toLowerCase()}@`, skip)),
      ),
    ),
    ...ORCHESTRATORS.flatMap((name) =>
      [0, SECOND_EPISODE].map((skip) => cell('orchestrator', name, 'before', ` ${name} `, skip)),
    ),
  ];
}

function cell(
  kind: 'activity' | 'entity' | 'orchestrator',
  name: string,
  place: 'before' | 'after',
  subject: string,
  skip: number,
): Cell {
  const fault: NewFault = {
    match: { service: 'host', operation: `${place}-${kind}`, subject },
    action: { kind: 'workerGone' },
    times: 1,
    skip,
  };
  const call = `${kind} ${name}`;
  const at = `${skip + 1}`;
  return {
    call,
    fault: `worker gone ${place}`,
    at,
    faults: [fault],
    happenings: [],
    kills: false,
    ...(KNOWN.has(`${call} ${at}`) ? { mendedBy: MENDED_BY } : {}),
  };
}
