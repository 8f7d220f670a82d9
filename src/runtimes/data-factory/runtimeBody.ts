/**
 * Reads the body of an integration runtime, as Resource Manager gives it. Nobody promises its shape (the type
 * `Airflow` is in no public model), so everything is looked at before it is believed.
 */

import type { Problem } from '../../domain/problems/problem.js';
import { runtimeFailed, runtimeStateUnknown, runtimeStopped } from '../../domain/runs/runProblems.js';
import { type AirflowSettings, CONTAINERS } from '../../domain/settings/airflowSettings.js';
import { shownText } from '../../domain/settings/masking.js';
import type { RuntimePhase, RuntimeView } from '../../domain/settings/snapshot.js';
import { suppliedBy } from '../../domain/settings/suppliedCredential.js';
import { isJsonObject, type JsonObject } from '../../domain/values/json.js';
import { airflowProperties } from './airflowProperties.js';
import { hiddenElsewhere } from './hiddenElsewhere.js';
import { WORDS } from './words.js';
import { neededValues } from './writeOnly.js';

/** Whether a runtime is an Airflow by its `properties.type`, which services spell in any case. */
export function isAirflow(type: string): boolean {
  return type.toLowerCase() === 'airflow';
}

const READY = new Set(['started']);
/** The state of one that is being made. */
const BEING_MADE = 'initial';
/** The empty one is that of a body that names none. */
const WAITING = new Set([
  '',
  BEING_MADE,
  'starting',
  'updating',
  'upgrading',
  'needregistration',
  'online',
  'limited',
]);
const FAILED = new Set(['failed', 'accessdenied', 'offline']);
const STOPPED = new Set(['stopped', 'stopping']);
const DELETING = new Set(['deleting', 'deleted']);

/**
 * What a runtime's body says. States are an open set: those of Data Factory's public list, and what the service says besides
 * (https://learn.microsoft.com/rest/api/datafactory/integration-runtimes/get-status#integrationruntimestate).
 *
 * @param name of the runtime, for people
 * @param etag of the body; empty where it came with none
 */
export function viewOf(body: JsonObject, name: string, etag = ''): RuntimeView {
  const properties = body['properties'];
  if (!isJsonObject(properties)) return unreadable(name, 'it has no properties');
  const type = shownText(properties['type']);
  if (type === undefined) return unreadable(name, 'properties.type is missing');
  if (!isAirflow(type)) return { kind: 'other', what: `an integration runtime of type ${type.slice(0, 60)}` };
  const airflow = airflowProperties(body);
  if (!airflow) return unreadable(name, 'typeProperties.airflowProperties is missing', true);

  const state = shownText(properties['state']) ?? '';
  const settings = settingsIn(airflow);
  const webUrl = shownText(airflow['airflowWebUrl']);
  const airflowVersion = shownText(airflow['airflowVersion']);
  const pythonVersion = shownText(airflow['pythonVersion']);
  const phase = phaseOf(state);
  return {
    kind: 'airflow',
    words: WORDS,
    settings,
    state,
    phase,
    ...(phase === 'failed' || phase === 'stalled' ? { ended: whyEnded(name, state) } : {}),
    beingMade: state.toLowerCase() === BEING_MADE,
    ...(webUrl ? { webUrl } : {}),
    ...(airflowVersion ? { airflowVersion } : {}),
    ...(pythonVersion ? { pythonVersion } : {}),
    ...suppliedBy(settings),
    dagsFromGit: isJsonObject(airflow['gitSyncProperties']),
    // Lists are long, and few of what they show is written.
    get hidden() {
      return hiddenElsewhere(body);
    },
    get needed() {
      return neededValues(airflow);
    },
    raw: body,
    guard: etag,
  };
}

function settingsIn(airflow: JsonObject): AirflowSettings {
  const shown = CONTAINERS.map((container) => [container, airflow[WORDS.settings[container]]] as const);
  return Object.fromEntries(shown.filter(([, value]) => value !== undefined));
}

function unreadable(name: string, why: string, saysAirflow = false): RuntimeView {
  return {
    kind: 'unreadable',
    problem: {
      code: 'runtimeUnreadable',
      message: `The answer of Resource Manager for ${name} is not the body of an integration runtime: ${why}.`,
      remedy:
        'Look at the runtime in Data Factory Studio; report the shape if it is a healthy Airflow runtime.',
    },
    saysAirflow,
  };
}

function phaseOf(state: string): RuntimePhase {
  const word = state.toLowerCase();
  if (READY.has(word)) return 'ready';
  if (FAILED.has(word)) return 'failed';
  if (DELETING.has(word)) return 'deleting';
  return WAITING.has(word) ? 'waiting' : 'stalled';
}

function whyEnded(name: string, state: string): Problem {
  const word = state.toLowerCase();
  if (STOPPED.has(word)) return runtimeStopped(name, state, WORDS);
  return FAILED.has(word) ? runtimeFailed(name, state, WORDS) : runtimeStateUnknown(name, state, WORDS);
}
