import { interpretRuntime } from '../domain/settings/runtimeBody.js';
import type { RuntimeLook } from '../domain/steps/runtimeSteps.js';
import type { Steps } from '../domain/steps/steps.js';
import type { JsonObject } from '../domain/values/json.js';
import type { ActivityDeps } from './deps.js';
import { lookTogether } from './factoryLooks.js';

type Step = Steps['lookAtRuntime'];

/**
 * A look at a runtime that is being waited for. With `shared`, into the factory's list, where that tells the state;
 * otherwise a read of its own.
 */
export async function lookAtRuntime(
  { runtime, shared }: Step['input'],
  deps: ActivityDeps,
): Promise<Step['output']> {
  const { runtimes } = await deps.azure();
  if (shared) {
    const listed = await lookTogether(runtimes, runtime, shared);
    if (listed && 'kind' in listed && listed.kind === 'retry') return listed;
    const look = listed && 'body' in listed ? seen(listed.body) : undefined;
    if (look?.kind === 'seen' && look.state !== '') return look;
  }
  const read = await runtimes.read(runtime);
  return read.kind === 'found' ? seen(read.body) : read;
}

function seen(body: JsonObject): RuntimeLook {
  const view = interpretRuntime(body);
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
