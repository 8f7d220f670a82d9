/** Restarts that go otherwise than the platform's own: late, killed, or with settings that the runtime does not have. */
import { AIRFLOW_VAULT } from '../../local/sample/names.js';
import {
  BACKEND,
  BACKEND_CLASS,
  BACKEND_KWARGS,
  MARKER_VARIABLE,
} from '../../src/domain/settings/backendSettings.js';
import { oldCredential } from '../../src/proofs/challenge/answerProblems.js';
import { WORDS } from '../../src/runtimes/data-factory/words.js';
import { outcomeOf } from './follow.js';
import type { Settings } from './realAirflow.js';
import type { RuntimeFixture } from './runtimeFixture.js';

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
export async function restartWorkersLate(fixture: RuntimeFixture): Promise<string> {
  const settings = await fixture.bridge.settings();
  await restartScheduler(fixture, { ...settings, [MARKER_VARIABLE]: 'of-before' });
  const seen = (await fixture.airflow.runs('success')) ?? 0;
  let restarted = false;
  const run = await fixture.request('check', {
    lapse: async () => {
      if (!restarted && ((await fixture.airflow.runs('success')) ?? 0) > seen) {
        restarted = true;
        await restartScheduler(fixture, settings);
      }
      return undefined;
    },
  });
  const old = run.trail.some(({ outcome }) => outcome === oldCredential(false, WORDS).message);
  return `${outcomeOf(run)} ${old ? 'after oldCredential' : 'at once'}`;
}

/** Starts the scheduler anew with other settings, past the runtime: its workers inherit them. */
export async function restartScheduler(fixture: RuntimeFixture, settings: Settings): Promise<void> {
  await fixture.airflow.kill(['scheduler']);
  fixture.airflow.start(settings);
  await fixture.airflow.beats();
}

/** A restart after which the web server answers first and goes by the heartbeat of a scheduler that was killed. */
export async function startLate(fixture: RuntimeFixture): Promise<string> {
  await fixture.change({ [BACKEND]: BACKEND_CLASS, [BACKEND_KWARGS]: kwargs({}) }, 'schedulerLate');
  const { healthy, ageSeconds } = await fixture.airflow.health();
  const settings = await fixture.bridge.settings();
  let started = false;
  const run = await fixture.request('check', {
    lapse: async () => {
      // As late as can be: the check has started a run on what the web server said, or will not.
      const late =
        ((await fixture.airflow.runs('queued')) ?? 0) > 0 || !(await fixture.airflow.health()).healthy;
      if (late && !started) {
        started = true;
        fixture.airflow.start(settings);
      }
      return undefined;
    },
  });
  await fixture.airflow.beats();
  fixture.note(
    `before its scheduler was there: ${healthy ? 'healthy' : 'unhealthy'}, ${ageSeconds.toFixed(1)} s old`,
  );
  const counts = healthy
    ? ageSeconds < HEARTBEAT_COUNTS_SECONDS + ANSWER_SECONDS
    : ageSeconds > HEARTBEAT_COUNTS_SECONDS - ANSWER_SECONDS;
  return `${outcomeOf(run)}, a heartbeat of before ${counts ? 'counts for 30 s' : 'is judged otherwise'}`;
}
