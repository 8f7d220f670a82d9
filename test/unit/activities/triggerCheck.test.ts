import { describe, expect, it } from 'vitest';
import { triggerCheck } from '../../../src/activities/triggerCheck.js';
import { profileCanary } from '../../../src/domain/proof/profileCanary.js';
import { type ActivityContext, CANARY_VALUE, OF_ATTIC } from '../doubles/activityContext.js';
import { RETRY } from '../doubles/calls.js';
import { BY_OWN_DAG, checkable, TARGET } from './checking.js';

const CANARY = profileCanary(OF_ATTIC) ?? expect.fail('the profile has a canary');

const trigger = (context: ActivityContext, canary: { canary?: typeof CANARY } = { canary: CANARY }) =>
  triggerCheck({ ...TARGET, api: 'v1', dagRunId: 'check-1', nonce: 'abcd', ...canary }, context.deps);

describe('triggering a check', () => {
  it('starts a run with the nonce, and tells which canary it is about', async () => {
    const context = checkable();
    const triggered = await trigger(context);

    expect(triggered).toEqual({ kind: 'triggered', canaryVersion: 'v1' });
    expect(context.airflow.run('check-1')).toEqual({
      state: 'queued',
      conf: { variable: 'airlock-canary', nonce: 'abcd' },
    });
    expect(JSON.stringify(triggered)).not.toContain(CANARY_VALUE);
  });

  it('starts one run, however often it is asked', async () => {
    const context = checkable();
    const first = await trigger(context);
    context.airflow.run('check-1').state = 'success';

    expect(await trigger(context)).toEqual(first);
    expect(context.airflow.run('check-1').state).toBe('success');
  });

  it('is done where the answer was lost', async () => {
    const context = checkable();
    context.airflow.calls.faults.trigger = 'lost';
    expect(await trigger(context)).toMatchObject({ kind: 'retry' });
    delete context.airflow.calls.faults.trigger;

    expect(await trigger(context)).toMatchObject({ kind: 'triggered' });
  });

  it("gives a DAG of the user's own nothing", async () => {
    const context = checkable(BY_OWN_DAG);

    expect(await trigger(context, {})).toEqual({ kind: 'triggered' });
    expect(context.airflow.run('check-1').conf).toEqual({});
    expect(context.vaults.calls.made).toEqual([]);
  });

  it('goes on without a canary: its reading says that it is missing', async () => {
    const context = checkable();
    context.vaults.forget(CANARY);

    expect(await trigger(context)).toEqual({ kind: 'triggered' });
  });
});

describe('a trigger that a service lets down', () => {
  it.each<{ label: string; fail(context: ActivityContext): void }>([
    { label: 'the vault', fail: ({ vaults }) => (vaults.calls.faults.current = 'busy') },
    { label: 'Airflow', fail: ({ airflow }) => (airflow.calls.faults.trigger = 'busy') },
  ])('starts nothing where $label is busy', async ({ fail }) => {
    const context = checkable();
    fail(context);

    expect(await trigger(context)).toMatchObject(RETRY);
    expect([...context.airflow.dags.values()].flatMap(({ runs }) => [...runs])).toEqual([]);
  });

  it.each<{ label: string; fail(context: ActivityContext): void; code: string }>([
    {
      label: 'the vault refuses',
      fail: ({ vaults }) => (vaults.calls.faults.current = 'forbidden'),
      code: 'vaultRoleMissing',
    },
    {
      label: 'Airflow forbids it',
      fail: ({ airflow }) => (airflow.calls.faults.trigger = 'forbidden'),
      code: 'airflowForbidden',
    },
    { label: 'the DAG is gone', fail: ({ airflow }) => airflow.dags.clear(), code: 'airflowRefused' },
  ])('says $code where $label', async ({ fail, code }) => {
    const context = checkable();
    fail(context);

    expect(await trigger(context)).toMatchObject({ kind: 'refused', problem: { code } });
  });
});
