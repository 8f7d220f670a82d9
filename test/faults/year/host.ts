/** What the durable host and its operators do: workers that die, instances that somebody terminates. */

import type { Random } from './random.js';
import type { YearEvent, YearEvents } from './yearEvents.js';

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
export function deaths(random: Random): YearEvents {
  const died = DEATHS.map(([kind, name], index): YearEvent => {
    const place = kind === 'orchestrator' ? 'before' : random.pick(['before', 'after']);
    const skip = Math.floor(random.between(0, kind === 'orchestrator' ? 12 : 3));
    const day = ((index + random.next()) * 345) / DEATHS.length + 5;
    const subject = kind === 'orchestrator' ? ` ${name} ` : name;
    const match = { operation: `${place}-${kind}`, subject };
    return once(day, `the worker will die ${place} ${name}`, { match, kind: 'workerGone', skip });
  });
  const terminated = TERMINATED.map((name): YearEvent => {
    const skip = Math.floor(random.between(0, 6));
    const match = { operation: 'before-orchestrator', subject: ` ${name} ` };
    const day = random.between(30, 330);
    return once(day, `somebody will terminate a ${name}`, { match, kind: 'terminate', skip });
  });
  return { events: [...died, ...terminated] };
}

/** At the host, one time. */
function once(
  day: number,
  description: string,
  strike: {
    readonly match: { readonly operation: string; readonly subject: string };
    readonly kind: 'workerGone' | 'terminate';
    readonly skip: number;
  },
): YearEvent {
  const { match, kind, skip } = strike;
  return {
    day,
    description,
    apply: async ({ client }) => {
      await client.addFault({ match: { service: 'host', ...match }, action: { kind }, times: 1, skip });
    },
  };
}
