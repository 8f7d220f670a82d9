/** What the scripts need of the app's configuration. `npm run config:check` says what is wrong with one. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** Reads a configuration; see `namedIn`. */
export function readConfiguration(file) {
  return namedIn(parse(readFileSync(file, 'utf8')));
}

/**
 * What a configuration names: the applications whose secrets the app mints; the secrets that people set, by what they are
 * to the app; those that scripts make; where runtimes are, and what profiles ask for there.
 */
function namedIn(configuration) {
  const { credentials = {}, profiles = [], events, cloud = 'public' } = configuration ?? {};
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

/** Name of a vault by its address. */
export function vaultNameOf(address) {
  return new URL(address).hostname.split('.')[0];
}

const idOf = ({ vault, name }) => `${vault}/${name}`;

/** What a profile refers to: passwords, git credentials, hidden variables. */
function referencesOf({ access, writeOnly = {} }) {
  const { webServerPassword, gitCredential, variables = {} } = writeOnly;
  const all = [access?.login?.password, webServerPassword, gitCredential, ...Object.values(variables)];
  return all.filter((one) => one !== undefined);
}

/** Where a profile looks for runtimes, and what it asks for there; with the defaults of the app. */
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

/** The canary's secret, named as the Key Vault back end of Airflow names a variable. */
function canaryOf({ vault, variablesPrefix = 'airflow-variables', separator = '-', access }) {
  const { kind = 'challenge', canary = 'airlock-canary' } = access?.proof ?? {};
  if (kind !== 'challenge' || variablesPrefix === null) return [];
  // The back end strips the separator's characters, which are dashes.
  let prefix = variablesPrefix;
  while (separator !== '' && prefix.endsWith('-')) prefix = prefix.slice(0, -1);
  const full = prefix === '' ? canary : `${prefix}${separator}${canary}`;
  return [{ vault, name: full.replaceAll('_', separator) }];
}

function unique(list, key = (one) => one) {
  return [...new Map(list.map((one) => [key(one), one])).values()];
}
