/**
 * What a worker does for a task: the look-ups of Airflow's secrets back ends with the environment of the running
 * processes, against the emulated Entra and vaults, and from them the answer that `dags/airlock_check.py` gives.
 */
import { createHash, createHmac } from 'node:crypto';
import type { CheckAnswer } from '../../../src/domain/proof/checkAnswer.js';
import { MARKER_VARIABLE } from '../../../src/domain/settings/backendSettings.js';
import type { Ledger } from '../../kernel/types.js';
import type { Directory, RunningAirflow, VaultReader } from '../types.js';
import { atLeast, type Backend, type KeyVaultBackend, loadBackend, secretName } from './backend.js';
import type { MetastoreVariable } from './state.js';

export interface WorkerPeers {
  readonly directory: Directory;
  readonly vaults: VaultReader;
  readonly ledger: Ledger;
}

export interface Worker {
  /** The check DAG's task; undefined where it raises, since the conf is not one that it takes. */
  check(conf: Readonly<Record<string, unknown>>): CheckAnswer | undefined;
  /** Whether `Variable.get` gives a value. */
  hasVariable(key: string): boolean;
  /** Which client secret it works with: the marker, or the beginning of the secret's SHA-256. Null: none. */
  readonly credential: string | null;
}

type ErrorCodes = Omit<CheckAnswer['direct'], 'outcome'>;

type LookUp =
  | { readonly kind: 'found'; readonly value: string }
  | { readonly kind: 'missing' }
  | ({ readonly kind: 'error' } & ErrorCodes);

const NO_CODES: ErrorCodes = { errorType: null, status: null, aadsts: null, reason: null };
const VARIABLE_NAME = /^[A-Za-z0-9_-]{1,127}$/;
const NONCE = /^[0-9a-fA-F]{16,256}$/;
const SECRET_NAME = /^[0-9a-zA-Z-]{1,127}$/;

