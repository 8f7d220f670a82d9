import { describe, expect, it } from 'vitest';
import { countTasks } from '../../../src/activities/countTasks.js';
import type { ActivityContext } from '../doubles/activityContext.js';
import { RETRY } from '../doubles/calls.js';
import { BY_PASSWORD, checkable, TARGET } from './checking.js';

const count = (context: ActivityContext) => countTasks(TARGET, context.deps);

describe('the tasks of an Airflow', () => {
  it.each([
    { tasks: 0, api: 'v1' },
    { tasks: 3, api: 'v2' },
  ] as const)('are counted: $tasks, with $api', async ({ tasks, api }) => {
    const context = checkable();
    Object.assign(context.airflow, { tasks, api });

    expect(await count(context)).toEqual({ kind: 'counted', tasks });
    expect(await count(context)).toEqual({ kind: 'counted', tasks });
  });

  it('are not known while it is not healthy: that is no answer of none', async () => {
    const context = checkable();
    context.airflow.sick = 'metadatabase not healthy';

    expect(await count(context)).toEqual({ kind: 'retry', message: 'metadatabase not healthy' });
  });

  it('are to be asked for again where it is busy', async () => {
    const context = checkable();
    context.airflow.calls.faults.activeTasks = 'busy';

    expect(await count(context)).toMatchObject(RETRY);
  });

  it.each<{ label: string; fail(context: ActivityContext): void; code: string }>([
    {
      label: 'it forbids the call',
      fail: ({ airflow }) => (airflow.calls.faults.activeTasks = 'forbidden'),
      code: 'airflowForbidden',
    },
    {
      label: 'it refuses the login',
      fail: ({ airflow }) => (airflow.scopes = []),
      code: 'airflowUnauthorized',
    },
    { label: 'the profile is gone', fail: (context) => (context.profiles = []), code: 'profileGone' },
  ])('are a refusal where $label: $code', async ({ fail, code }) => {
    const context = checkable();
    fail(context);

    expect(await count(context)).toMatchObject({ kind: 'refused', problem: { code } });
  });

  it('are not asked for without the password', async () => {
    const context = checkable(BY_PASSWORD);

    expect(await count(context)).toMatchObject({ kind: 'refused', problem: { code: 'secretMissing' } });
    expect(context.airflow.calls.made).toEqual([]);
  });
});
