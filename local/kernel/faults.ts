/** Faults that somebody switched on: which calls they hit, and how often. */
import { z } from 'zod';
import type { Fault, Faults } from './types.js';

type Call = Parameters<Faults['strike']>[0];

interface Armed {
  readonly fault: Fault;
  /** How many matching calls it saw. */
  seen: number;
}

const STATE = z.array(z.object({ fault: z.custom<Fault>(), seen: z.number() }));

export interface LocalFaults extends Faults {
  clear(): void;
  /** The faults with how often each was met, as JSON. */
  snapshot(): unknown;
  /** Goes on with what `snapshot` gave. */
  restore(state: unknown): void;
}

export function createFaults(): LocalFaults {
  const armed = new Map<string, Armed>();
  let lastId = 0;
  return {
    add(fault) {
      let id = fault.id;
      while (id === undefined || (fault.id === undefined && armed.has(id))) {
        lastId += 1;
        id = `fault-${lastId}`;
      }
      armed.set(id, { fault: { ...fault, id }, seen: 0 });
      return id;
    },
    remove(id) {
      armed.delete(id);
    },
    list: () => [...armed.values()].map(({ fault, seen }) => ({ ...fault, seen })),
    clear: () => armed.clear(),
    snapshot: () => structuredClone([...armed.values()]),
    restore(state) {
      armed.clear();
      for (const one of STATE.parse(state)) armed.set(one.fault.id, one);
    },
    strike(call) {
      for (const one of armed.values()) {
        if (matches(one.fault, call) && counts(one)) return one.fault.action;
      }
      return undefined;
    },
  };
}

/** Counts the call and says whether the fault hits it. Of several the first does, and later ones do not see the call. */
function counts(one: Armed): boolean {
  one.seen += 1;
  const nth = one.seen - (one.fault.skip ?? 0);
  return nth >= 1 && nth <= (one.fault.times ?? Infinity);
}

function matches({ match }: Fault, call: Call): boolean {
  return (
    (match.service === undefined || match.service === call.service) &&
    (match.operation === undefined || match.operation === call.operation) &&
    (match.caller === undefined || match.caller === call.caller) &&
    (match.subject === undefined || (call.subject?.includes(match.subject) ?? false)) &&
    (match.path === undefined || (call.path?.includes(match.path) ?? false))
  );
}
