import type { Activities } from '../domain/activities/activities.js';
import type { RuntimeStatus } from '../domain/activities/runtimeActivities.js';
import type { RuntimeView } from '../domain/settings/snapshot.js';
import type { ActivityDeps } from './deps.js';

type Activity = Activities['readRuntimeStatus'];

/** How a runtime is that is being waited for. With `shared`, a list of that moment may serve all who wait. */
export async function readRuntimeStatus(
  { runtime, shared, operation }: Activity['input'],
  deps: ActivityDeps,
): Promise<Activity['output']> {
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
  };
}
