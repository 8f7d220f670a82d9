/** Whether the names that the back end makes by a profile are ones that a vault can hold. */

import { excludesFrom } from '../domain/requirements/pins.js';
import { FIRST_WITH_CLASS } from '../domain/requirements/providerReleases.js';
import { canBegin } from '../domain/settings/backendNames.js';
import { BACKEND_CLASS, PROVIDER_PACKAGE } from '../domain/settings/backendSettings.js';
import { canarySecretName } from '../domain/settings/canary.js';
import type { Finding, Path } from './problems.js';
import type { ProfileFile } from './schema.js';

const PREFIXES = ['connectionsPrefix', 'variablesPrefix', 'configPrefix'] as const;

/** What is wrong with a profile's prefixes, its separator and its canary. */
export function nameFindings(profile: ProfileFile, path: Path): readonly Finding[] {
  const { separator, variablesPrefix, access } = profile;
  const findings = PREFIXES.flatMap((key): Finding[] => {
    const prefix = profile[key];
    if (prefix === undefined || prefix === null || canBegin(prefix, separator)) return [];
    return [
      {
        path: [...path, key],
        message: `With ${key} ${prefix}, every name begins with ${prefix.replaceAll('_', separator)}, and Key Vault takes letters, digits and dashes alone: nothing would ever be found.`,
        remedy: 'Use letters, digits, - and _ (of which the back end makes the separator).',
      },
    ];
  });
  if (findings.length > 0 || !('canary' in access.proof)) return findings;
  if (variablesPrefix === null) {
    const message =
      'variablesPrefix is null: the back end looks up no variables, and the check DAG reads one.';
    const remedy =
      'Give variablesPrefix a text ("" for names without a prefix), or prove access with a DAG of your own: access.proof.kind: dag.';
    return [{ path: [...path, 'variablesPrefix'], message, remedy }];
  }
  const kwargs = { variables_prefix: variablesPrefix, sep: separator };
  const canary = canarySecretName(kwargs, access.proof.canary);
  if ('name' in canary) return [];
  return [
    {
      path: [...path, 'access', 'proof', 'canary'],
      message: `The canary has no name in the vault: ${canary.why}.`,
      remedy: 'Shorten it, or the prefix: a name in a vault has at most 127 characters.',
    },
  ];
}

/** Whether the requirement that a profile names has the back end in it. */
export function requirementFindings({ requirement }: ProfileFile, path: Path): readonly Finding[] {
  if (requirement === undefined || !excludesFrom(requirement, FIRST_WITH_CLASS)) return [];
  return [
    {
      path: [...path, 'requirement'],
      message: `Releases before ${FIRST_WITH_CLASS} have no class ${BACKEND_CLASS}: Airflow would not start.`,
      remedy: `Leave requirement out, so that the app chooses one that fits, or name a later one: ${PROVIDER_PACKAGE}==6.2.0.`,
    },
  ];
}
