import type { JsonObject } from '../values/json.js';
import { isSecretName, secretName } from './backendNames.js';

/**
 * The vault's name for an Airflow variable.
 *
 * Returns why there is none where the kwargs switch variables off (`variables_prefix: null`) or the name is one that
 * Key Vault does not take. Null is the same in every release that has the class: each leaves a prefix that is `None` as it is
 * and then looks nothing up (https://github.com/apache/airflow/blob/main/providers/microsoft/azure/src/airflow/providers/microsoft/azure/secrets/key_vault.py
 * and its history; the class of 1.x, which has another path, failed at it).
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
