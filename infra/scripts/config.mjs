/** What the scripts need of the app's configuration. `npm run config:check` says what is wrong with one. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** The applications whose secrets the app mints, the secrets that roles are held on, the canaries. */
export function readConfiguration(file) {
  const { credentials = {}, profiles = [] } = parse(readFileSync(file, 'utf8')) ?? {};
  const minted = Object.values(credentials).filter(({ rotation }) => rotation?.strategy === 'graph');
  const pending = minted.map(({ secret }) => ({ vault: secret.vault, name: `${secret.name}-pending` }));
  const canaries = profiles.flatMap(canaryOf);
  return {
    applications: unique(minted.map(({ clientId }) => clientId)),
    pending: unique(pending, ({ vault, name }) => `${vault}/${name}`),
    canaries: unique(canaries, ({ vault, name }) => `${vault}/${name}`),
  };
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
