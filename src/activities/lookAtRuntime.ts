import type { RuntimeView } from '../domain/settings/snapshot.js';
import type { RuntimeLook } from '../domain/steps/runtimeSteps.js';
import type { Steps } from '../domain/steps/steps.js';
import type { ActivityDeps } from './deps.js';

type Step = Steps['lookAtRuntime'];

/** A look at a runtime that is being waited for. With `shared`, a list of that moment may serve all who wait. */
export async function lookAtRuntime(
  { runtime, shared, operation }: Step['input'],
  deps: ActivityDeps,
): Promise<Step['output']> {
  const { runtimes } = await deps.azure();
  const looked = await runtimes.look(runtime, {
    ...(shared ? { moment: shared.moment } : {}),
    ...(operation === undefined ? {} : { operation }),
  });
  return looked.kind === 'found' ? seen(looked.view) : looked;
}

function seen(view: RuntimeView): RuntimeLook {
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
