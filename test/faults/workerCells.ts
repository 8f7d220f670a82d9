/** The language worker dies under each function of a rotation: as the durable extension was measured to take it. */
import type { NewFault } from '../../local/control/kernelRoutes.js';
import { ACTIVITIES, type Cell, CHILDREN } from './cells.js';

const ENTITIES = ['runtimeRecord', 'credentialRecord', 'run'] as const;

/** At its beginning, while it looks around, and with the new key made. */
const EPISODES_OF_A_ROTATION = [0, 1, 8, 16];

export function workerCells(): Cell[] {
  const places = ['before', 'after'] as const;
  return [
    ...ACTIVITIES.flatMap((name) => places.map((place) => cell('activity', name, place, name, 0))),
    ...ENTITIES.flatMap((name) =>
      places.flatMap((place) =>
        [0, 3].map((skip) => cell('entity', name, place, `@${name.toLowerCase()}@`, skip)),
      ),
    ),
    ...CHILDREN.flatMap((name) =>
      [0, 1].map((skip) => cell('orchestrator', name, 'before', ` ${name} `, skip)),
    ),
    ...EPISODES_OF_A_ROTATION.map((skip) =>
      cell('orchestrator', 'rotateCredential', 'before', ' rotateCredential ', skip),
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
  return {
    call: `${kind} ${name}`,
    fault: `worker gone ${place}`,
    at: `${skip + 1}`,
    faults: [fault],
    happenings: [],
    kills: false,
  };
}
