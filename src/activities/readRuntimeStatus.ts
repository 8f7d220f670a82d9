import type { Activities } from '../domain/activities/activities.js';
import type { RuntimeStatus } from '../domain/activities/runtimeActivities.js';
import { seenIn } from '../domain/settings/shownSettings.js';
import type { RuntimeView } from '../domain/settings/snapshot.js';
import type { ActivityDeps, DurableState } from './deps.js';
import { watchClaim } from './watchClaim.js';

type Activity = Activities['readRuntimeStatus'];

/**
 * How a runtime is that is being waited for, and first, whether the run may go on waiting. With `shared`, a
 * list of that moment may serve all who wait.
 */
export async function readRuntimeStatus(
  { runtime, shared, operation, claim }: Activity['input'],
  deps: ActivityDeps,
  durable: DurableState,
): Promise<Activity['output']> {
  if (claim && (await watchClaim(claim, deps, durable)) !== 'held') return { kind: 'claimInQuestion' };
  const { runtimes } = await deps.azure();
  const status = await runtimes.poll(runtime, {
    ...(shared ? { moment: shared.moment } : {}),
    ...(operation === undefined ? {} : { operation }),
  });
  return status.kind === 'found' ? seen(status.view) : status;
}

function seen(view: RuntimeView): RuntimeStatus {
  if (view.kind !== 'airflow') return { kind: 'missing' };
  return {
    kind: 'seen',
    phase: view.phase,
    state: view.state,
    ...(view.ended ? { ended: view.ended } : {}),
    ...(view.webUrl ? { webUrl: view.webUrl } : {}),
    ...(view.airflowVersion ? { airflowVersion: view.airflowVersion } : {}),
    ...(view.marker ? { marker: view.marker } : {}),
    ...(view.phase === 'ready' ? { shows: seenIn(view) } : {}),
  };
}