/** A worker of an Airflow as it runs now, with the metastore as it is now. */
export function createWorker(
  airflow: RunningAirflow,
  metastore: Readonly<Record<string, MetastoreVariable>>,
  peers: WorkerPeers,
): Worker {
  const { environment, airflowVersion } = airflow;
  const credential = credentialId(environment);
  const newer = atLeast(airflowVersion, 3, 0);

  const note = (operation: string, subject: string, status: number, detail: Record<string, unknown>) =>
    peers.ledger.record({
      service: 'airflow',
      operation,
      ...(environment['AZURE_CLIENT_ID'] ? { caller: environment['AZURE_CLIENT_ID'] } : {}),
      subject,
      status,
      detail: { runtime: airflow.resourceId, credential, ...detail },
    });

  /** Whether Entra gives the back end a token; otherwise the error that the Azure SDK raises. */
  const login = (backend: KeyVaultBackend): LookUp | undefined => {
    const failed = { ...NO_CODES, kind: 'error', errorType: 'ClientAuthenticationError' } as const;
    // Without a complete principal DefaultAzureCredential goes on to identities that a managed Airflow does not have.
    if (backend.identity === undefined) return failed;
    const { tenantId, clientId, clientSecret } = backend.identity;
    const verdict = peers.directory.acceptsClientSecret(tenantId, clientId, clientSecret);
    note(
      'worker.token',
      clientId,
      verdict.accepted ? 200 : 401,
      verdict.accepted ? {} : { code: verdict.code },
    );
    if (verdict.accepted) return undefined;
    // MSAL finds out about an unknown tenant before it asks for a token, and words that itself.
    return { ...failed, aadsts: verdict.code === 'AADSTS90002' ? null : verdict.code };
  };

  const ask = (backend: KeyVaultBackend, variable: string): LookUp => {
    const { vaultUrl, variablesPrefix, separator, leads } = backend;
    if (variablesPrefix === null) return { kind: 'missing' };
    const name = secretName(variablesPrefix, separator, variable, leads);
    // The newest providers refuse such a name themselves; older ones leave that to the vault.
    if (newer && !SECRET_NAME.test(name)) return { kind: 'missing' };
    if (vaultUrl === '') return { ...NO_CODES, kind: 'error', errorType: 'ValueError' };
    const url = URL.canParse(vaultUrl) ? new URL(vaultUrl) : undefined;
    const unreachable = { ...NO_CODES, kind: 'error', errorType: 'ServiceRequestError' } as const;
    if (url?.protocol !== 'https:') return unreachable;
    // The first request to the vault goes without a token: a vault that is not there shows before any login.
    const clientId = backend.identity?.clientId ?? '';
    const read = peers.vaults.readAs(clientId, url.hostname, name);
    if (read.kind === 'unreachable') return unreachable;
    const refused = login(backend);
    if (refused) return refused;
    const subject = `https://${url.hostname}/secrets/${name}`;
    const refuse = (status: number, reason: string | null): LookUp => {
      note('worker.secretRead', subject, status, reason === null ? {} : { reason });
      return { ...NO_CODES, kind: 'error', errorType: 'HttpResponseError', status, reason };
    };
    if (!SECRET_NAME.test(name)) return refuse(400, null);
    switch (read.kind) {
      case 'forbidden':
        return refuse(403, read.reason);
      case 'disabled':
        return refuse(403, 'SecretDisabled');
      case 'missing':
        note('worker.secretRead', subject, 404, {});
        return read;
      case 'found':
        note('worker.secretRead', subject, 200, { version: read.version });
        return { kind: 'found', value: read.value };
    }
  };

  const askBackend = (backend: Backend, variable: string): LookUp => {
    if (backend.kind === 'none') return { kind: 'missing' };
    if (backend.kind === 'broken') return { ...NO_CODES, kind: 'error', errorType: backend.errorType };
    return ask(backend, variable);
  };

  /** `Variable.get`: errors of a back end are logged and the next layer is asked. */
  const getVariable = (key: string): LookUp => {
    const worker = loadBackend(airflow, 'worker');
    if (worker.kind === 'broken') return askBackend(worker, key);
    const layers: (() => LookUp)[] = [() => askBackend(worker, key), () => fromEnvironment(environment, key)];
    // In Airflow 3 the task asks the api-server, which has a back end of its own, before the metastore is looked at.
    if (newer) layers.push(() => askBackend(loadBackend(airflow, 'server'), key));
    for (const layer of layers) {
      const found = layer();
      if (found.kind === 'found') return found;
    }
    const stored = Object.hasOwn(metastore, key) ? metastore[key] : undefined;
    return stored === undefined ? { kind: 'missing' } : { kind: 'found', value: stored.value };
  };

  return {
    credential,
    hasVariable: (key) => getVariable(key).kind === 'found',
    check({ variable, nonce }) {
      if (typeof variable !== 'string' || !VARIABLE_NAME.test(variable)) return undefined;
      if (typeof nonce !== 'string' || !NONCE.test(nonce)) return undefined;
      const backend = loadBackend(airflow, 'worker');
      const direct = askBackend(backend, variable);
      const value = direct.kind === 'found' ? direct.value : null;
      return {
        version: 1,
        answer: value === null ? null : createHmac('sha256', value).update(nonce).digest('hex'),
        marker: environment[MARKER_VARIABLE] ?? null,
        backend: backend.kind === 'loaded' ? backend.className : null,
        vaultUrl: backend.kind === 'loaded' ? backend.vaultUrl : null,
        direct: directOf(backend, direct),
        variable: variableOf(getVariable(variable), value, newer),
        airflow: airflowVersion,
      };
    },
  };
}

function directOf(backend: Backend, found: LookUp): CheckAnswer['direct'] {
  if (backend.kind === 'none') return { outcome: 'notConfigured', ...NO_CODES };
  if (found.kind !== 'error') return { outcome: found.kind, ...NO_CODES };
  const { kind, ...codes } = found;
  return { outcome: kind, ...codes };
}

function variableOf(found: LookUp, direct: string | null, newer: boolean): CheckAnswer['variable'] {
  switch (found.kind) {
    case 'found':
      return { outcome: found.value === direct ? 'same' : 'other', errorType: null };
    case 'missing':
      return { outcome: 'missing', errorType: newer ? 'AirflowRuntimeError' : 'KeyError' };
    case 'error':
      return { outcome: 'error', errorType: found.errorType };
  }
}

function fromEnvironment(environment: RunningAirflow['environment'], key: string): LookUp {
  const value = environment[`AIRFLOW_VAR_${key.toUpperCase()}`];
  return value === undefined ? { kind: 'missing' } : { kind: 'found', value };
}

function credentialId(environment: RunningAirflow['environment']): string | null {
  const marker = environment[MARKER_VARIABLE];
  if (marker) return marker;
  const secret = environment['AZURE_CLIENT_SECRET'];
  return secret ? `sha256:${createHash('sha256').update(secret).digest('hex').slice(0, 8)}` : null;
}
