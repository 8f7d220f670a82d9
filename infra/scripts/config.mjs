/** What the scripts need of the app's configuration. `npm run config:check` says what is wrong with one. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** @typedef {{ vault: string, name: string }} Secret by the vault's address */
/** @typedef {{ clientId: string, tenantId: string, secret: Secret, rotation?: { strategy?: string } }} Credential */
/**
 * @typedef {object} Profile as far as the scripts read it
 * @property {string} name
 * @property {string} vault
 * @property {string | null} [variablesPrefix]
 * @property {string} [separator]
 * @property {{ subscription: string, resourceGroup?: string, factory?: string }[]} [runtimes]
 * @property {{ webServerPassword?: Secret, gitCredential?: Secret, variables?: Record<string, Secret> }} [writeOnly]
 * @property {{ login?: { kind?: string, password?: Secret }, proof?: { kind?: string, canary?: string }, importDags?: unknown }} [access]
 */
/**
 * @typedef {object} Configuration as far as the scripts read it
 * @property {Record<string, Credential>} [credentials]
 * @property {Profile[]} [profiles]
 * @property {{ topic?: string }} [events]
 * @property {string} [cloud]
 */
/** @typedef {ReturnType<typeof namedIn>} Named */
/** @typedef {Named['places'][number]} Place */

/**
 * Reads a configuration; see `namedIn`.
 *
 * @param {string} file
 */
export function readConfiguration(file) {
  return namedIn(parse(readFileSync(file, 'utf8')));
}

/**
 * What a configuration names: the applications whose secrets the app mints; the secrets that people set, by what they are
 * to the app; those that scripts make; where runtimes are, and what profiles ask for there.
 *
 * @param {Configuration | null} configuration
 */
export function namedIn(configuration) {
  const { credentials = {}, profiles = [], events, cloud = 'public' } = configuration ?? {};
  /** @param {Credential} credential */
  const isMinted = ({ rotation }) => rotation?.strategy === 'graph';
  const all = Object.values(credentials);
  const minted = unique(
    all.filter(isMinted).map(({ secret }) => secret),
    idOf,
  );
  const external = unique(
    all.filter((one) => !isMinted(one)).map(({ secret }) => secret),
    idOf,
  );
  const referenced = unique(profiles.flatMap(referencesOf), idOf);
  return {
    applications: unique(all.filter(isMinted).map(({ clientId }) => clientId)),
    clients: Object.entries(credentials).map(([name, { clientId, tenantId }]) => ({
      name,
      clientId,
      tenantId,
    })),
    minted,
    external,
    referenced,
    set: unique([...minted, ...external, ...referenced], idOf),
    pending: minted.map(({ vault, name }) => ({ vault, name: `${name}-pending` })),
    canaries: unique(profiles.flatMap(canaryOf), idOf),
    airflowVaults: unique(profiles.map(({ vault }) => vault)),
    places: profiles.flatMap(placesOf),
    topic: events?.topic ?? '',
    cloud,
  };
}

/**
 * Name of a vault by its address.
 *
 * @param {string} address
 */
export function vaultNameOf(address) {
  return new URL(address).hostname.replace(/\..*/, '');
}

/** @param {Secret} secret */
const idOf = ({ vault, name }) => `${vault}/${name}`;

/**
 * What a profile refers to: passwords, git credentials, hidden variables.
 *
 * @param {Profile} profile
 */
function referencesOf({ access, writeOnly = {} }) {
  const { webServerPassword, gitCredential, variables = {} } = writeOnly;
  const all = [access?.login?.password, webServerPassword, gitCredential, ...Object.values(variables)];
  return all.filter((one) => one !== undefined);
}

/**
 * Where a profile looks for runtimes, and what it asks for there; with the defaults of the app.
 *
 * @param {Profile} profile
 */
function placesOf({ name: profile, runtimes = [], access }) {
  return runtimes.map(({ subscription, resourceGroup = '*', factory = '*' }) => ({
    profile,
    subscription,
    resourceGroup,
    factory,
    login: access?.login?.kind ?? 'entra',
    importsDags: access?.importDags !== undefined,
  }));
}

/**
 * The canary's secret, named as the Key Vault back end of Airflow names a variable.
 *
 * @param {Profile} profile
 */
function canaryOf({ vault, variablesPrefix = 'airflow-variables', separator = '-', access }) {
  const { kind = 'challenge', canary = 'airlock-canary' } = access?.proof ?? {};
  if (kind !== 'challenge' || variablesPrefix === null) return [];
  // The back end strips the separator's characters, which are dashes.
  let prefix = variablesPrefix;
  while (separator !== '' && prefix.endsWith('-')) prefix = prefix.slice(0, -1);
  const full = prefix === '' ? canary : `${prefix}${separator}${canary}`;
  return [{ vault, name: full.replaceAll('_', separator) }];
}

/**
 * @template T
 * @param {T[]} list
 * @param {(one: T) => unknown} key
 */
function unique(list, key = (one) => one) {
  return [...new Map(list.map((one) => [key(one), one])).values()];
}
