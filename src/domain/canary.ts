import type { JsonObject } from './json.js';

const KEY_VAULT_NAME = /^[0-9A-Za-z-]{1,127}$/;

/**
 * The vault's name for an Airflow variable, as the back end builds it:
 * `f"{prefix.rstrip(sep)}{sep}{id}".replace("_", sep)`, without a separator where the prefix is empty.
 *
 * Returns why there is none where the kwargs switch variables off (`variables_prefix: null`) or the name is one that
 * Key Vault does not take.
 */
export function canarySecretName(
  kwargs: JsonObject,
  variable: string,
): { readonly name: string } | { readonly why: string } {
  const { variables_prefix: prefix = 'airflow-variables', sep = '-' } = kwargs;
  if (prefix === null) return { why: 'variables_prefix is null, so the back end looks up no variables' };
  if (typeof prefix !== 'string' || typeof sep !== 'string') {
    return { why: 'variables_prefix or sep is not text' };
  }
  const trimmed = stripRight(prefix, sep);
  const full = trimmed === '' ? variable : `${trimmed}${sep}${variable}`;
  const name = full.replaceAll('_', sep);
  return KEY_VAULT_NAME.test(name) ? { name } : { why: `Key Vault does not take the name ${name}` };
}

/** Python's `text.rstrip(characters)`. */
export function stripRight(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text[end - 1] ?? '\0')) end--;
  return text.slice(0, end);
}
