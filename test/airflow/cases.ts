/** What is asked of each release: one case after the other, on one runtime. */
import type { ShownRun } from '../../local/demo/follow.js';
import { AIRFLOW_VAULT, vaultHost } from '../../local/sample/names.js';
import { BACKEND, BACKEND_KWARGS } from '../../src/domain/settings/backendSettings.js';
import { outcomeOf } from './follow.js';
import { checkDag } from './realAirflow.js';
import type { Release } from './releases.js';
import { kwargs, restartScheduler, restartWorkersLate, startLate } from './restarts.js';
import type { RuntimeFixture } from './runtimeFixture.js';
import { removeMeanwhile, runTutorial, valueRead } from './sampleDags.js';

export interface Case {
  readonly name: string;
  /** What must come out. */
  readonly expected: string;
  /** Absent: both. */
  readonly family?: 'airflow2' | 'airflow3';
  /** Whether releases that differ in their provider alone have a part in it, too. */
  readonly on: readonly Release['cases'][];
  /** Gives what came out. */
  run(fixture: RuntimeFixture): Promise<string>;
}

const CANARY = 'airlock-canary';
const XCOM_BACKEND = 'AIRFLOW__CORE__XCOM_BACKEND';
/** Seconds of the app's clock that may pass at once while it waits for what cannot happen. */
const LONG = 240;

/** How the run ended, and what a DAG that asks Airflow for the variable gets meanwhile. */
async function withVariable(fixture: RuntimeFixture, run: ShownRun): Promise<string> {
  return `${outcomeOf(run)}, a DAG gets the ${await valueRead(fixture)} value`;
}

const ALL = ['all'] as const;
const BOTH = ['all', 'provider'] as const;

