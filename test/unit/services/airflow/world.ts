import { type Airflow, createAirflow } from '../../../../local/services/airflow/airflow.js';
import type { RunningAirflow } from '../../../../local/services/types.js';
import {
  AIRFLOW_APP,
  type Answer,
  APP,
  BEGIN,
  bearer,
  call,
  createCloud,
  RUNTIME_ID,
  TENANT,
  VAULT_HOST,
  VAULT_ID,
} from '../cloud.js';

export const HOST = 'abc.eastus.airflow.svc.datafactory.azure.com';
export const DATA_FACTORY = '5d13f7d7-0567-429c-9880-320e9555e5fc';
export const CANARY_VALUE = 'value of the canary';
export const NONCE = '00112233445566778899aabbccddeeff';
export const CREDENTIAL_ID = 'key-1';

/** What a correctly configured runtime has in its environment, with this client secret. */
export function environmentWith(clientSecret: string): Record<string, string> {
  return {
    AIRFLOW__SECRETS__BACKEND: 'airflow.providers.microsoft.azure.secrets.key_vault.AzureKeyVaultBackend',
    AIRFLOW__SECRETS__BACKEND_KWARGS: JSON.stringify({
      connections_prefix: 'airflow-connections',
      variables_prefix: 'airflow-variables',
      vault_url: `https://${VAULT_HOST}/`,
    }),
    AZURE_TENANT_ID: TENANT,
    AZURE_CLIENT_ID: AIRFLOW_APP,
    AZURE_CLIENT_SECRET: clientSecret,
    AIRLOCK_CREDENTIAL_ID: CREDENTIAL_ID,
  };
}

/** One correctly configured runtime whose processes have been up for a minute; a test changes `processes`. */
export function createWorld(airflowVersion = '2.6.3') {
  const cloud = createCloud();
  const password = cloud.directory.addPassword(AIRFLOW_APP);
  if (!password) throw new Error('no application');
  cloud.roles.grant({ principal: AIRFLOW_APP, scope: VAULT_ID, role: 'Key Vault Secrets User' });
  cloud.vault.setSecret(VAULT_HOST, 'airflow-variables-airlock-canary', { value: CANARY_VALUE });
  const processes: { -readonly [K in keyof RunningAirflow]: RunningAirflow[K] } = {
    resourceId: RUNTIME_ID,
    host: HOST,
    airflowVersion,
    environment: environmentWith(password.value),
    requirements: ['apache-airflow-providers-microsoft-azure'],
    enableAADIntegration: true,
    startedAt: BEGIN - 60_000,
    up: true,
  };
  const build = (): Airflow =>
    createAirflow(cloud.kernel, {
      directory: cloud.directory,
      vaults: cloud.vault,
      airflows: {
        byHost: (host) => (host === processes.host ? processes : undefined),
        byResourceId: (id) => (id.toLowerCase() === RUNTIME_ID.toLowerCase() ? processes : undefined),
      },
      isAuthorized: (clientId) => clientId === APP,
    });
  const airflow = build();
  const ask = (method: string, path: string, body?: unknown, service = airflow): Promise<Answer> =>
    call(service, method, `https://${HOST}${path}`, {
      headers: { ...bearer(cloud, APP, DATA_FACTORY), 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body }),
    });
  const base = airflowVersion.startsWith('3') ? '/api/v2' : '/api/v1';
  const runs = `${base}/dags/airlock_check/dagRuns`;
  return {
    cloud,
    processes,
    airflow,
    build,
    clientSecret: password.value,
    base,
    runs,
    ask,
    trigger: (id: string, conf: unknown = { variable: 'airlock_canary', nonce: NONCE }) =>
      ask('POST', runs, { dag_run_id: id, conf, ...(base === '/api/v2' ? { logical_date: null } : {}) }),
    /** What a run's task returned, as a text; undefined where there is none. */
    async returnValue(id: string): Promise<unknown> {
      const read = await ask('GET', `${runs}/${id}/taskInstances/answer/xcomEntries/return_value`);
      return read.status === 200 ? Reflect.get(Object(read.body), 'value') : undefined;
    },
  };
}

export type World = ReturnType<typeof createWorld>;

/** Triggers a check and lets it end. */
export async function check(world: World, conf?: unknown): Promise<unknown> {
  const id = `check-${world.airflow.inspect(RUNTIME_ID).runs.length}`;
  await world.trigger(id, conf);
  await world.cloud.clock.advance(15_000);
  const value = await world.returnValue(id);
  return typeof value === 'string' ? JSON.parse(value) : undefined;
}
