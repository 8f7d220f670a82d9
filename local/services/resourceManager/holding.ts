/** What a runtime holds, for the ledger: which client secret, and a digest of everything that is somebody else's. */
import { createHash } from 'node:crypto';
import {
  BACKEND,
  BACKEND_KWARGS,
  CLIENT_ID,
  MARKER_VARIABLE,
  OWNED_VARIABLES,
} from '../../../src/domain/settings/backendSettings.js';
import { canonicalJson, type Json } from '../../../src/domain/values/json.js';
import { traceOf } from '../trace.js';
import { asRecord } from './airflowProperties.js';
import type { Runtime } from './runtime.js';

/** What a read shows beside what was written: it comes back with the next write. */
const ANSWERED = ['airflowWebUrl', 'pythonVersion', 'packageProviderPath', 'enableTriggerers'];

const SECRET = 'AZURE_CLIENT_SECRET';

/** The client secret that is stored; null: none. */
export function storedTrace({ properties }: Runtime): string | null {
  return traceIn(airflowOf(properties)['airflowEnvironmentVariables']);
}

/** The credential id that the settings name; null: none. */
export function storedMarker({ properties }: Runtime): string | null {
  const marker = asRecord(airflowOf(properties)['airflowEnvironmentVariables'])[MARKER_VARIABLE];
  return typeof marker === 'string' ? marker : null;
}

/** The client secret that the processes run with; null: none. */
export function runningTrace({ processes }: Runtime): string | null {
  return traceIn(processes?.environment);
}

/**
 * Which back end reads which vault as whom; null: none is set up. What the app writes in its place is a takeover where
 * it was somebody else's.
 */
export function readsAs(properties: Readonly<Record<string, unknown>>): string | null {
  const airflow = airflowOf(properties);
  const set = {
    ...asRecord(airflow['airflowConfigurationOverrides']),
    ...asRecord(airflow['airflowEnvironmentVariables']),
  };
  const { [BACKEND]: backend, [BACKEND_KWARGS]: kwargs, [CLIENT_ID]: clientId } = set;
  if ([backend, kwargs, clientId].some((one) => typeof one !== 'string')) return null;
  const vault = /"vault_url"\s*:\s*"([^"]*)"/.exec(String(kwargs))?.[1] ?? '';
  return [backend, vault.replace(/\/+$/, ''), clientId].join(' ');
}

/** A digest of all properties but the settings that the app owns: equal as long as nothing of anybody else is lost. */
export function foreignDigest(properties: Readonly<Record<string, unknown>>): string {
  const airflow = { ...airflowOf(properties) };
  for (const name of ANSWERED) delete airflow[name];
  const variables = { ...asRecord(airflow['airflowEnvironmentVariables']) };
  const overrides = { ...asRecord(airflow['airflowConfigurationOverrides']) };
  for (const name of [...OWNED_VARIABLES, BACKEND_KWARGS]) {
    delete variables[name];
    delete overrides[name];
  }
  const requirements = airflow['airflowRequirements'];
  const others = Array.isArray(requirements)
    ? requirements.filter((one) => !String(one).startsWith('apache-airflow-providers-microsoft-azure'))
    : requirements;
  const { state: _, ...written } = properties;
  const rest = {
    ...written,
    typeProperties: {
      ...asRecord(properties['typeProperties']),
      airflowProperties: {
        ...airflow,
        airflowEnvironmentVariables: variables,
        airflowConfigurationOverrides: overrides,
        airflowRequirements: others ?? [],
      },
    },
  };
  const text = canonicalJson(JSON.parse(JSON.stringify(rest)) as Json);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function airflowOf(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return asRecord(asRecord(properties['typeProperties'])['airflowProperties']);
}

function traceIn(variables: unknown): string | null {
  const value = asRecord(variables)[SECRET];
  return typeof value === 'string' && value !== '' ? traceOf(value) : null;
}
