/**
 * The settings that Microsoft documents for an Airflow that reads Key Vault, and what else of Airflow's and the provider's
 * settings decides which vault is read with which identity.
 */

import { CLOUDS } from '../configuration/clouds.js';
import type { Profile } from '../configuration/profile.js';
import type { Json, JsonObject } from '../values/json.js';
import { stripRight } from './backendNames.js';

export const PROVIDER_PACKAGE = 'apache-airflow-providers-microsoft-azure';
export const BACKEND_CLASS = 'airflow.providers.microsoft.azure.secrets.key_vault.AzureKeyVaultBackend';
/** The class path of provider 1.x; Airflow does not start with it on later ones. */
export const OLD_BACKEND_CLASS =
  'airflow.providers.microsoft.azure.secrets.azure_key_vault.AzureKeyVaultBackend';

export const BACKEND = 'AIRFLOW__SECRETS__BACKEND';
export const BACKEND_KWARGS = 'AIRFLOW__SECRETS__BACKEND_KWARGS';
export const CLIENT_ID = 'AZURE_CLIENT_ID';
export const TENANT_ID = 'AZURE_TENANT_ID';
export const CLIENT_SECRET = 'AZURE_CLIENT_SECRET';
/** Name of the environment variable that names the credential by id (the marker). */
export const MARKER_VARIABLE = 'AIRLOCK_CREDENTIAL_ID';

/** The variables that the app sets. */
export const OWNED_VARIABLES: ReadonlySet<string> = new Set([
  BACKEND,
  BACKEND_KWARGS,
  CLIENT_ID,
  TENANT_ID,
  CLIENT_SECRET,
  MARKER_VARIABLE,
]);

/** Those of them that processes find in their environment only: they stand nowhere else. */
export const IDENTITY_VARIABLES = [CLIENT_ID, TENANT_ID, CLIENT_SECRET, MARKER_VARIABLE] as const;

/** kwargs with which newer providers choose an identity before they look at the environment. */
export const IDENTITY_KWARGS = [
  'client_id',
  'client_secret',
  'tenant_id',
  'managed_identity_client_id',
  'workload_identity_tenant_id',
] as const;

/** Other settings that configure the back end: they would win over ours, or are somebody's own set-up. */
const OVERRIDING = [
  /^AIRFLOW__SECRETS__BACKEND_KWARG__/,
  /^AIRFLOW__SECRETS__BACKEND(?:_KWARGS)?_(?:CMD|SECRET)$/,
  /^AIRFLOW__WORKERS__SECRETS_BACKEND(?:_KWARGS)?(?:_CMD|_SECRET)?$/,
  /^AIRFLOW__WORKERS__SECRETS_BACKEND_KWARG__/,
  // In no release yet whose documentation says how back ends are searched (up to 3.2.1: "not configurable"). One that has it
  // may leave ours out.
  /^AIRFLOW__(?:SECRETS|WORKERS)__(?:SECRETS_)?BACKENDS_ORDER$/,
];

/**
 * Whether a variable configures the secrets back end in one of Airflow's other ways, or is the name of one of ours in a
 * spelling of which nobody says what becomes of it.
 */
export function overridesBackend(variable: string, isOverride: boolean): boolean {
  const meant = meantBy(variable, isOverride);
  return (
    OVERRIDING.some((pattern) => pattern.test(meant)) || (meant !== variable && OWNED_VARIABLES.has(meant))
  );
}

/**
 * The name that somebody had in mind. Blanks may be taken off on the way to Airflow, or may not. A variable in another case is
 * another one to Linux, and Airflow asks for names in capitals alone; but what a service makes of a configuration override
 * before it is a variable is written nowhere, also of one as `secrets.backend`, the form that services' own pages show.
 */
function meantBy(variable: string, isOverride: boolean): string {
  const name = variable.trim();
  if (!isOverride) return name;
  const [, section, key] = /^([a-z]+)\.([a-z_]+)$/i.exec(name) ?? [];
  return (section === undefined ? name : `AIRFLOW__${section}__${key}`).toUpperCase();
}

/**
 * Whether a variable makes azure-identity take another identity, or ask another cloud, than the three variables say.
 * `AZURE_CLIENT_CERTIFICATE_PATH` and `AZURE_USERNAME` do not: `EnvironmentCredential` looks at a client secret first.
 */
