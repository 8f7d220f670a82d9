import type { Activities } from '../domain/activities/activities.js';
import { dagRunGone } from '../domain/proof/checkProblems.js';
import { airflowOf } from './airflowOf.js';
import type { ActivityDeps } from './deps.js';

type Activity = Activities['readCheck'];

/** Reads how a check run stands and, once it has ended, has it judged. Reads only. */
export async function readCheck(input: Activity['input'], deps: ActivityDeps): Promise<Activity['output']> {
  const reached = await airflowOf(input, deps);
  if (reached.kind !== 'reached') return reached;
  const { api: airflow, profile } = reached;
  const { proof } = profile.access;

  const run = await airflow.dagRun(input.api, proof.dagId, input.dagRunId);
  if (run.kind === 'missing') return { kind: 'failed', problem: dagRunGone(proof.dagId, input.dagRunId) };
  if (run.kind !== 'found') return run;
  if (run.state !== 'success' && run.state !== 'failed') return { kind: 'running', state: run.state };
  const { words } = deps.kinds.named(input.runtime.kind);
  const { vaults } = await deps.azure();
  const ended = { ...input, proof, profile, succeeded: run.state === 'success', words };
  return deps.proofs.of(proof).judge(ended, { airflow, vaults });
}
