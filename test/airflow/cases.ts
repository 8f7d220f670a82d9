/** What is asked of each release: one case after the other, on one runtime. */
import type { ShownRun } from '../../local/demo/follow.js';
import { AIRFLOW_VAULT } from '../../local/scenario/names.js';
import { oldCredential } from '../../src/domain/answerProblems.js';
import { BACKEND, BACKEND_KWARGS } from '../../src/domain/backendSettings.js';
import { MARKER_VARIABLE } from '../../src/domain/checkAnswer.js';
import type { Bed } from './bed.js';
import { outcomeOf } from './follow.js';
import { checkDag, type Settings } from './realAirflow.js';
import type { Release } from './releases.js';
import { removeMeanwhile, runTutorial, valuesRead } from './sampleDags.js';

export interface Case {
  readonly name: string;
  /** What must come out. */
  readonly expected: string;
  /** Absent: both. */
  readonly family?: 'airflow2' | 'airflow3';
  /** Whether releases that differ in their provider alone have a part in it, too. */
  readonly on: readonly Release['cases'][];
  /** Gives what came out. */
  run(bed: Bed): Promise<string>;
}

const CANARY = 'airlock-canary';
/** Seconds of the app's clock that may pass at once while it waits for what cannot happen. */
const LONG = 240;

/**
 * How the run ended, and what a DAG that asks Airflow for the variable gets meanwhile. Where the vault refuses, a value
 * that is another than the vault's can only be the stale one.
 */
async function withVariable(bed: Bed, run: ShownRun): Promise<string> {
  const answer = await bed.answerOf(run);
  const gets = { same: "the vault's", other: 'the stale', missing: 'no', error: 'no' } as const;
  return `${outcomeOf(run)}, a DAG gets ${answer === undefined ? 'no' : gets[answer.variable.outcome]} value`;
}

/** Airflow's `scheduler_health_check_threshold`. */
const HEARTBEAT_COUNTS_SECONDS = 30;

const ALL = ['all'] as const;
const BOTH = ['all', 'provider'] as const;

