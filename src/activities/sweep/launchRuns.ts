import type { Activities } from '../../domain/activities/activities.js';
import type { ActivityDeps, DurableState } from '../deps.js';

type Activity = Activities['launchRuns'];

/** Starts runs beside the one that asks. Repeated, it finds those that it started. Throws where none could be started. */
export async function launchRuns(
  { runs }: Activity['input'],
  _deps: ActivityDeps,
  durable: DurableState,
): Promise<Activity['output']> {
  const runIds: string[] = [];
  let failure: unknown;
  for (const { orchestration, runId, input } of runs) {
    try {
      await durable.startOnce(orchestration, runId, input);
      runIds.push(runId);
    } catch (error) {
      failure = error;
    }
  }
  if (failure && runIds.length === 0) throw failure;
  return { kind: 'started', runIds };
}
