/** The example of CONTRIBUTING.md's "Add a proof": the check DAG says which credential its worker has, and reads no vault. */
import type { Problem } from '../../../src/domain/problems/problem.js';
import { CHECK_TASK_ID } from '../../../src/domain/proof/checkAnswer.js';
import { sameId } from '../../../src/domain/values/sameId.js';
import type { ProofKind } from '../../../src/proofs/proof.js';

const WEAKER_PROOF = 'A worker has the credential; whether the vault takes it is not shown.';

export const MARKER_PROOF: ProofKind = {
  name: 'marker',
  conf: () => ({}),
  judge: async ({ proof, api, dagRunId, expectedMarker }, { airflow }) => {
    const read = await airflow.answer(api, proof.dagId, dagRunId, CHECK_TASK_ID);
    if (read.kind === 'missing') return { kind: 'failed', problem: silent(proof.dagId), interrupted: true };
    if (read.kind === 'malformed') return { kind: 'failed', problem: silent(proof.dagId) };
    if (read.kind !== 'answered') return read;
    const { marker } = read.answer;
    const expected = marker !== null && (expectedMarker === undefined || sameId(marker, expectedMarker));
    return expected
      ? { kind: 'passed', words: 'a worker that has the credential', weakness: WEAKER_PROOF }
      : { kind: 'notYet', problem: BEFORE };
  },
};

const BEFORE: Problem = {
  code: 'oldCredential',
  message: 'The worker has another credential.',
  remedy: 'Restart the runtime.',
};

function silent(dagId: string): Problem {
  return {
    code: 'answerMissing',
    message: `The run of ${dagId} left no answer.`,
    remedy: 'Put the check DAG there.',
  };
}