export const CASES: readonly Case[] = [
  {
    name: 'enabled, the check DAG with an import error',
    expected: 'checkFailed dagImportError, with the error of its file',
    on: ALL,
    async run(fixture) {
      fixture.airflow.deploy('airlock_check.py', `import no_such_module\n${checkDag()}`);
      let known = false;
      const run = await fixture.create({
        lapse: async ({ step }) => {
          if (step?.name !== 'check access') return undefined;
          known ||= await hasImportError(fixture, 'airlock_check');
          return known ? LONG : undefined;
        },
      });
      fixture.airflow.deploy('airlock_check.py', checkDag());
      await fixture.cloud.unsubscribe();
      const of = run.problem?.message.includes('airlock_check.py: ModuleNotFoundError') ? 'its' : 'another';
      return `${outcomeOf(run)}, with the error of ${of} file`;
    },
  },
  {
    name: 'enabled',
    expected: 'enabled',
    on: ['provider'],
    async run(fixture) {
      const run = await fixture.create();
      await fixture.cloud.unsubscribe();
      return outcomeOf(run);
    },
  },
  {
    name: 'the check DAG fixed',
    expected: 'accessProven',
    on: ALL,
    async run(fixture) {
      return outcomeOf(await fixture.request('check'));
    },
  },
  {
    name: 'the documented sample DAG',
    expected: 'success, the log has the value',
    family: 'airflow2',
    on: ALL,
    run: runTutorial,
  },
  {
    name: 'the documented sample DAG',
    expected: 'it cannot be imported',
    family: 'airflow3',
    on: ALL,
    async run(fixture) {
      return (await hasImportError(fixture, 'tutorial')) ? 'it cannot be imported' : 'it is imported';
    },
  },
  {
    name: 'a stale value in the metastore',
    expected: 'accessProven, a DAG gets the vault value',
    on: BOTH,
    async run(fixture) {
      const made = await fixture.airflow.call('POST', '/variables', { key: CANARY, value: 'stale' });
      if (made.status >= 300) throw new Error(`The variable was not made: ${made.status} ${made.text}`);
      return withVariable(fixture, await fixture.request('check'));
    },
  },
  {
    name: 'the credential removed in Entra',
    expected: 'checkFailed credentialRefused AADSTS7000215, a DAG gets the stale value',
    family: 'airflow2',
    on: BOTH,
    run: removeCredential,
  },
  {
    // The API server has read the vault before: it holds a token, and DAGs ask it after their own back end.
    name: 'the credential removed in Entra',
    expected: 'checkFailed credentialRefused AADSTS7000215, a DAG gets the vault value',
    family: 'airflow3',
    on: BOTH,
    run: removeCredential,
  },
  {
    name: 'the role on the vault taken away (403)',
    expected: 'checkFailed vaultRoleMissing, a DAG gets the stale value',
    on: BOTH,
    async run(fixture) {
      await fixture.client.setRole({ principal: 'airflow', grant: false });
      const outcome = await withVariable(fixture, await fixture.request('check'));
      await fixture.client.setRole({ principal: 'airflow', grant: true });
      return outcome;
    },
  },
  {
    name: 'a vault that does not answer the workers',
    expected: 'checkFailed vaultUnreachable, a DAG gets the stale value',
    on: BOTH,
    async run(fixture) {
      fixture.proxy.cutOff(vaultHost(AIRFLOW_VAULT));
      try {
        return await withVariable(fixture, await fixture.request('check'));
      } finally {
        fixture.proxy.restore();
      }
    },
  },
  {
    name: 'the check DAG paused',
    expected: 'accessProven',
    on: ALL,
    async run(fixture) {
      const path = '/dags/airlock_check?update_mask=is_paused';
      const paused = await fixture.airflow.call('PATCH', path, { is_paused: true });
      if (paused.status !== 200) throw new Error(`The DAG was not paused: ${paused.status} ${paused.text}`);
      return outcomeOf(await fixture.request('check'));
    },
  },
  {
    name: 'no scheduler: the run stays queued',
    expected: 'checkFailed checkRunStuck',
    on: ALL,
    async run(fixture) {
      await fixture.airflow.beats();
      fixture.airflow.freeze('scheduler', true);
      try {
        // Only once the run is there: before, the web server would be found out to have no scheduler.
        return outcomeOf(
          await fixture.request('check', {
            lapse: async () => ((await fixture.airflow.runs('queued')) ? LONG : 1),
          }),
        );
      } finally {
        fixture.airflow.freeze('scheduler', false);
        await fixture.airflow.settles();
      }
    },
  },
  {
    name: 'the credential removed while a task runs',
    expected: 'vault, then vault; a task after it: stale, then stale',
    family: 'airflow2',
    on: BOTH,
    run: removeMeanwhile,
  },
  {
    name: 'the credential removed while a task runs',
    expected: 'vault, then vault; a task after it: vault, then vault',
    family: 'airflow3',
    on: BOTH,
    run: removeMeanwhile,
  },
  {
    name: 'another prefix: the vault has no such secret',
    expected: 'checkFailed canaryNotFound, a DAG gets the stale value',
    on: BOTH,
    async run(fixture) {
      await fixture.change({ [BACKEND_KWARGS]: kwargs({ variables_prefix: 'other' }) });
      return withVariable(fixture, await fixture.request('check'));
    },
  },
  {
    name: 'vault_url of a vault that is not there',
    expected: 'checkFailed readsOtherVault, a DAG gets the stale value',
    on: ALL,
    async run(fixture) {
      await fixture.change({ [BACKEND_KWARGS]: kwargs({ vault_url: 'https://not-there.vault.azure.net/' }) });
      return withVariable(fixture, await fixture.request('check'));
    },
  },
  {
    name: 'kwargs that are no JSON',
    expected: 'checkFailed kwargsIgnored, a DAG gets the stale value',
    on: ALL,
    async run(fixture) {
      await fixture.change({ [BACKEND_KWARGS]: '{"vault_url": https://airlock-airflow.vault.azure.net/}' });
      return withVariable(fixture, await fixture.request('check'));
    },
  },
  {
    name: 'another back-end class',
    expected: 'checkFailed wrongBackendClass, a DAG gets the stale value',
    on: ALL,
    async run(fixture) {
      const other = 'airflow.secrets.environment_variables.EnvironmentVariablesBackend';
      await fixture.change({ [BACKEND]: other, [BACKEND_KWARGS]: null });
      return withVariable(fixture, await fixture.request('check'));
    },
  },
  {
    name: 'right again, the old scheduler killed, the new one late',
    expected: 'accessProven, a heartbeat of before counts for 30 s',
    on: ALL,
    run: startLate,
  },
  {
    name: 'another credential in the API server than in the workers',
    expected: 'checkFailed credentialRefused AADSTS7000215, a DAG gets the vault value',
    family: 'airflow3',
    on: ALL,
    async run(fixture) {
      const settings = await fixture.bridge.settings();
      await restartScheduler(fixture, { ...settings, AZURE_CLIENT_SECRET: 'of-before' });
      const run = await fixture.request('check');
      const outcome = await withVariable(fixture, run);
      await restartScheduler(fixture, settings);
      return outcome;
    },
  },
  {
    name: 'workers that carry the credential of before for a while',
    expected: 'accessProven after oldCredential',
    on: ALL,
    run: restartWorkersLate,
  },
  {
    name: 'an XCom back end that keeps values elsewhere',
    expected: 'accessProven',
    on: ALL,
    async run(fixture) {
      // Airflow 3 loads the class before it looks for DAGs.
      await fixture.change({
        [XCOM_BACKEND]: 'xcom_elsewhere.XComElsewhere',
        PYTHONPATH: fixture.airflow.dags,
      });
      const run = await fixture.request('check');
      await fixture.change({ [XCOM_BACKEND]: null, PYTHONPATH: null });
      return outcomeOf(run);
    },
  },
  {
    name: 'XComs that are pickled',
    expected: 'accessProven',
    family: 'airflow2',
    on: ALL,
    async run(fixture) {
      await fixture.change({ AIRFLOW__CORE__ENABLE_XCOM_PICKLING: 'True' });
      const run = await fixture.request('check');
      await fixture.change({ AIRFLOW__CORE__ENABLE_XCOM_PICKLING: null });
      return outcomeOf(run);
    },
  },
  {
    name: 'secrets that Airflow caches',
    expected: 'accessProven',
    on: ALL,
    async run(fixture) {
      await fixture.change({ AIRFLOW__SECRETS__USE_CACHE: 'True' });
      const run = await fixture.request('check');
      await fixture.change({ AIRFLOW__SECRETS__USE_CACHE: null });
      return outcomeOf(run);
    },
  },
  {
    name: 'a back-end class that is not there',
    expected: 'checkFailed webServerNotHealthy',
    on: ALL,
    async run(fixture) {
      const old = 'airflow.providers.microsoft.azure.secrets.azure_key_vault.AzureKeyVaultBackend';
      await fixture.change({ [BACKEND]: old }, 'killed');
      return outcomeOf(await fixture.request('check', { lapse: () => LONG }));
    },
  },
];

async function removeCredential(fixture: RuntimeFixture): Promise<string> {
  const restore = await fixture.removeCredential();
  try {
    return await withVariable(fixture, await fixture.request('check'));
  } finally {
    await restore();
  }
}

async function hasImportError(fixture: RuntimeFixture, file: string): Promise<boolean> {
  const answer = await fixture.airflow.call('GET', '/importErrors').catch(() => undefined);
  if (answer?.status !== 200) return false;
  const { import_errors: errors } = answer.json() as { import_errors: readonly { filename: string }[] };
  return errors.some(({ filename }) => filename.endsWith(`${file}.py`));
}
