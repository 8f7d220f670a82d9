/** What is asked of each release: one case after the other, on one runtime. */
import type { ShownRun } from '../../local/demo/follow.js';
import { AIRFLOW_VAULT } from '../../local/scenario/names.js';
import { BACKEND, BACKEND_KWARGS } from '../../src/domain/backendSettings.js';
import { MARKER_VARIABLE } from '../../src/domain/checkAnswer.js';
import type { Bed } from './bed.js';
import { until } from './groups.js';
import { checkDag } from './realAirflow.js';

export interface Case {
  readonly name: string;
  /** What must come out. */
  readonly expected: string;
  /** Absent: on all. */
  readonly only?: 'airflow2' | 'airflow3';
  /** Also where only the provider is another. */
  readonly provider?: true;
  /** Gives what came out. */
  run(bed: Bed): Promise<string>;
}

const CANARY = 'airlock-canary';
/** The app waits for minutes of its own clock: nothing can happen meanwhile. */
const LONG = () => 60;

/** How a run ended, with the code of its problem. */
export function outcomeOf({ outcome, status, problem }: ShownRun): string {
  return [outcome ?? status, problem?.code, /AADSTS\d+/.exec(problem?.message ?? '')?.[0]]
    .filter((part) => part !== undefined)
    .join(' ');
}

/** How the run ended, and what a DAG that asks Airflow for the variable gets meanwhile. */
async function withVariable(bed: Bed, run: ShownRun): Promise<string> {
  const answer = await bed.answerOf(run);
  const gets = { same: "the vault's", other: 'the stale', missing: 'no', error: 'no' } as const;
  return `${outcomeOf(run)}, a DAG gets ${answer === undefined ? 'no' : gets[answer.variable.outcome]} value`;
}

export const CASES: readonly Case[] = [
  {
    name: 'enabled, the check DAG with an import error',
    expected: 'checkFailed dagImportError',
    async run(bed) {
      bed.airflow.deploy('airlock_check.py', `import no_such_module\n${checkDag()}`);
      let known = false;
      const run = await bed.create({
        lapse: async ({ step }) => {
          if (step?.name !== 'check access') return 4;
          known ||= await hasImportError(bed, 'airlock_check');
          return known ? 60 : 1;
        },
      });
      bed.airflow.deploy('airlock_check.py', checkDag());
      return outcomeOf(run);
    },
  },
  {
    name: 'enabled',
    expected: 'accessProven',
    async run(bed) {
      return outcomeOf(await bed.request('check'));
    },
  },
  {
    name: 'the documented sample DAG',
    expected: 'success, the log has the value',
    only: 'airflow2',
    run: runTutorial,
  },
  {
    name: 'the documented sample DAG',
    expected: 'it cannot be imported',
    only: 'airflow3',
    async run(bed) {
      return (await hasImportError(bed, 'tutorial')) ? 'it cannot be imported' : 'it is imported';
    },
  },
  {
    name: 'a stale value in the metastore',
    expected: "accessProven, a DAG gets the vault's value",
    provider: true,
    async run(bed) {
      const made = await bed.airflow.call('POST', '/variables', { key: CANARY, value: 'stale' });
      if (made.status >= 300) throw new Error(`The variable was not made: ${made.status} ${made.text}`);
      return withVariable(bed, await bed.request('check'));
    },
  },
  {
    name: 'the credential removed in Entra',
    expected: 'checkFailed credentialRefused AADSTS7000215, a DAG gets the stale value',
    provider: true,
    async run(bed) {
      const value = await bed.clientSecret();
      for (const { keyId } of await bed.client.passwords('airflow')) {
        await bed.client.removePassword('airflow', keyId);
      }
      const run = await bed.request('check');
      await bed.client.addPassword('airflow', { value });
      return withVariable(bed, run);
    },
  },
  {
    name: 'the role on the vault taken away (403)',
    expected: 'checkFailed vaultRoleMissing, a DAG gets the stale value',
    provider: true,
    async run(bed) {
      await bed.client.setRole({ principal: 'airflow', grant: false });
      const run = await bed.request('check');
      await bed.client.setRole({ principal: 'airflow', grant: true });
      return withVariable(bed, run);
    },
  },
  {
    name: 'the check DAG paused',
    expected: 'accessProven',
    async run(bed) {
      const path = '/dags/airlock_check?update_mask=is_paused';
      const paused = await bed.airflow.call('PATCH', path, { is_paused: true });
      if (paused.status !== 200) throw new Error(`The DAG was not paused: ${paused.status} ${paused.text}`);
      return outcomeOf(await bed.request('check'));
    },
  },
  {
    name: 'no scheduler: the run stays queued',
    expected: 'checkFailed checkRunStuck',
    async run(bed) {
      await bed.airflow.beats();
      bed.airflow.freeze('scheduler', true);
      try {
        // Only once the run is there: before, the web server would be found out to have no scheduler.
        return outcomeOf(
          await bed.request('check', {
            lapse: async () => ((await queuedRuns(bed)) > 0 ? 60 : 1),
          }),
        );
      } finally {
        bed.airflow.freeze('scheduler', false);
        await bed.airflow.beats();
      }
    },
  },
  {
    name: 'another prefix: the vault has no such secret',
    expected: 'checkFailed canaryNotFound, a DAG gets the stale value',
    provider: true,
    async run(bed) {
      await bed.change({ [BACKEND_KWARGS]: kwargs({ variables_prefix: 'other' }) });
      return withVariable(bed, await bed.request('check'));
    },
  },
  {
    name: 'vault_url of a vault that is not there',
    expected: 'checkFailed readsOtherVault, a DAG gets the stale value',
    async run(bed) {
      await bed.change({ [BACKEND_KWARGS]: kwargs({ vault_url: 'https://not-there.vault.azure.net/' }) });
      return withVariable(bed, await bed.request('check'));
    },
  },
  {
    name: 'kwargs that are no JSON',
    expected: 'checkFailed kwargsIgnored, a DAG gets the stale value',
    async run(bed) {
      await bed.change({ [BACKEND_KWARGS]: '{"vault_url": https://airlock-airflow.vault.azure.net/}' });
      return withVariable(bed, await bed.request('check'));
    },
  },
  {
    name: 'a back-end class that is not there',
    expected: 'checkFailed webServerNotHealthy',
    async run(bed) {
      const old = 'airflow.providers.microsoft.azure.secrets.azure_key_vault.AzureKeyVaultBackend';
      await bed.change({ [BACKEND]: old });
      return outcomeOf(await bed.request('check', { lapse: LONG }));
    },
  },
  {
    name: 'enabled again, healthy only by the heartbeat of before',
    expected: 'enabled',
    async run(bed) {
      bed.bridge.schedulerDelayMs = 10_000;
      const run = await bed.request('enable');
      bed.bridge.schedulerDelayMs = 0;
      await bed.airflow.beats();
      return outcomeOf(run);
    },
  },
  {
    name: 'another credential in the API server than in the workers',
    expected: "checkFailed credentialRefused AADSTS7000215, a DAG gets the vault's value",
    only: 'airflow3',
    async run(bed) {
      const settings = await bed.bridge.settings();
      await bed.airflow.stop('scheduler');
      bed.airflow.start({ ...settings, AZURE_CLIENT_SECRET: 'of-before' }, 'scheduler');
      await bed.airflow.beats();
      const run = await bed.request('check');
      await bed.airflow.stop('scheduler');
      bed.airflow.start(settings, 'scheduler');
      await bed.airflow.beats();
      return withVariable(bed, run);
    },
  },
  {
    name: 'workers that still carry the credential of before',
    expected: 'checkFailed oldCredential',
    async run(bed) {
      const settings = await bed.bridge.settings();
      await bed.airflow.stop('scheduler');
      bed.airflow.start({ ...settings, [MARKER_VARIABLE]: 'of-before' }, 'scheduler');
      await bed.airflow.beats();
      // The app asks again until its deadline.
      const run = await bed.request('check', { lapse: () => 20 });
      await bed.airflow.stop('scheduler');
      bed.airflow.start(settings, 'scheduler');
      await bed.airflow.beats();
      return outcomeOf(run);
    },
  },
];

