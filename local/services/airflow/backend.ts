/**
 * The secrets back end that an Airflow process loads from its environment, by the rules of Airflow's
 * `get_custom_secret_backend` and of the provider's `AzureKeyVaultBackend`
 * (https://airflow.apache.org/docs/apache-airflow-providers-microsoft-azure/stable/secrets-backends/azure-key-vault.html).
 */

const KEY_VAULT_CLASS = 'airflow.providers.microsoft.azure.secrets.key_vault.AzureKeyVaultBackend';
const PROVIDER = 'apache-airflow-providers-microsoft-azure';

interface ServicePrincipal {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface KeyVaultBackend {
  readonly kind: 'loaded';
  readonly className: string;
  readonly vaultUrl: string;
  /** Null: variables are not looked up. */
  readonly variablesPrefix: string | null;
  readonly separator: string;
  /** Releases before 5.0.0 begin names with a separator where the prefix is empty. */
  readonly leads: boolean;
  /** What it logs in with; undefined where the environment has no complete principal. */
  readonly identity: ServicePrincipal | undefined;
}

export type Backend =
  | { readonly kind: 'none' }
  /** The process gets an exception instead: for a server, Airflow does not start. */
  | { readonly kind: 'broken'; readonly errorType: string }
  | KeyVaultBackend;

export interface Processes {
  readonly airflowVersion: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly requirements: readonly string[];
}

/** Whether the version is `major.minor` or newer. */
export function atLeast(airflowVersion: string, major: number, minor: number): boolean {
  const [hasMajor = 0, hasMinor = 0] = airflowVersion.split('.').map(Number);
  return hasMajor > major || (hasMajor === major && hasMinor >= minor);
}

/** The back end of a web server or scheduler (`server`), or of a task (`worker`: Airflow 3 has settings for those alone). */
export function loadBackend(processes: Processes, role: 'server' | 'worker'): Backend {
  const { environment, airflowVersion } = processes;
  const forWorkers = role === 'worker' && atLeast(airflowVersion, 3, 0);
  const own = forWorkers ? environment['AIRFLOW__WORKERS__SECRETS_BACKEND'] : undefined;
  const prefix = own ? 'AIRFLOW__WORKERS__SECRETS_BACKEND' : 'AIRFLOW__SECRETS__BACKEND';
  const className = environment[prefix];
  if (!className) return { kind: 'none' };
  const provider = providerOf(processes.requirements);
  if (className !== KEY_VAULT_CLASS || provider === undefined || !provider.hasClass) {
    return { kind: 'broken', errorType: 'AirflowConfigException' };
  }
  const kwargs = { ...kwargsOf(environment[`${prefix}_KWARGS`]) };
  if (atLeast(airflowVersion, 3, 2)) Object.assign(kwargs, singleKwargs(environment, `${prefix}_KWARG__`));
  return instantiate(className, kwargs, processes, provider.leads);
}

/** The vault's name for an Airflow variable: `f"{prefix}{sep}{id}".replace("_", sep)`. */
export function secretName(prefix: string, separator: string, variable: string, leads: boolean): string {
  const path = prefix === '' && !leads ? variable : `${prefix}${separator}${variable}`;
  return path.replaceAll('_', separator);
}

function instantiate(
  className: string,
  kwargs: Record<string, unknown>,
  processes: Processes,
  leads: boolean,
): Backend {
  const { environment, airflowVersion } = processes;
  const { sep = '-', vault_url: vaultUrl = '' } = kwargs;
  const prefixes = ['connections_prefix', 'variables_prefix', 'config_prefix'].map((name) => kwargs[name]);
  // `prefix.rstrip(sep)` raises for anything but text; None is left alone.
  if (prefixes.some((prefix) => prefix !== undefined && prefix !== null && typeof prefix !== 'string')) {
    return { kind: 'broken', errorType: 'AttributeError' };
  }
  if (typeof sep !== 'string') return { kind: 'broken', errorType: 'TypeError' };
  const { variables_prefix: given = 'airflow-variables' } = kwargs;
  return {
    kind: 'loaded',
    className,
    vaultUrl: typeof vaultUrl === 'string' ? vaultUrl : '',
    variablesPrefix: typeof given === 'string' ? stripRight(given, sep) : null,
    separator: sep,
    leads,
    identity: principal(kwargs, airflowVersion) ?? principalOf(environment),
  };
}

/** Malformed kwargs, or kwargs that are no object, mean no kwargs: Airflow logs a warning and goes on. */
function kwargsOf(text: string | undefined): Record<string, unknown> {
  if (!text) return {};
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : {};
  } catch {
    return {};
  }
}

/** Airflow 3.2 and newer take kwargs one by one as well; they win over the JSON, and their values are plain text. */
function singleKwargs(environment: Processes['environment'], prefix: string): Record<string, string> {
  const entries = Object.entries(environment).filter(([name]) => name.startsWith(prefix) && name !== prefix);
  return Object.fromEntries(entries.map(([name, value]) => [name.slice(prefix.length).toLowerCase(), value]));
}

/** kwargs can name an identity of their own since the providers of Airflow 2.8; older ones do not look at them. */
function principal(kwargs: Record<string, unknown>, airflowVersion: string): ServicePrincipal | undefined {
  if (!atLeast(airflowVersion, 2, 8)) return undefined;
  const { tenant_id: tenantId, client_id: clientId, client_secret: clientSecret } = kwargs;
  if (typeof tenantId !== 'string' || typeof clientId !== 'string' || typeof clientSecret !== 'string') {
    return undefined;
  }
  return tenantId && clientId && clientSecret ? { tenantId, clientId, clientSecret } : undefined;
}

function principalOf(environment: Processes['environment']): ServicePrincipal | undefined {
  const { AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET } = environment;
  if (!AZURE_TENANT_ID || !AZURE_CLIENT_ID || !AZURE_CLIENT_SECRET) return undefined;
  return { tenantId: AZURE_TENANT_ID, clientId: AZURE_CLIENT_ID, clientSecret: AZURE_CLIENT_SECRET };
}

interface Provider {
  /** The class came with release 3.4.0. */
  readonly hasClass: boolean;
  readonly leads: boolean;
}

/** What a pinned release of the provider does differently; one without a pin is a later one. */
function providerOf(requirements: readonly string[]): Provider | undefined {
  const requirement = requirements.find((one) => {
    const name = /^\s*([A-Za-z0-9][A-Za-z0-9._-]*)/.exec(one)?.[1] ?? '';
    return name.toLowerCase().replace(/[-_.]+/g, '-') === PROVIDER;
  });
  if (requirement === undefined) return undefined;
  const pinned = /==\s*(\d+(?:\.\d+)*)/.exec(requirement)?.[1] ?? '99';
  return { hasClass: atLeast(pinned, 3, 4), leads: !atLeast(pinned, 5, 0) };
}

/** Python's `text.rstrip(characters)`. */
function stripRight(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text[end - 1] ?? '\0')) end -= 1;
  return text.slice(0, end);
}
