/** The environment of an Airflow's processes: what the platform gives them, before the settings of the runtime. */
import { join } from 'node:path';
import { isAirflow3, type Release } from './releases.js';

/** The one user of each web server, as the runtime's body has it. */
export const WEB_LOGIN = { userName: 'airlock', password: 'web-server-password' } as const;

export interface Place {
  readonly release: Release;
  readonly bin: string;
  /** `AIRFLOW_HOME`: DAGs, logs. */
  readonly home: string;
  readonly database: string;
  /** Of the web server, on 127.0.0.1. */
  readonly port: number;
}

/** Nothing of the outer environment is in it: an Airflow must not meet variables that Azure would not give it. */
export function processEnvironment(place: Place): Record<string, string> {
  const { home, bin, database } = place;
  return {
    HOME: home,
    PATH: [bin, '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
    LANG: 'C.UTF-8',
    AIRFLOW_HOME: home,
    AIRFLOW__CORE__DAGS_FOLDER: join(home, 'dags'),
    AIRFLOW__CORE__LOAD_EXAMPLES: 'False',
    AIRFLOW__CORE__FERNET_KEY: '',
    // Workers are forks that stay, as Celery's are: a task does not wait for Airflow to be loaded once more.
    AIRFLOW__CORE__EXECUTOR: 'LocalExecutor',
    AIRFLOW__CORE__PARALLELISM: '2',
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN: `sqlite:///${database}`,
    AIRFLOW__DATABASE__LOAD_DEFAULT_CONNECTIONS: 'False',
    AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC: '1',
    AIRFLOW__SCHEDULER__JOB_HEARTBEAT_SEC: '1',
    AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME: '0.5',
    AIRFLOW__USAGE_DATA_COLLECTION__ENABLED: 'False',
    SCARF_ANALYTICS: 'false',
    ...(isAirflow3(place.release) ? airflow3(place) : airflow2(place)),
  };
}

function airflow2({ port }: Place): Record<string, string> {
  return {
    AIRFLOW__API__AUTH_BACKENDS: 'airflow.api.auth.backend.basic_auth',
    // Airflow 2 has it that SQLite takes one writer at a time; with a write-ahead log the others wait.
    _AIRFLOW__SKIP_DATABASE_EXECUTOR_COMPATIBILITY_CHECK: '1',
    AIRFLOW__WEBSERVER__WORKERS: '1',
    AIRFLOW__WEBSERVER__WEB_SERVER_HOST: '127.0.0.1',
    AIRFLOW__WEBSERVER__WEB_SERVER_PORT: String(port),
    AIRFLOW__WEBSERVER__SECRET_KEY: '0123456789abcdef',
    // The database that is started from has the roles already.
    AIRFLOW__WEBSERVER__UPDATE_FAB_PERMS: 'False',
    AIRFLOW__FAB__UPDATE_FAB_PERMS: 'False',
    AIRFLOW__SCHEDULER__MIN_FILE_PROCESS_INTERVAL: '30',
    AIRFLOW__SCHEDULER__DAG_DIR_LIST_INTERVAL: '2',
    AIRFLOW__SCHEDULER__PARSING_PROCESSES: '1',
  };
}

function airflow3({ port, home }: Place): Record<string, string> {
  const origin = `http://127.0.0.1:${port}`;
  return {
    AIRFLOW__API__HOST: '127.0.0.1',
    AIRFLOW__API__PORT: String(port),
    AIRFLOW__API__WORKERS: '1',
    AIRFLOW__API__BASE_URL: origin,
    AIRFLOW__API__SECRET_KEY: '0123456789abcdef',
    AIRFLOW__API_AUTH__JWT_SECRET: '0123456789abcdef'.repeat(4),
    AIRFLOW__CORE__EXECUTION_API_SERVER_URL: `${origin}/execution/`,
    AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS: `${WEB_LOGIN.userName}:admin`,
    AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE: join(home, 'passwords.json'),
    AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL: '2',
    AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL: '30',
    AIRFLOW__DAG_PROCESSOR__BUNDLE_REFRESH_CHECK_INTERVAL: '1',
    AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES: '1',
  };
}

/** How Python reaches the emulated hosts under their real names. */
export function proxyEnvironment(proxy: string, caFile: string): Record<string, string> {
  return {
    HTTPS_PROXY: proxy,
    NO_PROXY: 'localhost,127.0.0.1',
    REQUESTS_CA_BUNDLE: caFile,
    SSL_CERT_FILE: caFile,
  };
}
