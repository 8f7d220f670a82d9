import type { JudgedRun } from '../../domain/activities/checkActivities.js';
import type { SecretReference } from '../../domain/configuration/credential.js';
import type { CallFailure } from '../../domain/problems/callResult.js';
import { CHECK_TASK_ID } from '../../domain/proof/checkAnswer.js';
import { dagRunFailed } from '../../domain/proof/checkProblems.js';
import { hmacSha256Hex } from '../../domain/values/digest.js';
import type { EndedRun, Sources } from '../proof.js';
import { judgeAnswer } from './judgement.js';
import { answerMalformed, answerMissing, canaryChanged, canaryMissing } from './missingProblems.js';

/** Reads the answer of a check run and judges it by the value that the canary has now. */
export async function judge(run: EndedRun, { airflow, vaults }: Sources): Promise<JudgedRun | CallFailure> {
  const { canary, profile, dagRunId } = run;
  const { dagId } = run.proof;
  const read = await airflow.answer(run.api, dagId, dagRunId, CHECK_TASK_ID);
  if (read.kind === 'missing') {
    if (run.succeeded) return { kind: 'failed', problem: answerMissing(dagId) };
    // The check DAG itself never fails, but the last of a restart kills tasks that have just begun.
    return { kind: 'failed', problem: dagRunFailed(dagId, dagRunId), interrupted: true };
  }
  if (read.kind === 'malformed') return { kind: 'failed', problem: answerMalformed(dagId) };
  if (read.kind !== 'answered') return read;

  if (!canary) return { kind: 'failed', problem: canaryMissing(profile.vault) };
  const value = await vaults.current(canary);
  if (value.kind === 'missing') return { kind: 'failed', problem: canaryMissing(canaryUri(canary)) };
  if (value.kind !== 'found') return value;

  const verdict = judgeAnswer({
    answer: read.answer,
    expectedAnswer: hmacSha256Hex(value.value.reveal(), run.nonce),
    ...(run.expectedMarker === undefined ? {} : { expectedMarker: run.expectedMarker }),
    profile,
    canary,
    words: run.words,
  });
  if (verdict.verdict === 'passed') return { kind: 'passed', words: 'the right answer to the challenge' };
  const moved = run.canaryVersion !== undefined && run.canaryVersion !== value.version;
  if (moved && read.answer.answer !== null) {
    return { kind: 'notYet', problem: canaryChanged(canaryUri(canary)) };
  }
  return verdict.verdict === 'notYet'
    ? { kind: 'notYet', problem: verdict.problem }
    : { kind: 'failed', problem: verdict.problem, answered: true };
}

function canaryUri(canary: SecretReference): string {
  return `${canary.vault}/secrets/${canary.name}`;
}
