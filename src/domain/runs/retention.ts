/** How long what the durable back end keeps is of use to anybody, where that is shorter than runs are kept. */
import { PARTS_KEPT_MS, REMEMBER_ENDED_MS } from '../values/timing.js';
import type { RunInput } from './inputs.js';
import type { RunOutcome } from './outcomes.js';
import { isRun, ORCHESTRATIONS, type RunResult } from './runs.js';

/** An instance as the durable back end lists it. */
export interface ListedInstance {
  readonly instanceId: string;
  readonly name: string;
  readonly runtimeStatus: string;
  /** When it ended, where it has. */
  readonly lastUpdatedTime: Date | string;
  readonly input: unknown;
  readonly output: unknown;
}

/** All is well, and it was before. */
const UNEVENTFUL: ReadonlySet<RunOutcome> = new Set(['accessProven', 'alreadyEnabled']);

/**
 * Whether nobody needs what is kept of an instance any more, though the run may be younger than `retentionDays`. A part of a
 * run has told that run what it found, and its steps stand in the run's trail. A run that nobody asked for, and that found
 * all well and changed nothing, has left its proof with the record of the runtime, which knows its end for three days. What
 * the host ended is kept: it tells why.
 *
 * @param now milliseconds since the epoch
 */
export function isSpent(instance: ListedInstance, now: number): boolean {
  if (instance.runtimeStatus !== 'Completed' || instance.instanceId.startsWith('@')) return false;
  const age = now - updatedAt(instance);
  if (!isRun(instance)) return age > PARTS_KEPT_MS;
  return instance.name === ORCHESTRATIONS.runtimeRun && isUneventful(instance) && age > REMEMBER_ENDED_MS;
}

/** When an instance was changed last, by the host's clock. Milliseconds since the epoch. */
export function updatedAt({ lastUpdatedTime }: Pick<ListedInstance, 'lastUpdatedTime'>): number {
  return new Date(lastUpdatedTime).getTime();
}

function isUneventful({ input, output }: ListedInstance): boolean {
  const { startedBy } = (input ?? {}) as Partial<RunInput>;
  const { outcome, changed } = (output ?? {}) as Partial<RunResult>;
  if (startedBy === undefined || startedBy.kind === 'request') return false;
  return outcome !== undefined && UNEVENTFUL.has(outcome) && changed === false;
}
