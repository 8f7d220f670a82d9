import type { InvocationContext, Timer } from '@azure/functions';
import * as df from 'durable-functions';
import { ENTITIES } from '../../domain/records/entityNames.js';
import { isSpent, updatedAt } from '../../domain/runs/retention.js';
import { BEGINNING, instancesSince, statusOf } from '../../durable/instances.js';
import type { FunctionDeps } from '../deps.js';

const DAY_MS = 24 * 3600_000;
/** Each purge waits for some operations of the storage, and a rotation of a large fleet leaves thousands. */
const SIDE_BY_SIDE = 16;

/**
 * Purges runs, with all that they started, that ended and are older than `retentionDays`, then what nobody needs for so long
 * (`isSpent`), then the entities of runs that are gone. The host counts the age of a run from its last `continueAsNew`: it is
 * kept a little longer, never shorter.
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
  const instances = await instancesSince(client, BEGINNING);
  // An age is counted from the newest moment that either clock tells of.
  const now = instances.reduce((newest, one) => Math.max(newest, updatedAt(one)), deps.now().getTime());
  const spent = instances.filter((one) => isSpent(one, now));
  await purgeAll(client, spent);
  context.log(`purged ${spent.length} instances that told all they know`);
  context.log(`purged the entities of ${await purgeEntities(client, instances)} runs that are gone`);
}

async function purgeAll(client: df.DurableClient, spent: readonly { instanceId: string }[]): Promise<void> {
  for (let from = 0; from < spent.length; from += SIDE_BY_SIDE) {
    const some = spent.slice(from, from + SIDE_BY_SIDE);
    await Promise.all(some.map(({ instanceId }) => client.purgeInstanceHistory(instanceId)));
  }
}

/**
 * An entity never ends, so that no filter by age takes it; by its id the extension purges it all the same (measured).
 * Only those of runs: what the app remembers of runtimes and credentials stays.
 */
async function purgeEntities(
  client: df.DurableClient,
  instances: readonly { instanceId: string }[],
): Promise<number> {
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