export const CASES: readonly Case[] = [
  {
    name: 'enabled, the check DAG with an import error',
    expected: 'checkFailed dagImportError',
    on: ALL,
    async run(bed) {
      bed.airflow.deploy('airlock_check.py', `import no_such_module\n${checkDag()}`);
      let known = false;
      const run = await bed.create({
        lapse: async ({ step }) => {
          if (step?.name !== 'check access') return 4;
          known ||= await hasImportError(bed, 'airlock_check');
          return known ? LONG : 1;
        },
      });
      bed.airflow.deploy('airlock_check.py', checkDag());
      await bed.cloud.unsubscribe();
      return outcomeOf(run);
    },
  },
  {
    name: 'enabled',
    expected: 'enabled',
    on: ['provider'],
    async run(bed) {
      const run = await bed.create();
      await bed.cloud.unsubscribe();
      return outcomeOf(run);
    },
  },
  {
    name: 'the check DAG mended',
    expected: 'accessProven',
    on: ALL,
    async run(bed) {
      return outcomeOf(await bed.request('check'));
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
    async run(bed) {
      return (await hasImportError(bed, 'tutorial')) ? 'it cannot be imported' : 'it is imported';
    },
  },
  {
    name: 'a stale value in the metastore',
    expected: "accessProven, a DAG gets the vault's value",
    on: BOTH,
    async run(bed) {
      const made = await bed.airflow.call('POST', '/variables', { key: CANARY, value: 'stale' });
      if (made.status >= 300) throw new Error(`The variable was not made: ${made.status} ${made.text}`);
      return withVariable(bed, await bed.request('check'));
    },
  },
  {
    name: 'the credential removed in Entra',
    expected: 'checkFailed credentialRefused AADSTS7000215, a DAG gets the stale value',
    on: BOTH,
    async run(bed) {
      const restore = await bed.removeCredential();
      const run = await bed.request('check');
      await restore();
      return withVariable(bed, run);
    },
  },
  {
    name: 'the role on the vault taken away (403)',
    expected: 'checkFailed vaultRoleMissing, a DAG gets the stale value',
    on: BOTH,
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
    on: ALL,
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
    on: ALL,
    async run(bed) {
      await bed.airflow.beats();
      bed.airflow.freeze('scheduler', true);
      try {
        // Only once the run is there: before, the web server would be found out to have no scheduler.
        return outcomeOf(
          await bed.request('check', {
            lapse: async () => ((await bed.airflow.runs('queued')) > 0 ? LONG : 1),
          }),
        );
      } finally {
        bed.airflow.freeze('scheduler', false);
        await bed.airflow.beats();
      }
    },
  },
  {
    name: 'the credential removed while a task runs',
    expected: 'vault, then vault; a task after it: stale, then stale',
    on: BOTH,
    run: removeMeanwhile,
  },
  {
    name: 'another prefix: the vault has no such secret',
    expected: 'checkFailed canaryNotFound, a DAG gets the stale value',
    on: BOTH,
    async run(bed) {
      await bed.change({ [BACKEND_KWARGS]: kwargs({ variables_prefix: 'other' }) });
      return withVariable(bed, await bed.request('check'));
    },
  },
  {
    name: 'vault_url of a vault that is not there',
    expected: 'checkFailed readsOtherVault, a DAG gets the stale value',
    on: ALL,
    async run(bed) {
      await bed.change({ [BACKEND_KWARGS]: kwargs({ vault_url: 'https://not-there.vault.azure.net/' }) });
      return withVariable(bed, await bed.request('check'));
    },
  },
  {
    name: 'kwargs that are no JSON',
    expected: 'checkFailed kwargsIgnored, a DAG gets the stale value',
    on: ALL,
    async run(bed) {
      await bed.change({ [BACKEND_KWARGS]: '{"vault_url": https://airlock-airflow.vault.azure.net/}' });
      return withVariable(bed, await bed.request('check'));
    },
  },
  {
    name: 'enabled again, the scheduler starts late',
    expected: 'enabled, a heartbeat of before counts for 30 s',
    family: 'airflow2',
    on: ALL,
    run: startLate,
  },
  {
    name: 'enabled again, the scheduler starts late',
    expected: 'enabled, a heartbeat of before does not count',
    family: 'airflow3',
    on: ALL,
    run: startLate,
  },
  {
    name: 'another credential in the API server than in the workers',
    expected: 'checkFailed credentialRefused AADSTS7000215, a DAG reads: vault, then vault',
    family: 'airflow3',
    on: ALL,
    async run(bed) {
      const settings = await bed.bridge.settings();
      await restartScheduler(bed, { ...settings, AZURE_CLIENT_SECRET: 'of-before' });
      const run = await bed.request('check');
      const reads = await valuesRead(bed);
      await restartScheduler(bed, settings);
      return `${outcomeOf(run)}, a DAG reads: ${reads}`;
    },
  },
  {
    name: 'workers that carry the credential of before for a while',
    expected: 'accessProven after oldCredential',
    on: ALL,
    run: restartWorkersLate,
  },
  {
    name: 'a back-end class that is not there',
    expected: 'checkFailed webServerNotHealthy',
    on: ALL,
    async run(bed) {
      const old = 'airflow.providers.microsoft.azure.secrets.azure_key_vault.AzureKeyVaultBackend';
      await bed.change({ [BACKEND]: old });
      return outcomeOf(await bed.request('check', { lapse: () => LONG }));
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

/** The workers of before answer the first attempt, those of now the second. */
async function restartWorkersLate(bed: Bed): Promise<string> {
  const settings = await bed.bridge.settings();
  await restartScheduler(bed, { ...settings, [MARKER_VARIABLE]: 'of-before' });
  const seen = await bed.airflow.runs('success');
  let restarted = false;
  const run = await bed.request('check', {
    lapse: async () => {
      if (!restarted && (await bed.airflow.runs('success')) > seen) {
        restarted = true;
        await restartScheduler(bed, settings);
      }
      return 4;
    },
  });
  const old = run.trail.some(({ outcome }) => outcome === oldCredential(false).message);
  return `${outcomeOf(run)} ${old ? 'after oldCredential' : 'at once'}`;
}

async function restartScheduler(bed: Bed, settings: Settings): Promise<void> {
  await bed.airflow.stop('scheduler');
  bed.airflow.start(settings, 'scheduler');
  await bed.airflow.beats();
}

/** A restart after which the web server answers first; Airflow 2 takes the heartbeat of before for a good one. */
async function startLate(bed: Bed): Promise<string> {
  bed.bridge.schedulerDelayMs = 10_000;
  const run = await bed.request('enable');
  bed.bridge.schedulerDelayMs = 0;
  await bed.airflow.beats();
  const { healthy = false, ageSeconds = 0 } = bed.bridge.healthAtOnce ?? {};
  bed.note(
    `before its scheduler was there: ${healthy ? 'healthy' : 'unhealthy'}, ${ageSeconds.toFixed(1)} s old`,
  );
  const counts = !bed.airflow.isAirflow3 && (healthy || ageSeconds > HEARTBEAT_COUNTS_SECONDS);
  const wrong = healthy && ageSeconds > HEARTBEAT_COUNTS_SECONDS + 1;
  if (wrong) return `${outcomeOf(run)}, healthy by a heartbeat that is ${ageSeconds} s old`;
  return `${outcomeOf(run)}, a heartbeat of before ${counts ? 'counts for 30 s' : 'does not count'}`;
}

async function hasImportError(bed: Bed, file: string): Promise<boolean> {
  const answer = await bed.airflow.call('GET', '/importErrors').catch(() => undefined);
  if (answer?.status !== 200) return false;
  const { import_errors: errors } = answer.json() as { import_errors: readonly { filename: string }[] };
  return errors.some(({ filename }) => filename.endsWith(`${file}.py`));
}
