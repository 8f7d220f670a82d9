/**
 * Reads the body of an integration runtime, as Resource Manager gives it. Nobody promises its shape (the type
 * `Airflow` is in no public model), so everything is looked at before it is believed.
 */

import { isJsonObject, type Json, type JsonObject } from '../values/json.js';
import { Secret } from '../values/secret.js';
import { CLIENT_ID, CLIENT_SECRET, MARKER_VARIABLE } from './backendSettings.js';
import { isMasked } from './masking.js';

/** A value that a read may give in clear, hide or not have. */
export type MaskedSecret =
  | { readonly kind: 'readable'; readonly value: Secret }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'absent' };

/**
 * The phases of a runtime's life that decide what a run does next. `stalled`: nothing says that it will go on by itself;
 * a restart may pass through such a state, so that only one that lasts is an end.
 */
export type RuntimePhase = 'ready' | 'waiting' | 'stalled' | 'failed' | 'deleting';

export interface AirflowView {
  readonly kind: 'airflow';
  /** The service's own word; empty where it gives none. */
  readonly state: string;
  readonly phase: RuntimePhase;
  readonly webUrl?: string;
  readonly airflowVersion?: string;
  readonly marker?: string;
  /** The principal that the settings name; absent where they name none or the service hides it. */
  readonly clientId?: string;
  readonly clientSecret: MaskedSecret;
  /** False where people log in to the web server with a password. */
  readonly usesEntra: boolean;
  readonly gitSync: boolean;
}

export type RuntimeView =
  | AirflowView
  | { readonly kind: 'other'; readonly type: string }
  | { readonly kind: 'unreadable'; readonly why: string };

/** Whether a runtime is an Airflow by its `properties.type`, which services spell in any case. */
export function isAirflow(type: string): boolean {
  return type.toLowerCase() === 'airflow';
}

const READY = new Set(['started']);
/** The empty one is that of a body that names none. */
const WAITING = new Set([
  '',
  'initial',
  'starting',
  'updating',
  'upgrading',
  'needregistration',
  'online',
  'limited',
]);
const FAILED = new Set(['failed', 'accessdenied', 'offline']);
const DELETING = new Set(['deleting', 'deleted']);

/**
 * What a runtime's body says. States are an open set: those of Data Factory's public list, and what the service says besides
 * (https://learn.microsoft.com/rest/api/datafactory/integration-runtimes/get-status#integrationruntimestate).
 */
export function interpretRuntime(body: JsonObject): RuntimeView {
  const properties = body.properties;
  if (!isJsonObject(properties)) return { kind: 'unreadable', why: 'it has no properties' };
  const type = text(properties.type);
  if (type === undefined) return { kind: 'unreadable', why: 'properties.type is missing' };
  if (!isAirflow(type)) return { kind: 'other', type: type.slice(0, 60) };
  const airflow = airflowProperties(body);
  if (!airflow) return { kind: 'unreadable', why: 'typeProperties.airflowProperties is missing' };

  const state = text(properties.state) ?? '';
  const environment = airflow.airflowEnvironmentVariables;
  const variables = isJsonObject(environment) ? environment : {};
  const webUrl = text(airflow.airflowWebUrl);
  const airflowVersion = text(airflow.airflowVersion);
  const marker = text(variables[MARKER_VARIABLE]);
  const clientId = text(variables[CLIENT_ID]);
  return {
    kind: 'airflow',
    state,
    phase: phaseOf(state),
    ...(webUrl ? { webUrl } : {}),
    ...(airflowVersion ? { airflowVersion } : {}),
    ...(marker ? { marker } : {}),
    ...(clientId ? { clientId } : {}),
    clientSecret: maskedSecret(variables, CLIENT_SECRET),
    usesEntra: airflow.enableAADIntegration !== false,
    gitSync: isJsonObject(airflow.gitSyncProperties),
  };
}

/** `properties.typeProperties.airflowProperties`, if it is an object. */
export function airflowProperties(body: JsonObject): JsonObject | undefined {
  const properties = body.properties;
  const typeProperties = isJsonObject(properties) ? properties.typeProperties : undefined;
  const airflow = isJsonObject(typeProperties) ? typeProperties.airflowProperties : undefined;
  return isJsonObject(airflow) ? airflow : undefined;
}

function maskedSecret(variables: JsonObject, name: string): MaskedSecret {
  const value = variables[name];
  if (value === undefined) return { kind: 'absent' };
  if (isMasked(value) || typeof value !== 'string' || value === '') return { kind: 'unreadable' };
  return { kind: 'readable', value: new Secret(value) };
}

function phaseOf(state: string): RuntimePhase {
  const word = state.toLowerCase();
  if (READY.has(word)) return 'ready';
  if (FAILED.has(word)) return 'failed';
  if (DELETING.has(word)) return 'deleting';
  return WAITING.has(word) ? 'waiting' : 'stalled';
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' && !isMasked(value) ? value : undefined;
}
