/** What the scripts need of the app's configuration. `npm run config:check` says what is wrong with one. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** The applications whose secrets the app mints, and the secrets that roles are held on: those that people set, the rest. */
export function readConfiguration(file) {
  const { credentials = {}, profiles = [] } = parse(readFileSync(file, 'utf8')) ?? {};
  const minted = Object.values(credentials).filter(({ rotation }) => rotation?.strategy === 'graph');
  const pending = minted.map(({ secret }) => ({ vault: secret.vault, name: `${secret.name}-pending` }));
  const set = [...Object.values(credentials).map(({ secret }) => secret), ...profiles.flatMap(referencesOf)];
  return {
    applications: unique(minted.map(({ clientId }) => clientId)),
    set: unique(set, ({ vault, name }) => `${vault}/${name}`),
    pending: unique(pending, ({ vault, name }) => `${vault}/${name}`),
    canaries: unique(profiles.flatMap(canaryOf), ({ vault, name }) => `${vault}/${name}`),
  };
}

/** What a profile refers to: passwords, git credentials, hidden variables. */
function referencesOf({ access, writeOnly = {} }) {
  const { webServerPassword, gitCredential, variables = {} } = writeOnly;
  const all = [access?.login?.password, webServerPassword, gitCredential, ...Object.values(variables)];
  return all.filter((one) => one !== undefined);
}

/** The canary's secret, named as the Key Vault back end of Airflow names a variable. */
function canaryOf({ vault, variablesPrefix = 'airflow-variables', separator = '-', access }) {
  const { kind = 'challenge', canary = 'airlock-canary' } = access?.proof ?? {};
  if (kind !== 'challenge') return [];
  let prefix = variablesPrefix;
  while (separator !== '' && prefix.endsWith(separator)) prefix = prefix.slice(0, -separator.length);
  const full = prefix === '' ? canary : `${prefix}${separator}${canary}`;
  return [{ vault, name: full.replaceAll('_', separator) }];
}

function unique(list, key = (one) => one) {
  return [...new Map(list.map((one) => [key(one), one])).values()];
}
