import type { InvocationContext, Timer } from '@azure/functions';
import * as df from 'durable-functions';
import { ENTITIES } from '../../domain/records/entityNames.js';
import { BEGINNING, instancesSince, statusOf } from '../../durable/instances.js';
import type { FunctionDeps } from '../deps.js';

const DAY_MS = 24 * 3600_000;

/**
 * Purges runs, with all that they started, that ended and are older than `retentionDays`, then the entities of runs that
 * are gone. The host counts the age of a run from its last `continueAsNew`: it is kept a little longer, never shorter.
 */
export async function purgeRuns(
  _timer: Timer,
  context: InvocationContext,
  deps: FunctionDeps,
): Promise<void> {
  const { retentionDays } = await deps.configuration();
  const client = df.getClient(context);
  const { instancesDeleted } = await client.purgeInstanceHistoryBy({
    createdTimeFrom: BEGINNING,
    createdTimeTo: new Date(deps.now().getTime() - retentionDays * DAY_MS),
    runtimeStatus: [
      df.OrchestrationRuntimeStatus.Completed,
      df.OrchestrationRuntimeStatus.Failed,
      df.OrchestrationRuntimeStatus.Terminated,
    ],
  });
  context.log(`purged ${instancesDeleted} instances older than ${retentionDays} days`);
  context.log(`purged the entities of ${await purgeEntities(client)} runs that are gone`);
}

/**
 * An entity never ends, so that no filter by age takes it; by its id the extension purges it all the same (measured).
 * Only those of runs: what the app remembers of runtimes and credentials stays.
 */
async function purgeEntities(client: df.DurableClient): Promise<number> {
  const instances = await instancesSince(client, BEGINNING);
  const known = new Set(instances.map(({ instanceId }) => instanceId));
  let purged = 0;
  for (const { instanceId } of instances) {
    const runId = runOfEntity(instanceId);
    // A run may have begun while the list came in.
    if (runId === undefined || known.has(runId) || (await statusOf(client, runId))) continue;
    await client.purgeInstanceHistory(instanceId);
    purged++;
  }
  return purged;
}

/** The run whose entity an instance is: `@run@{id}`. */
function runOfEntity(instanceId: string): string | undefined {
  const prefix = `@${ENTITIES.run}@`;
  return instanceId.startsWith(prefix) ? instanceId.slice(prefix.length) : undefined;
}
