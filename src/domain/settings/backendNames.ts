/**
 * How the back end makes the vault's name of a connection, variable or option, and what Key Vault takes: the rules of
 * `AzureKeyVaultBackend` of the Microsoft provider (`__init__`, `build_path`) and
 * https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#objects-identifiers-and-versioning.
 */
import { FIRST_WITHOUT_LEADING_SEPARATOR } from '../requirements/providerReleases.js';
import { compareVersions } from '../values/version.js';

const KEY_VAULT_NAME = /^[0-9A-Za-z-]{1,127}$/;
const KEY_VAULT_CHARACTERS = /^[0-9A-Za-z-]*$/;

/**
 * The vault's name for an id: `f"{prefix.rstrip(sep)}{sep}{id}".replace("_", sep)`. An empty prefix takes no separator;
 * before release 5.0.0 it did, and names began with one.
 *
 * @param release of the provider; absent: a later one
 */
export function secretName(prefix: string, separator: string, id: string, release?: string): string {
  const trimmed = stripRight(prefix, separator);
  const leads = release !== undefined && compareVersions(release, FIRST_WITHOUT_LEADING_SEPARATOR) < 0;
  const path = trimmed === '' && !leads ? id : `${trimmed}${separator}${id}`;
  return path.replaceAll('_', separator);
}

/** Whether Key Vault takes a name: 1 to 127 letters, digits and dashes. */
export function isSecretName(name: string): boolean {
  return KEY_VAULT_NAME.test(name);
}

/** Whether names that begin so can be in a vault, after what the back end does to the prefix. */
export function canBegin(prefix: string, separator: string): boolean {
  return KEY_VAULT_CHARACTERS.test(prefix.replaceAll('_', separator));
}

/** Python's `text.rstrip(characters)`. */
export function stripRight(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text[end - 1] ?? '\0')) end--;
  return text.slice(0, end);
}
