/**
 * The properties of an integration runtime of type `Airflow`: what a write stores, what a read gives back, and what
 * the processes get from them.
 */

export type Json = Record<string, unknown>;

/**
 * How a read shows the values of variables with secret-looking names, or whole containers of settings. The documented service
 * shows everything in clear.
 */
export const MASKINGS = [
  'clear',
  'null',
  'asterisks',
  'empty',
  'omitted',
  'partly',
  'secureString',
  'containersNull',
  'containersOmitted',
  'containersEmpty',
  'containersMasked',
] as const;
export type Masking = (typeof MASKINGS)[number];

const READ_ONLY = ['airflowWebUrl', 'pythonVersion'] as const;
const SECRET_NAME = /(?:^|_)(?:SECRET|PASSWORD|TOKEN|API_KEY|FERNET_KEY)$/i;
const VARIABLES = ['airflowEnvironmentVariables', 'airflowConfigurationOverrides'] as const;
const CONTAINERS = [...VARIABLES, 'airflowRequirements'] as const;

export interface ProcessSettings {
  readonly airflowVersion: string;
  readonly environment: Record<string, string>;
  readonly requirements: string[];
  readonly enableAADIntegration: boolean;
  readonly userName: string | null;
  readonly password: string | null;
}

export function asRecord(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}

function airflowPropertiesOf(properties: Json): Json {
  return asRecord(asRecord(properties['typeProperties'])['airflowProperties']);
}

/** What is wrong with the properties of a write, or `undefined`. */
export function complaint(properties: Json): string | undefined {
  const airflow = asRecord(properties['typeProperties'])['airflowProperties'];
  if (!isRecord(asRecord(properties['typeProperties'])['computeProperties'])) {
    return "The required property 'computeProperties' is missing.";
  }
  if (!isRecord(airflow)) return "The required property 'airflowProperties' is missing.";
  if (text(asRecord(airflow)['airflowVersion']) === null) {
    return "The required property 'airflowVersion' is missing.";
  }
  for (const key of VARIABLES) {
    const given = asRecord(airflow)[key];
    if (given !== undefined && given !== null && !isRecord(given))
      return `The property '${key}' must be an object.`;
  }
  return undefined;
}

/** The properties as stored: what the service says itself is left out, whatever the write sent. */
export function stored(properties: Json): Json {
  const { state: _state, ...kept } = properties;
  const airflow = airflowPropertiesOf(kept);
  for (const key of READ_ONLY) delete airflow[key];
  return { ...kept, typeProperties: { ...asRecord(kept['typeProperties']), airflowProperties: airflow } };
}

/** The properties as a read shows them: without passwords, with the service's own values. */
export function shown(properties: Json, webHost: string, state: string, masking: Masking): Json {
  const { password: _password, userName, gitSyncProperties, ...airflow } = airflowPropertiesOf(properties);
  const { credential: _credential, ...git } = asRecord(gitSyncProperties);
  const masked = masking.startsWith('containers')
    ? Object.fromEntries(
        CONTAINERS.filter((key) => key in airflow).map((key) => [key, hidden(airflow[key], masking)]),
      )
    : Object.fromEntries(
        VARIABLES.filter((key) => isRecord(airflow[key])).map((key) => [
          key,
          mask(asRecord(airflow[key]), masking),
        ]),
      );
  const version = text(airflow['airflowVersion']) ?? '';
  const airflowProperties = {
    packageProviderPath: 'plugins',
    enableTriggerers: false,
    ...airflow,
    ...masked,
    ...(text(userName) === null ? {} : { userName }),
    ...(isRecord(gitSyncProperties) ? { gitSyncProperties: git } : {}),
    pythonVersion: pythonOf(version),
    airflowWebUrl: `https://${webHost}/login/`,
  };
  return {
    ...properties,
    typeProperties: { ...asRecord(properties['typeProperties']), airflowProperties },
    state,
  };
}

/** What the processes are started with. */
export function processSettings(properties: Json): ProcessSettings {
  const airflow = airflowPropertiesOf(properties);
  return {
    airflowVersion: text(airflow['airflowVersion']) ?? '',
    environment: Object.fromEntries(
      VARIABLES.flatMap((key) => Object.entries(asRecord(airflow[key])))
        .filter(([, value]) => value !== null && value !== undefined)
        .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
    ),
    requirements: requirements(airflow['airflowRequirements']),
    enableAADIntegration: airflow['enableAADIntegration'] !== false,
    userName: text(airflow['userName']),
    password: text(airflow['password']),
  };
}

/** The write-only values that a stored runtime holds. */
export function writeOnlyValues(properties: Json): { password: string | null; gitCredential: string | null } {
  const airflow = airflowPropertiesOf(properties);
  return {
    password: text(airflow['password']),
    gitCredential: text(asRecord(airflow['gitSyncProperties'])['credential']),
  };
}

/** Names of variables whose stored value is nothing but asterisks: somebody wrote a mask back. */
export function maskedNames(properties: Json): string[] {
  const airflow = airflowPropertiesOf(properties);
  return VARIABLES.flatMap((key) => Object.entries(asRecord(airflow[key])))
    .filter(([, value]) => typeof value === 'string' && /^\*+$/.test(value))
    .map(([name]) => name);
}

/** One text for equal settings, whatever the order of their keys. */
export function fingerprint(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isRecord(inner)
      ? Object.fromEntries(Object.entries(asRecord(inner)).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function mask(variables: Json, masking: Masking): Json {
  if (masking === 'clear') return variables;
  const entries = Object.entries(variables).filter(
    ([name]) => masking !== 'omitted' || !SECRET_NAME.test(name),
  );
  return Object.fromEntries(
    entries.map(([name, value]) => [name, SECRET_NAME.test(name) ? maskOf(value, masking) : value]),
  );
}

function maskOf(value: unknown, masking: Masking): unknown {
  switch (masking) {
    case 'null':
      return null;
    case 'empty':
      return '';
    case 'partly':
      return `${String(value).slice(0, 2)}****`;
    case 'secureString':
      return { type: 'SecureString', value: '******' };
    default:
      return '******';
  }
}

/** A whole container as a read hides it; `undefined` is left out of the body. */
function hidden(container: unknown, masking: Masking): unknown {
  switch (masking) {
    case 'containersNull':
      return null;
    case 'containersOmitted':
      return undefined;
    case 'containersEmpty':
      return Array.isArray(container) ? [] : {};
    default:
      return '****';
  }
}

/** A list, or one text with commas between requirements (not those inside brackets or version ranges). */
function requirements(given: unknown): string[] {
  if (Array.isArray(given)) return given.filter((one): one is string => typeof one === 'string');
  const whole = text(given);
  if (whole === null) return [];
  return whole
    .split(/,(?![^[\]]*\])\s*(?=[A-Za-z])/)
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

function pythonOf(airflowVersion: string): string {
  const [major = 0, minor = 0] = airflowVersion.split('.').map(Number);
  return major >= 3 || minor >= 10 ? '3.12' : '3.8';
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
