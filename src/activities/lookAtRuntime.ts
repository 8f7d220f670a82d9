import { interpretRuntime } from '../domain/runtimeBody.js';
import type { Steps } from '../domain/steps.js';
import type { ActivityDeps } from './deps.js';

type Step = Steps['lookAtRuntime'];

/** One read of a runtime that is being waited for. */
export async function lookAtRuntime({ runtime }: Step['input'], deps: ActivityDeps): Promise<Step['output']> {
  const azure = await deps.azure();
  const read = await azure.runtimes.read(runtime);
  if (read.kind !== 'found') return read;
  const view = interpretRuntime(read.body);
  if (view.kind !== 'airflow') return { kind: 'missing' };
  return {
    kind: 'seen',
    phase: view.phase,
    state: view.state,
    ...(view.webUrl ? { webUrl: view.webUrl } : {}),
    ...(view.airflowVersion ? { airflowVersion: view.airflowVersion } : {}),
    ...(view.marker ? { marker: view.marker } : {}),
  };
}
