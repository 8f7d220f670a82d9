/** Restarts that go otherwise than the platform's own: late, killed, or with settings that the runtime does not have. */
import { AIRFLOW_VAULT } from '../../local/scenario/names.js';
import {
  BACKEND,
  BACKEND_CLASS,
  BACKEND_KWARGS,
  MARKER_VARIABLE,
} from '../../src/domain/settings/backendSettings.js';
import { oldCredential } from '../../src/proofs/challenge/answerProblems.js';
import { WORDS } from '../../src/runtimes/data-factory/words.js';
import type { Bed } from './bed.js';
import { outcomeOf } from './follow.js';
import type { Settings } from './realAirflow.js';

/** Airflow's `scheduler_health_check_threshold`. */
const HEARTBEAT_COUNTS_SECONDS = 30;

/** Between the web server's judgement and the look at the clock here. */
const ANSWER_SECONDS = 2;

/** The right kwargs, but for what is different. */
export function kwargs(different: object): string {
  return JSON.stringify({
    connections_prefix: 'airflow-connections',
    variables_prefix: 'airflow-variables',
    vault_url: `https://${AIRFLOW_VAULT}.vault.azure.net/`,
    ...different,
  });
}

/** The workers of before answer the first attempt, those of now the second. */
export async function restartWorkersLate(bed: Bed): Promise<string> {
  const settings = await bed.bridge.settings();
  await restartScheduler(bed, { ...settings, [MARKER_VARIABLE]: 'of-before' });
  const seen = (await bed.airflow.runs('success')) ?? 0;
  let restarted = false;
  const run = await bed.request('check', {
    lapse: async () => {
      if (!restarted && ((await bed.airflow.runs('success')) ?? 0) > seen) {
        restarted = true;
        await restartScheduler(bed, settings);
      }
      return undefined;
    },
  });
  const old = run.trail.some(({ outcome }) => outcome === oldCredential(false, WORDS).message);
  return `${outcomeOf(run)} ${old ? 'after oldCredential' : 'at once'}`;
}

/** Starts the scheduler anew with other settings, past the runtime: its workers inherit them. */
export async function restartScheduler(bed: Bed, settings: Settings): Promise<void> {
  await bed.airflow.kill(['scheduler']);
  bed.airflow.start(settings);
  await bed.airflow.beats();
}

/** A restart after which the web server answers first and goes by the heartbeat of a scheduler that was killed. */
export async function startLate(bed: Bed): Promise<string> {
  await bed.change({ [BACKEND]: BACKEND_CLASS, [BACKEND_KWARGS]: kwargs({}) }, 'schedulerLate');
  const { healthy, ageSeconds } = await bed.airflow.health();
  const settings = await bed.bridge.settings();
  let started = false;
  const run = await bed.request('check', {
    lapse: async () => {
      // As late as can be: the check has started a run on what the web server said, or will not.
      const late = ((await bed.airflow.runs('queued')) ?? 0) > 0 || !(await bed.airflow.health()).healthy;
      if (late && !started) {
        started = true;
        bed.airflow.start(settings);
      }
      return undefined;
    },
  });
  await bed.airflow.beats();
  bed.note(
    `before its scheduler was there: ${healthy ? 'healthy' : 'unhealthy'}, ${ageSeconds.toFixed(1)} s old`,
  );
  const counts = healthy
    ? ageSeconds < HEARTBEAT_COUNTS_SECONDS + ANSWER_SECONDS
    : ageSeconds > HEARTBEAT_COUNTS_SECONDS - ANSWER_SECONDS;
  return `${outcomeOf(run)}, a heartbeat of before ${counts ? 'counts for 30 s' : 'is judged otherwise'}`;
}
