import { describe, expect, it } from 'vitest';
import type { CheckAnswer } from '../../../src/domain/proof/checkAnswer.js';
import { judgeAnswer } from '../../../src/proofs/challenge/judgement.js';
import { BACKEND_CLASS, PROFILE } from '../domain/settings/bodies.js';

const EXPECTED = 'a'.repeat(64);
const CANARY = { vault: PROFILE.vault, name: 'airflow-variables-airlock-canary' };
const NO_ERROR = { errorType: null, status: null, aadsts: null, reason: null };

const GOOD: CheckAnswer = {
  version: 1,
  answer: EXPECTED,
  marker: 'key-1',
  backend: BACKEND_CLASS,
  vaultUrl: 'https://contoso-airflow.vault.azure.net/',
  direct: { outcome: 'found', ...NO_ERROR },
  variable: { outcome: 'same', errorType: null },
  airflow: '2.10.5',
};

const judge = (answer: CheckAnswer, expectedMarker?: string) =>
  judgeAnswer({
    answer,
    expectedAnswer: EXPECTED,
    profile: PROFILE,
    canary: CANARY,
    words: { portal: 'the portal' },
    ...(expectedMarker === undefined ? {} : { expectedMarker }),
  });

const failing = (more: Partial<CheckAnswer['direct']>): CheckAnswer => ({
  ...GOOD,
  answer: null,
  direct: { ...NO_ERROR, outcome: 'error', ...more },
  variable: { outcome: 'error', errorType: 'KeyError' },
});

describe('the judgement of an answer', () => {
  it('passes the right one', () => {
    expect(judge(GOOD)).toEqual({ verdict: 'passed' });
    expect(judge(GOOD, 'key-1')).toEqual({ verdict: 'passed' });
  });

  it.each([
    ['an old marker', { ...GOOD, marker: 'key-0' }],
    ['no marker', { ...GOOD, marker: null }],
    ['an old marker and an error', { ...failing({ aadsts: 'AADSTS7000222' }), marker: 'key-0' }],
  ])('asks again with %s: the old processes answered', (_label, answer) => {
    expect(judge(answer, 'key-1')).toMatchObject({ verdict: 'notYet', problem: { code: 'oldCredential' } });
  });

  it.each<[string, CheckAnswer, string]>([
    [
      'no back end',
      { ...GOOD, backend: null, direct: { ...NO_ERROR, outcome: 'notConfigured' } },
      'backendNotLoaded',
    ],
    ['another class', { ...GOOD, backend: 'airflow.secrets.Other' }, 'wrongBackendClass'],
    ['no vault URL', { ...failing({ errorType: 'ValueError' }), vaultUrl: '' }, 'kwargsIgnored'],
    ['another vault', { ...GOOD, vaultUrl: 'https://other.vault.azure.net' }, 'readsOtherVault'],
    [
      'a refused secret',
      failing({ errorType: 'ClientAuthenticationError', aadsts: 'AADSTS7000215' }),
      'credentialRefused',
    ],
    ['incomplete variables', failing({ errorType: 'ClientAuthenticationError' }), 'credentialUnusable'],
    [
      'a missing role',
      failing({ errorType: 'HttpResponseError', status: 403, reason: 'ForbiddenByRbac' }),
      'vaultRoleMissing',
    ],
    ['a 403 without a reason', failing({ errorType: 'HttpResponseError', status: 403 }), 'vaultRoleMissing'],
    ['a missing access policy', failing({ status: 403, reason: 'ForbiddenByPolicy' }), 'accessPolicyMissing'],
    ['a firewall', failing({ status: 403, reason: 'ForbiddenByFirewall' }), 'blockedByFirewall'],
    ['no public access', failing({ status: 403, reason: 'ForbiddenByConnection' }), 'blockedByFirewall'],
    ['a disabled canary', failing({ status: 403, reason: 'SecretDisabled' }), 'canaryDisabled'],
    ['a busy vault', failing({ errorType: 'HttpResponseError', status: 429 }), 'vaultBusy'],
    ['an unreachable vault', failing({ errorType: 'ServiceRequestError' }), 'vaultUnreachable'],
    ...['ServiceRequestTimeoutError', 'ServiceResponseError', 'ServiceResponseTimeoutError'].map(
      (errorType): [string, CheckAnswer, string] => [errorType, failing({ errorType }), 'vaultUnreachable'],
    ),
    ['an unknown error', failing({ errorType: '<b>Evil</b>' }), 'backendError'],
    [
      'a missing canary',
      { ...GOOD, answer: null, direct: { ...NO_ERROR, outcome: 'missing' } },
      'canaryNotFound',
    ],
    ['another layer', { ...GOOD, variable: { outcome: 'other', errorType: null } }, 'otherLayerAnswers'],
    [
      'a variable that cannot be read',
      { ...GOOD, variable: { outcome: 'missing', errorType: null } },
      'variableNotReadable',
    ],
    ['a wrong answer', { ...GOOD, answer: 'b'.repeat(64) }, 'wrongAnswer'],
    ['no answer', { ...GOOD, answer: null }, 'wrongAnswer'],
  ])('names %s', (_label, answer, code) => {
    const verdict = judge(answer);

    expect(verdict).toMatchObject({ verdict: 'failed', problem: { code } });
    // What the answer says in words of its own is never shown.
    expect(JSON.stringify(verdict)).not.toMatch(/Evil|airflow\.secrets\.Other|other\.vault/);
  });
});
