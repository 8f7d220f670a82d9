import { isSecretName, secretName } from './backendNames.js';
import type { JsonObject } from './json.js';

/**
 * The vault's name for an Airflow variable.
 *
 * Returns why there is none where the kwargs switch variables off (`variables_prefix: null`) or the name is one that
 * Key Vault does not take.
 *
 * @param release of the provider; absent: a later one
 */
export function canarySecretName(
  kwargs: JsonObject,
  variable: string,
  release?: string,
): { readonly name: string } | { readonly why: string } {
  const { variables_prefix: prefix = 'airflow-variables', sep = '-' } = kwargs;
  if (prefix === null) return { why: 'variables_prefix is null, so the back end looks up no variables' };
  if (typeof prefix !== 'string' || typeof sep !== 'string') {
    return { why: 'variables_prefix or sep is not text' };
  }
  const name = secretName(prefix, sep, variable, release);
  return isSecretName(name) ? { name } : { why: `Key Vault does not take the name ${name}` };
}
