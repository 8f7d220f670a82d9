/** What the durable host and its operators do: workers that die, instances that somebody terminates. */
import type { Act, Acts } from './acts.js';
import type { Random } from './random.js';

/** Functions under which the language worker dies, most of them a rotation's. */
const DEATHS: readonly (readonly [kind: 'activity' | 'orchestrator', name: string])[] = [
  ['activity', 'mintCredential'],
  ['activity', 'proveVersion'],
  ['activity', 'applySettings'],
  ['activity', 'commitCredential'],
  ['activity', 'removeKey'],
  ['activity', 'surveyProfile'],
  ['orchestrator', 'rotateCredential'],
  ['orchestrator', 'moveGroup'],
  ['orchestrator', 'runtimeRun'],
  ['orchestrator', 'awaitOverlap'],
  ['orchestrator', 'checkAccess'],
  ['orchestrator', 'sweep'],
];
const TERMINATED = ['runtimeRun', 'moveGroup', 'proveInARow', 'rotateCredential'] as const;

/** Twelve deaths spread over the year, and somebody who terminates a part of a run four times. */
export function deaths(random: Random): Acts {
  return {
    acts: [
      ...DEATHS.map(([kind, name], index): Act => {
        const place = kind === 'orchestrator' ? 'before' : random.pick(['before', 'after']);
        const skip = Math.floor(random.between(0, kind === 'orchestrator' ? 12 : 3));
        return {
          day: ((index + random.next()) * 345) / DEATHS.length + 5,
          says: `the worker will die ${place} ${name}`,
          happen: async ({ client }) => {
            await client.addFault({
              match: {
                service: 'host',
                operation: `${place}-${kind}`,
                subject: kind === 'orchestrator' ? ` ${name} ` : name,
              },
              action: { kind: 'workerGone' },
              times: 1,
              skip,
            });
          },
        };
      }),
      ...TERMINATED.map((name): Act => {
        const skip = Math.floor(random.between(0, 6));
        return {
          day: random.between(30, 330),
          says: `somebody will terminate a ${name}`,
          happen: async ({ client }) => {
            await client.addFault({
              match: { service: 'host', operation: 'before-orchestrator', subject: ` ${name} ` },
              action: { kind: 'terminate' },
              times: 1,
              skip,
            });
          },
        };
      }),
    ],
  };
}
