/** Runs the DAGs that are no part of the product: the documented sample, and a task whose credential is removed. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AIRFLOW_VAULT, PRINCIPALS } from '../../local/sample/names.js';
import { until } from './groups.js';
import type { RuntimeFixture } from './runtimeFixture.js';

const DAG_RUN_SECONDS = 90;

/** As the documentation says: the variable in the vault, the DAG unpaused and run, its value in the log. */
export async function runTutorial(fixture: RuntimeFixture): Promise<string> {
  const value = 'value-of-the-sample';
  await fixture.client.setSecret(AIRFLOW_VAULT, 'airflow-variables-sample-variable', { value });
  await fixture.airflow.call('PATCH', '/dags/tutorial?update_mask=is_paused', { is_paused: false });
  await trigger(fixture, 'tutorial', 'sample', {});
  const state = await endOf(fixture, 'tutorial', 'sample');
  const log = await fixture.airflow.call(
    'GET',
    '/dags/tutorial/dagRuns/sample/taskInstances/get_variable/logs/1',
  );
  return `${state}, the log has ${log.text.includes(value) ? 'the value' : 'no value'}`;
}

/** Removes the credential in Entra after a task has read the vault, and lets it read once more. */
export async function removeMeanwhile(fixture: RuntimeFixture): Promise<string> {
  const go = join(fixture.cloud.folder, 'go');
  const since = (await fixture.client.ledger()).at(-1)?.n ?? 0;
  await trigger(fixture, 'reads_twice', 'meanwhile', { go });
  await until(
    'read of the running task',
    async () => {
      const reads = await fixture.client.ledger({ service: 'vault', caller: PRINCIPALS.airflow, since });
      return reads.some(({ status }) => status === 200) || undefined;
    },
    DAG_RUN_SECONDS,
  );
  const restore = await fixture.removeCredential();
  try {
    writeFileSync(go, '');
    const meanwhile = await valuesOf(fixture, 'meanwhile');
    await trigger(fixture, 'reads_twice', 'afterwards', { go });
    return `${meanwhile}; a task after it: ${await valuesOf(fixture, 'afterwards')}`;
  } finally {
    if (existsSync(go)) rmSync(go);
    await restore();
  }
}

/** Which value a DAG reads now: `vault` or `stale`. */
export async function valueRead(fixture: RuntimeFixture): Promise<string> {
  const id = `now-${Date.now()}`;
  await trigger(fixture, 'reads_twice', id, {});
  return valuesOf(fixture, id);
}

async function trigger(fixture: RuntimeFixture, dagId: string, id: string, conf: object): Promise<void> {
  const path = `/dags/${dagId}/dagRuns`;
  // Airflow 3 demands the key, Airflow 2 refuses null in it.
  const date = fixture.airflow.isAirflow3 ? { logical_date: null } : {};
  const answer = await fixture.airflow.call('POST', path, { dag_run_id: id, conf, ...date });
  if (answer.status !== 200)
    throw new Error(`${dagId} was not triggered: ${answer.status} ${answer.text.slice(0, 300)}`);
}

async function endOf(fixture: RuntimeFixture, dagId: string, id: string): Promise<string> {
  return until(
    `end of ${dagId}`,
    async () => {
      const run = (await fixture.airflow.call('GET', `/dags/${dagId}/dagRuns/${id}`)).json() as {
        state?: string;
      };
      return run.state === 'success' || run.state === 'failed' ? run.state : undefined;
    },
    DAG_RUN_SECONDS,
  );
}

async function valuesOf(fixture: RuntimeFixture, id: string): Promise<string> {
  const state = await endOf(fixture, 'reads_twice', id);
  if (state !== 'success') return state;
  const path = `/dags/reads_twice/dagRuns/${id}/taskInstances/read_twice/xcomEntries/return_value`;
  return ((await fixture.airflow.call('GET', path)).json() as { value: string }).value;
}
