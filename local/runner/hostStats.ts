/** What the functions host tells of its work and of what the durable back end keeps. */
import type { DurableState, Instance, Measures } from './state.js';

export interface HostStats {
  /** Invocations by function name. */
  readonly invocations: Readonly<Record<string, number>>;
  /** Invocations of activities, whichever. */
  readonly activities: number;
  readonly instances: readonly ({ instanceId: string; name: string; status: string } & Measures)[];
  /** Bytes of what is kept of all instances and entities. */
  readonly stateBytes: number;
  /** CPU time of this process, milliseconds. */
  readonly cpuMs: number;
}

/** @param activities names of the functions that are activities */
export function hostStats(
  invocations: Readonly<Record<string, number>>,
  activities: readonly string[],
  state: DurableState,
): HostStats {
  const { user, system } = process.cpuUsage();
  return {
    invocations: { ...invocations },
    activities: activities.reduce((sum, name) => sum + (invocations[name] ?? 0), 0),
    instances: Object.values(state.instances).map((instance) => ({
      instanceId: instance.instanceId,
      name: instance.name,
      status: instance.status,
      ...instance.measures,
    })),
    stateBytes: stateBytes(state),
    cpuMs: (user + system) / 1000,
  };
}

/** A back end keeps the history of the newest execution alone. */
function stateBytes({ instances, entities }: DurableState): number {
  const kept = [
    ...Object.values(instances).flatMap(keptOf),
    ...Object.values(entities).map(({ state }) => state),
  ];
  return kept.reduce((sum, text) => sum + Buffer.byteLength(text ?? '', 'utf8'), 0);
}

function keptOf({ input, output, customStatus, history }: Instance): (string | null)[] {
  return [input, output, JSON.stringify(customStatus), JSON.stringify(history)];
}
