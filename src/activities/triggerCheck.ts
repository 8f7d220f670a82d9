import type { Activities } from '../domain/activities/activities.js';
import { airflowOf } from './airflowOf.js';
import type { ActivityDeps } from './deps.js';

type Activity = Activities['triggerCheck'];

/** Triggers the DAG run of one attempt. Its id is the attempt's own: a 409 for it is an earlier delivery's success. */
export async function triggerCheck(
  input: Activity['input'],
  deps: ActivityDeps,
): Promise<Activity['output']> {
  const reached = await airflowOf(input, deps);
  if (reached.kind !== 'reached') return reached;
  const { proof } = reached.profile.access;
  const azure = await deps.azure();
  const canary = input.canary ? await azure.vaults.current(input.canary) : undefined;
  if (canary && canary.kind !== 'found' && canary.kind !== 'missing') return canary;

  const conf = deps.proofs.of(proof).conf(proof, input.nonce);
  const triggered = await reached.api.trigger(input.api, proof.dagId, input.dagRunId, conf);
  if (triggered.kind !== 'triggered' && triggered.kind !== 'alreadyTriggered') return triggered;
  return { kind: 'triggered', ...(canary?.kind === 'found' ? { canaryVersion: canary.version } : {}) };
}
