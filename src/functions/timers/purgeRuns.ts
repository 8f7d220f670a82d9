import type { InvocationContext, Timer } from '@azure/functions';
import * as df from 'durable-functions';
import { BEGINNING } from '../../durable/instances.js';
import type { FunctionDeps } from '../deps.js';

const DAY_MS = 24 * 3600_000;

/** Purges runs, with all that they started, that ended and are older than `retentionDays`. */
export async function purgeRuns(
  _timer: Timer,
  context: InvocationContext,
  deps: FunctionDeps,
): Promise<void> {
  const { retentionDays } = await deps.configuration();
  const { instancesDeleted } = await df.getClient(context).purgeInstanceHistoryBy({
    createdTimeFrom: BEGINNING,
    createdTimeTo: new Date(deps.now().getTime() - retentionDays * DAY_MS),
    runtimeStatus: [
      df.OrchestrationRuntimeStatus.Completed,
      df.OrchestrationRuntimeStatus.Failed,
      df.OrchestrationRuntimeStatus.Terminated,
    ],
  });
  context.log(`purged ${instancesDeleted} instances older than ${retentionDays} days`);
}
