/** Runs the DAGs that are no part of the product: the documented sample, and a task whose credential is removed. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AIRFLOW_VAULT, PRINCIPALS } from '../../local/scenario/names.js';
import type { Bed } from './bed.js';
import { until } from './groups.js';

const DAG_RUN_SECONDS = 90;

/** As the documentation says: the variable in the vault, the DAG unpaused and run, its value in the log. */
export async function runTutorial(bed: Bed): Promise<string> {
  const value = 'value-of-the-sample';
  await bed.client.setSecret(AIRFLOW_VAULT, 'airflow-variables-sample-variable', { value });
  await bed.airflow.call('PATCH', '/dags/tutorial?update_mask=is_paused', { is_paused: false });
  await trigger(bed, 'tutorial', 'sample', {});
  const state = await endOf(bed, 'tutorial', 'sample');
  const log = await bed.airflow.call(
    'GET',
    '/dags/tutorial/dagRuns/sample/taskInstances/get_variable/logs/1',
  );
  return `${state}, the log has ${log.text.includes(value) ? 'the value' : 'no value'}`;
}

/** Removes the credential in Entra after a task has read the vault, and lets it read once more. */
export async function removeMeanwhile(bed: Bed): Promise<string> {
  const go = join(bed.cloud.folder, 'go');
  const since = (await bed.client.ledger()).at(-1)?.n ?? 0;
  await trigger(bed, 'reads_twice', 'meanwhile', { go });
  await until(
    'read of the running task',
    async () => {
      const reads = await bed.client.ledger({ service: 'vault', caller: PRINCIPALS.airflow, since });
      return reads.some(({ status }) => status === 200) || undefined;
    },
    DAG_RUN_SECONDS,
  );
  const restore = await bed.removeCredential();
  try {
    writeFileSync(go, '');
    const meanwhile = await valuesOf(bed, 'meanwhile');
    await trigger(bed, 'reads_twice', 'afterwards', { go });
    return `${meanwhile}; a task after it: ${await valuesOf(bed, 'afterwards')}`;
  } finally {
    if (existsSync(go)) rmSync(go);
    await restore();
  }
}

/** Which value a DAG reads now: `vault` or `stale`. */
export async function valueRead(bed: Bed): Promise<string> {
  const id = `now-${Date.now()}`;
  await trigger(bed, 'reads_twice', id, {});
  return valuesOf(bed, id);
}

async function trigger(bed: Bed, dagId: string, id: string, conf: object): Promise<void> {
  const path = `/dags/${dagId}/dagRuns`;
  // Airflow 3 demands the key, Airflow 2 refuses null in it.
  const date = bed.airflow.isAirflow3 ? { logical_date: null } : {};
  const answer = await bed.airflow.call('POST', path, { dag_run_id: id, conf, ...date });
  if (answer.status !== 200)
    throw new Error(`${dagId} was not triggered: ${answer.status} ${answer.text.slice(0, 300)}`);
}

async function endOf(bed: Bed, dagId: string, id: string): Promise<string> {
  return until(
    `end of ${dagId}`,
    async () => {
      const run = (await bed.airflow.call('GET', `/dags/${dagId}/dagRuns/${id}`)).json() as {
        state?: string;
      };
      return run.state === 'success' || run.state === 'failed' ? run.state : undefined;
    },
    DAG_RUN_SECONDS,
  );
}

async function valuesOf(bed: Bed, id: string): Promise<string> {
  const state = await endOf(bed, 'reads_twice', id);
  if (state !== 'success') return state;
  const path = `/dags/reads_twice/dagRuns/${id}/taskInstances/read_twice/xcomEntries/return_value`;
  return ((await bed.airflow.call('GET', path)).json() as { value: string }).value;
}