export function choosesAnotherIdentity(variable: string, value: Json, profile: Profile): boolean {
  if (variable === 'AZURE_TOKEN_CREDENTIALS') {
    const chosen = typeof value === 'string' ? value.trim().toLowerCase() : undefined;
    return chosen === undefined || !['', 'prod', 'environmentcredential'].includes(chosen);
  }
  if (variable === 'AZURE_AUTHORITY_HOST') {
    return typeof value !== 'string' || !isAuthorityOf(value, profile.vault);
  }
  return false;
}

/** azure-identity takes an authority with and without its scheme. */
function isAuthorityOf(authority: string, vault: string): boolean {
  const text = authority.includes('://') ? authority : `https://${authority}`;
  if (!URL.canParse(text) || !URL.canParse(vault)) return false;
  const { origin } = new URL(text);
  const { hostname } = new URL(vault);
  return Object.values(CLOUDS).some(
    (cloud) => hostname.endsWith(cloud.vaultSuffix) && cloud.authorityHost === origin,
  );
}

/** The kwargs that a profile demands; the provider's own defaults are left out, as the documented procedure does. */
export function desiredKwargs(profile: Profile): JsonObject {
  return {
    connections_prefix: profile.connectionsPrefix,
    variables_prefix: profile.variablesPrefix,
    ...(profile.configPrefix === undefined ? {} : { config_prefix: profile.configPrefix }),
    ...(profile.separator === '-' ? {} : { sep: profile.separator }),
    vault_url: profile.vault,
  };
}

/** Whether a member of the kwargs chooses an identity; the provider takes an empty one for none. */
export function choosesIdentity(key: string, value: Json | undefined): boolean {
  return (
    IDENTITY_KWARGS.some((name) => name === key) && value !== undefined && value !== null && value !== ''
  );
}

/**
 * A user's kwargs with ours over them and no identity of their own. Kwargs that have the same effect in another
 * spelling stay as they are: writing them anew would restart Airflow and change nothing.
 */
export function mergedKwargs(existing: JsonObject, profile: Profile): JsonObject {
  const ours: JsonObject = {
    ...desiredKwargs(profile),
    // A separator that is there has to be set, also to the provider's default.
    ...(Object.hasOwn(existing, 'sep') ? { sep: profile.separator } : {}),
  };
  const theirs = Object.entries(existing).filter(([key, value]) => !choosesIdentity(key, value));
  const asWanted = Object.entries(ours).every(([key, wanted]) =>
    sameKwarg(key, kwargOf(existing, key), wanted, profile.separator),
  );
  return { ...Object.fromEntries(theirs), ...(asWanted ? {} : ours) };
}

/** What the provider takes where a kwarg is absent: the same in every release. */
const KWARG_DEFAULTS: Readonly<Record<string, string>> = {
  connections_prefix: 'airflow-connections',
  variables_prefix: 'airflow-variables',
  config_prefix: 'airflow-config',
  sep: '-',
};

/** What a kwarg is in effect: left out, it is the provider's default. */
export function kwargOf(kwargs: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(kwargs, key) ? kwargs[key] : KWARG_DEFAULTS[key];
}

/** Two values of one of our kwargs have the same effect: the back end strips separators from the end of a prefix. */
export function sameKwarg(key: string, there: Json | undefined, wanted: Json, separator: string): boolean {
  if (typeof there !== 'string' || typeof wanted !== 'string') return there === null && wanted === null;
  if (key === 'vault_url') return sameVault(there, wanted);
  if (key === 'sep') return there === wanted;
  return stripRight(there, separator) === stripRight(wanted, separator);
}

/** Two vault URLs name the same vault: host without case, a trailing slash or a default port does not count. */
export function sameVault(left: string, right: string): boolean {
  const [a, b] = [left, right].map((text) => (URL.canParse(text) ? new URL(text) : undefined));
  return a !== undefined && b !== undefined && a.origin === b.origin && bare(a) === bare(b);
}

function bare(url: URL): string {
  return `${stripRight(url.pathname, '/')}${url.search}${url.hash}`;
}
