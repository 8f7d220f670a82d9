import type { Activities } from '../domain/activities/activities.js';
import {
  dagMissing,
  dagNotImported,
  importErrorBehind,
  webServerNotHealthy,
} from '../domain/proof/checkProblems.js';
import { airflowOf } from './airflowOf.js';
import type { ActivityDeps } from './deps.js';

type Activity = Activities['prepareCheck'];

const NONCE_BYTES = 16;

/**
 * Health, the check DAG there, and not paused; then chance for one challenge. Its record in the history is what makes it the
 * run's own. Unpausing twice does no harm.
 */
export async function prepareCheck(
  target: Activity['input'],
  deps: ActivityDeps,
): Promise<Activity['output']> {
  const reached = await airflowOf(target, deps);
  if (reached.kind !== 'reached') return reached;
  const { api, profile } = reached;
  const { words } = deps.kinds.named(target.runtime.kind);
  const { dagId } = profile.access.proof;

  const health = await api.health();
  if (health.kind === 'notYet') {
    return { kind: 'notYet', transient: true, problem: webServerNotHealthy(health.message, words) };
  }
  if (health.kind !== 'healthy') return health;

  const dag = await api.dag(health.api, dagId);
  if (dag.kind === 'missing') {
    const importError = importErrorBehind(dagId, dag.importErrors);
    const problem = importError
      ? dagNotImported(dagId, importError)
      : dagMissing(dagId, { fromGit: target.dagsFromGit, imports: profile.access.importDags !== undefined });
    return { kind: 'notYet', transient: false, problem };
  }
  if (dag.kind !== 'found') return dag;
  if (dag.paused) {
    const unpaused = await api.unpause(health.api, dagId);
    if (unpaused.kind !== 'unpaused') return unpaused;
  }
  return {
    kind: 'ready',
    api: health.api,
    ...(health.airflowVersion ? { airflowVersion: health.airflowVersion } : {}),
    nonce: deps.randomHex(NONCE_BYTES),
  };
}
