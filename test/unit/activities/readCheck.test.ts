import { describe, expect, it } from 'vitest';
import { readCheck } from '../../../src/activities/readCheck.js';
import type { CheckAnswer } from '../../../src/domain/proof/checkAnswer.js';
import { profileCanary } from '../../../src/domain/proof/profileCanary.js';
import { type ActivityContext, CANARY_VALUE, OF_ATTIC } from '../doubles/activityContext.js';
import { RETRY } from '../doubles/calls.js';
import { rightAnswer } from '../doubles/memoryAirflow.js';
import { BY_OWN_DAG, checkable, DAG, TARGET } from './checking.js';

const CANARY = profileCanary(OF_ATTIC) ?? expect.fail('the profile has a canary');
const NONCE = 'abcd';
const RIGHT = rightAnswer(CANARY_VALUE, NONCE, 'key-1', OF_ATTIC.vault);

/** A context in which a check run has come so far. */
function ran(state: string, answer?: CheckAnswer | 'malformed', profile = {}): ActivityContext {
  const context = checkable(profile);
  context.airflow.dags.get(DAG)?.runs.set('check-1', { state, conf: {}, ...(answer ? { answer } : {}) });
  return context;
}

const INPUT = {
  ...TARGET,
  api: 'v1' as const,
  dagRunId: 'check-1',
  nonce: NONCE,
  canary: CANARY,
  canaryVersion: 'v1',
  expectedMarker: 'key-1',
};
const read = (context: ActivityContext, more: Partial<typeof INPUT> = {}) =>
  readCheck({ ...INPUT, ...more }, context.deps);

describe('a check run', () => {
  it.each(['queued', 'running', 'unknown'])('is under way while it is %s', async (state) => {
    expect(await read(ran(state))).toEqual({ kind: 'running', state });
  });

  it('has passed with the right answer of a worker that has the credential, whatever the case of its id', async () => {
    const context = ran('success', RIGHT);
    const passed = await read(context, { expectedMarker: 'KEY-1' });

    expect(passed).toEqual({ kind: 'passed', words: 'the right answer to the challenge' });
    expect(await read(context)).toEqual(passed);
    expect(context.airflow.calls.made.filter((call) => !/^(?:dagRun|answer) /.test(call))).toEqual([]);
  });

  it('is judged by its answer also where Airflow says that it failed', async () => {
    expect(await read(ran('failed', RIGHT))).toEqual({
      kind: 'passed',
      words: 'the right answer to the challenge',
    });
  });

  it.each<{ label: string; state: string; answer?: CheckAnswer | 'malformed'; code: string }>([
    { label: 'succeeded and left no answer', state: 'success', code: 'answerMissing' },
    { label: 'failed and left none', state: 'failed', code: 'dagRunFailed' },
    { label: 'left something else', state: 'success', answer: 'malformed', code: 'answerMalformed' },
  ])('has failed where it $label: $code', async ({ state, answer, code }) => {
    const failed = await read(ran(state, answer));

    expect(failed).toMatchObject({ kind: 'failed', problem: { code } });
    // No worker has told what it has.
    expect(failed).not.toHaveProperty('answered');
  });

  it('is gone where somebody deleted it', async () => {
    expect(await read(checkable())).toMatchObject({ kind: 'failed', problem: { code: 'dagRunGone' } });
  });

  it("of a user's own DAG counts by its end, as the weaker proof", async () => {
    const passed = await read(ran('success', undefined, BY_OWN_DAG));
    expect(passed).toMatchObject({ kind: 'passed', weakness: expect.stringContaining('falls back') });

    expect(await read(ran('failed', undefined, BY_OWN_DAG))).toMatchObject({
      kind: 'failed',
      problem: { code: 'dagRunFailed' },
    });
  });
});

describe('an answer', () => {
  it.each([
    { label: 'another credential', marker: 'key-0' },
    { label: 'none', marker: null },
  ])('of a worker that has $label says nothing yet, right as it is', async ({ marker }) => {
    expect(await read(ran('success', { ...RIGHT, marker }))).toMatchObject({
      kind: 'notYet',
      problem: { code: 'oldCredential' },
    });
  });

  it.each<{ label: string; answer: Partial<CheckAnswer>; code: string }>([
    {
      label: 'to another nonce',
      answer: { answer: rightAnswer(CANARY_VALUE, 'dcba', '', '').answer },
      code: 'wrongAnswer',
    },
    {
      label: 'with an old copy',
      answer: { variable: { outcome: 'other', errorType: null } },
      code: 'otherLayerAnswers',
    },
    {
      label: 'of another vault',
      answer: { vaultUrl: 'https://other.vault.azure.net' },
      code: 'readsOtherVault',
    },
    { label: 'without a back end', answer: { backend: null }, code: 'backendNotLoaded' },
  ])('$label is wrong: $code', async ({ answer, code }) => {
    const failed = await read(ran('success', { ...RIGHT, ...answer }));

    expect(failed).toMatchObject({ kind: 'failed', answered: true, problem: { code } });
    expect(JSON.stringify(failed)).not.toContain(CANARY_VALUE);
  });

  it('about a canary that changed meanwhile is asked for once more', async () => {
    const context = ran('success', RIGHT);
    context.vaults.put(CANARY, 'another value');

    expect(await read(context)).toMatchObject({ kind: 'notYet', problem: { code: 'canaryChanged' } });
    expect(await read(context, { canaryVersion: 'v2' })).toMatchObject({
      kind: 'failed',
      problem: { code: 'wrongAnswer' },
    });
  });

  it('about a canary that is gone proves nothing', async () => {
    const context = ran('success', RIGHT);
    context.vaults.forget(CANARY);

    expect(await read(context)).toMatchObject({ kind: 'failed', problem: { code: 'canaryMissing' } });
  });
});

describe('a reading that a service lets down', () => {
  it.each<{ label: string; fail(context: ActivityContext): void }>([
    { label: 'the run', fail: ({ airflow }) => (airflow.calls.faults.dagRun = 'busy') },
    { label: 'the answer', fail: ({ airflow }) => (airflow.calls.faults.answer = 'busy') },
    { label: 'the canary', fail: ({ vaults }) => (vaults.calls.faults.current = 'busy') },
  ])('is to be repeated where $label cannot be read now', async ({ fail }) => {
    const context = ran('success', RIGHT);
    fail(context);

    expect(await read(context)).toMatchObject(RETRY);
  });

  it.each<{ label: string; fail(context: ActivityContext): void; code: string }>([
    {
      label: 'Airflow',
      fail: ({ airflow }) => (airflow.calls.faults.dagRun = 'forbidden'),
      code: 'airflowForbidden',
    },
    {
      label: 'the vault',
      fail: ({ vaults }) => (vaults.calls.faults.current = 'forbidden'),
      code: 'vaultRoleMissing',
    },
  ])('says $code where $label refuses', async ({ fail, code }) => {
    const context = ran('success', RIGHT);
    fail(context);

    expect(await read(context)).toMatchObject({ kind: 'refused', problem: { code } });
  });
});
