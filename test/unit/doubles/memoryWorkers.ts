/** Airflow web servers whose workers answer the check DAG by what they run with: the settings of their runtime. */
import type { ActivityDeps } from '../../../src/activities/deps.js';
import type { AirflowApi, AirflowTarget } from '../../../src/azure/airflow/api.js';
import { CLOUDS } from '../../../src/domain/configuration/clouds.js';
import { CHECK_DAG_ID, type CheckAnswer } from '../../../src/domain/proof/checkAnswer.js';
import type { AirflowSettings } from '../../../src/domain/settings/airflowSettings.js';
import { AllRuntimes } from '../../../src/runtimes/allRuntimes.js';
import type { RuntimeKinds } from '../../../src/runtimes/kind.js';
import { PROFILE } from '../domain/settings/bodies.js';
import { type ActivityContext, CANARY_VALUE, NOW } from './activityContext.js';
import { MemoryAirflow, rightAnswer } from './memoryAirflow.js';
import { MemoryApp } from './memoryApp.js';

class MemoryWorkers {
  readonly #nonces = new Map<string, string>();

  constructor(
    private readonly context: ActivityContext,
    private readonly settingsAt: (host: string) => AirflowSettings | undefined,
  ) {}

  connect(target: AirflowTarget): AirflowApi {
    const server = new MemoryAirflow();
    server.add(CHECK_DAG_ID);
    server.tasks = this.context.airflow.tasks;
    const api = server.connect(target);
    const { host } = new URL(target.webUrl);
    return {
      ...api,
      trigger: async (...asked) => {
        const [, , dagRunId, conf] = asked;
        if ('nonce' in conf) this.#nonces.set(dagRunId, conf.nonce);
        return api.trigger(...asked);
      },
      dagRun: async () => ({ kind: 'found', state: 'success' }),
      answer: async (_api, _dagId, dagRunId) => {
        const answer = this.#answer(this.settingsAt(host), this.#nonces.get(dagRunId) ?? '');
        return { kind: 'answered', answer };
      },
    };
  }

  #answer(settings: AirflowSettings | undefined, nonce: string): CheckAnswer {
    const environment = (settings?.environment ?? {}) as Readonly<Record<string, string>>;
    const { AZURE_CLIENT_SECRET: value, AIRLOCK_CREDENTIAL_ID: marker = '' } = environment;
    const right = rightAnswer(CANARY_VALUE, nonce, marker, PROFILE.vault);
    const { keys } = this.context.graph.application(PROFILE.credential.clientId);
    if (keys.some((key) => key.value === value)) return right;
    const direct = { outcome: 'error', errorType: 'ClientAuthenticationError', status: 401 } as const;
    return { ...right, answer: null, direct: { ...direct, aadsts: 'AADSTS7000215', reason: null } };
  }
}

/**
 * The app on the services of a context.
 *
 * @param settingsAt what the runtime with that web server has
 * @param kinds absent: the context's
 */
export function appOf(
  context: ActivityContext,
  settingsAt: (host: string) => AirflowSettings | undefined,
  kinds: RuntimeKinds = context.kinds,
): MemoryApp {
  const { deps } = context;
  const workers = new MemoryWorkers(context, settingsAt);
  const runtimes = new AllRuntimes(kinds, {
    cloud: CLOUDS.public,
    identity: () => Promise.reject(new Error('runtimes in memory ask for no token')),
  });
  const azure: ActivityDeps['azure'] = async () => ({
    ...(await deps.azure()),
    runtimes,
    airflow: (target) => workers.connect(target),
  });
  return new MemoryApp(NOW, { ...deps, kinds, azure });
}