function kwargs(different: object): string {
  return JSON.stringify({
    connections_prefix: 'airflow-connections',
    variables_prefix: 'airflow-variables',
    vault_url: `https://${AIRFLOW_VAULT}.vault.azure.net/`,
    ...different,
  });
}

async function hasImportError(bed: Bed, file: string): Promise<boolean> {
  const answer = await bed.airflow.call('GET', '/importErrors').catch(() => undefined);
  if (answer?.status !== 200) return false;
  const { import_errors: errors } = answer.json() as { import_errors: readonly { filename: string }[] };
  return errors.some(({ filename }) => filename.endsWith(`${file}.py`));
}

async function queuedRuns(bed: Bed): Promise<number> {
  const answer = await bed.airflow.call('GET', '/dags/airlock_check/dagRuns?state=queued');
  return (answer.json() as { total_entries: number }).total_entries;
}

/** As the documentation says: the variable in the vault, the DAG unpaused and run, its value in the log. */
async function runTutorial(bed: Bed): Promise<string> {
  const value = 'value-of-the-sample';
  await bed.client.setSecret(AIRFLOW_VAULT, 'airflow-variables-sample-variable', { value });
  await bed.airflow.call('PATCH', '/dags/tutorial?update_mask=is_paused', { is_paused: false });
  const runs = '/dags/tutorial/dagRuns';
  await bed.airflow.call('POST', runs, { dag_run_id: 'sample', conf: {} });
  const state = await until(
    'end of the sample DAG',
    async () => {
      const run = (await bed.airflow.call('GET', `${runs}/sample`)).json() as { state?: string };
      return run.state === 'success' || run.state === 'failed' ? run.state : undefined;
    },
    90,
  );
  const log = await bed.airflow.call('GET', `${runs}/sample/taskInstances/get_variable/logs/1`);
  return `${state}, the log has ${log.text.includes(value) ? 'the value' : 'no value'}`;
}
