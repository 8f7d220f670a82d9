/**
 * What the check DAG's answer means. The diagnosis goes from the outside in: which back end is loaded, how it is
 * configured, whether its credential is accepted, whether the secret can be read, and whether what a DAG gets is what
 * the back end gave. Of the answer itself only values of closed lists are ever shown.
 */

import type { SecretReference } from '../../domain/configuration/credential.js';
import type { Profile } from '../../domain/configuration/profile.js';
import type { Problem } from '../../domain/problems/problem.js';
import type { CheckAnswer } from '../../domain/proof/checkAnswer.js';
import { BACKEND_CLASS, sameVault } from '../../domain/settings/backendSettings.js';
import { constantTimeEqual } from '../../domain/values/digest.js';
import type { RuntimeWords } from '../../domain/values/runtimeWords.js';
import { sameId } from '../../domain/values/sameId.js';
import * as problems from './answerProblems.js';

export type Verdict =
  | { readonly verdict: 'passed' }
  /** The old processes answered: ask again until the deadline. */
  | { readonly verdict: 'notYet'; readonly problem: Problem }
  | { readonly verdict: 'failed'; readonly problem: Problem };

export interface JudgedAnswer {
  readonly answer: CheckAnswer;
  /** HMAC-SHA-256 of the nonce under the canary's value, hex. */
  readonly expectedAnswer: string;
  /** The credential id that the worker must carry; absent: any. */
  readonly expectedMarker?: string;
  readonly profile: Profile;
  readonly canary: SecretReference;
  /** Those of the runtime's kind. */
  readonly words: Pick<RuntimeWords, 'portal'>;
}

/** Errors of azure-core that say that no answer came. */
const UNREACHABLE = new Set([
  'ServiceRequestError',
  'ServiceRequestTimeoutError',
  'ServiceResponseError',
  'ServiceResponseTimeoutError',
]);

/** Judges an answer. A worker that does not carry the expected credential says nothing about it, good or bad. */
export function judgeAnswer(judged: JudgedAnswer): Verdict {
  const { answer, expectedMarker, words } = judged;
  if (expectedMarker !== undefined && !sameId(expectedMarker, answer.marker ?? undefined)) {
    return { verdict: 'notYet', problem: problems.oldCredential(answer.marker === null, words) };
  }
  const problem = diagnose(judged);
  return problem ? { verdict: 'failed', problem } : { verdict: 'passed' };
}

function diagnose(judged: JudgedAnswer): Problem | undefined {
  const { answer, expectedAnswer, profile, canary, words } = judged;
  const { direct, variable } = answer;
  if (answer.backend === null || direct.outcome === 'notConfigured') return problems.backendNotLoaded(words);
  if (answer.backend !== BACKEND_CLASS) return problems.wrongBackendClass();
  if (!answer.vaultUrl) return problems.kwargsIgnored();
  if (!sameVault(answer.vaultUrl, profile.vault)) return problems.readsOtherVault(profile.vault);
  switch (direct.outcome) {
    case 'error':
      return diagnoseError(judged);
    case 'missing':
      return problems.canaryNotFound(canary);
    case 'found':
      break;
  }
  // The value came from the back end itself; a DAG that gets something else is answered by another layer.
  if (variable.outcome === 'other') return problems.otherLayerAnswers(canary);
  if (variable.outcome !== 'same') return problems.variableNotReadable(canary);
  const right = answer.answer !== null && constantTimeEqual(answer.answer, expectedAnswer);
  return right ? undefined : problems.wrongAnswer(canary);
}

function diagnoseError({ answer: { direct }, profile, canary, words }: JudgedAnswer): Problem {
  const { credential } = profile;
  if (direct.aadsts !== null) return problems.credentialRefused(direct.aadsts, credential);
  switch (direct.reason) {
    case 'ForbiddenByRbac':
      return problems.roleMissing(credential, canary);
    case 'ForbiddenByPolicy':
      return problems.accessPolicyMissing(credential, canary);
    case 'ForbiddenByFirewall':
    case 'ForbiddenByConnection':
      return problems.blockedByFirewall(canary, words);
    case 'SecretDisabled':
      return problems.canaryDisabled(canary);
  }
  if (direct.status === 403) return problems.roleMissing(credential, canary);
  if (direct.status === 429 || (direct.status ?? 0) >= 500) return problems.vaultBusy(canary);
  if (direct.errorType === 'ClientAuthenticationError') return problems.credentialUnusable(credential);
  if (direct.errorType !== null && UNREACHABLE.has(direct.errorType)) {
    return problems.vaultUnreachable(profile.vault);
  }
  if (direct.errorType === 'ValueError') return problems.kwargsIgnored();
  return problems.unknownError(profile.vault);
}
