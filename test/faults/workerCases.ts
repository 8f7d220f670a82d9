/** The language worker dies under each function of a rotation: as the durable extension was measured to take it. */
import type { NewFault } from '../../local/control/kernelRoutes.js';
import { ACTIVITIES, CHILDREN, type FaultCase } from './faultCases.js';

const HOUR = 3600;
const DAY = 24 * HOUR;

const ENTITIES = ['runtimeRecord', 'credentialRecord', 'run'] as const;

/** At its beginning, while it looks around, and with the new key made. */
const EPISODES_OF_A_ROTATION = [0, 1, 8, 16];

/** Of the check beside the proof of the new credential, which has seven, and of the move. */
const EPISODES_ON_A_PILOT = [0, 1, 7, 8];

/** The orchestrations that only some rotations wait for, each with what makes one do so. */
const WAITS: Readonly<Record<string, Partial<FaultCase>>> = {
  retryActivity: {
    faults: [
      {
        match: { service: 'graph', operation: 'applications.addPassword' },
        action: { kind: 'status', status: 503, body: { error: { code: 'Injected', message: 'injected' } } },
        times: 1,
      },
    ],
  },
  awaitGate: {
    variant: 'approval',
    disturbances: [{ afterSeconds: 2 * HOUR, what: { kind: 'approve', gate: 'pilot' } }],
  },
  awaitMoment: {
    variant: 'windows',
    startedBy: 'due',
    days: 24,
    disturbances: [{ afterSeconds: 2 * DAY, what: { kind: 'approve', gate: 'pilot' } }],
  },
  awaitDrained: { variant: 'drained' },
};

/** In which the worker dies as often as the app begins them (`WAITS` in src/orchestrations/children.ts). */
const EACH_TIME = 3;

export function workerCases(): FaultCase[] {
  const places = ['before', 'after'] as const;
  return [
    ...ACTIVITIES.flatMap((name) => places.map((place) => faultCase('activity', name, place, name, 0))),
    ...ENTITIES.flatMap((name) =>
      places.flatMap((place) =>
        [0, 3].map((skip) => faultCase('entity', name, place, `@${name.toLowerCase()}@`, skip)),
      ),
    ),
    ...CHILDREN.flatMap((name) =>
      (name === 'runtimeRun' ? EPISODES_ON_A_PILOT : [0, 1]).map((skip) =>
        faultCase('orchestrator', name, 'before', ` ${name} `, skip),
      ),
    ),
    ...Object.entries(WAITS).flatMap(([name, scenario]) => [
      ...[0, 1].map((skip) => within(scenario, faultCase('orchestrator', name, 'before', ` ${name} `, skip))),
      within(scenario, faultCase('orchestrator', name, 'before', ` ${name} `, 0, EACH_TIME)),
    ]),
    ...EPISODES_OF_A_ROTATION.map((skip) =>
      faultCase('orchestrator', 'rotateCredential', 'before', ' rotateCredential ', skip),
    ),
  ];
}

function faultCase(
  kind: 'activity' | 'entity' | 'orchestrator',
  name: string,
  place: 'before' | 'after',
  subject: string,
  skip: number,
  times = 1,
): FaultCase {
  const fault: NewFault = {
    match: { service: 'host', operation: `${place}-${kind}`, subject },
    action: { kind: 'workerGone' },
    times,
    skip,
  };
  return {
    call: `${kind} ${name}`,
    fault: times === 1 ? `worker gone ${place}` : `worker gone ${place}, each time`,
    at: `${skip + 1}`,
    faults: [fault],
    disturbances: [],
    kills: false,
  };
}

/** The case in the scenario that its fault needs. */
function within(scenario: Partial<FaultCase>, { faults, ...one }: FaultCase): FaultCase {
  return { ...one, ...scenario, mustStrike: true, faults: [...(scenario.faults ?? []), ...faults] };
}
