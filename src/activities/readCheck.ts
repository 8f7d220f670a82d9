import type { AirflowApi } from '../azure/airflow/api.js';
import type { SecretReference } from '../domain/configuration/credential.js';
import type { Profile } from '../domain/configuration/profile.js';
import { CHECK_TASK_ID } from '../domain/proof/checkAnswer.js';
import {
  answerMalformed,
  answerMissing,
  canaryChanged,
  canaryMissing,
  dagRunFailed,
  dagRunGone,
  WEAKER_PROOF,
} from '../domain/proof/checkProblems.js';
import { judgeAnswer } from '../domain/proof/judgement.js';
import type { Steps } from '../domain/steps/steps.js';
import { hmacSha256Hex } from '../domain/values/digest.js';
import { airflowOf } from './airflowOf.js';
import type { ActivityDeps } from './deps.js';

type Step = Steps['readCheck'];

/** Reads how a check run stands and, once it has ended, judges its answer. Reads only. */
export async function readCheck(input: Step['input'], deps: ActivityDeps): Promise<Step['output']> {
  const reached = await airflowOf(input, deps);
  if (reached.kind !== 'reached') return reached;
  const { api, profile } = reached;
  const { dagId, kind } = profile.access.proof;

  const run = await api.dagRun(input.api, dagId, input.dagRunId);
  if (run.kind === 'missing') return { kind: 'failed', problem: dagRunGone(dagId, input.dagRunId) };
  if (run.kind !== 'found') return run;
  if (run.state !== 'success' && run.state !== 'failed') return { kind: 'running', state: run.state };
  if (kind === 'dag') {
    if (run.state === 'success') return { kind: 'passed', weakness: WEAKER_PROOF };
    return { kind: 'failed', problem: dagRunFailed(dagId, input.dagRunId) };
  }
  return judgeChallenge(input, deps, { api, profile, succeeded: run.state === 'success' });
}

async function judgeChallenge(
  input: Step['input'],
  deps: ActivityDeps,
  check: { api: AirflowApi; profile: Profile; succeeded: boolean },
): Promise<Step['output']> {
  const { profile } = check;
  const { dagId } = profile.access.proof;
  const read = await check.api.answer(input.api, dagId, input.dagRunId, CHECK_TASK_ID);
  if (read.kind === 'missing') {
    const problem = check.succeeded ? answerMissing(dagId) : dagRunFailed(dagId, input.dagRunId);
    return { kind: 'failed', problem };
  }
  if (read.kind === 'malformed') return { kind: 'failed', problem: answerMalformed(dagId) };
  if (read.kind !== 'answered') return read;

  const { canary } = input;
  if (!canary) return { kind: 'failed', problem: canaryMissing(profile.vault) };
  const value = await (await deps.azure()).vaults.current(canary);
  if (value.kind === 'missing') return { kind: 'failed', problem: canaryMissing(canaryUri(canary)) };
  if (value.kind !== 'found') return value;

  const verdict = judgeAnswer({
    answer: read.answer,
    expectedAnswer: hmacSha256Hex(value.value.reveal(), input.nonce),
    ...(input.expectedMarker === undefined ? {} : { expectedMarker: input.expectedMarker }),
    profile,
    canary,
    words: deps.kinds.named(input.runtime.kind).words,
  });
  if (verdict.verdict === 'passed') return { kind: 'passed' };
  const moved = input.canaryVersion !== undefined && input.canaryVersion !== value.version;
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
