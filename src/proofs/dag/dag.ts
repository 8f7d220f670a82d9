import { dagRunFailed } from '../../domain/proof/checkProblems.js';
import type { ProofKind } from '../proof.js';

/** Why the success of a user's own DAG is the weaker proof. */
const WEAKER_PROOF =
  'A successful run of this DAG does not show which layer answered: Airflow falls back to environment variables and its metastore when the vault refuses. Use proof kind `challenge` with the check DAG for a proof of the vault itself.';

/** A DAG of the user's own: its run's success is the proof. */
export const DAG: ProofKind = {
  name: 'dag',
  conf: () => ({}),
  judge: async ({ proof, dagRunId, succeeded }) =>
    succeeded
      ? { kind: 'passed', words: 'the DAG run succeeded', weakness: WEAKER_PROOF }
      : { kind: 'failed', problem: dagRunFailed(proof.dagId, dagRunId) },
};
