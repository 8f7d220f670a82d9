/**
 * Names that Azure would refuse, some of them only after other resources have been made
 * (https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules).
 */
import { inParameters, isSame } from './faults.mjs';

const HYPHENATED = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i;
/** @import { SecretList, Values } from '../bicep.mjs' */
/** @import { Fault } from './faults.mjs' */

/** @satisfies {Record<string, [RegExp, string]>} */
const RULES = {
  environmentName: [HYPHENATED, 'letters, digits and hyphens, with a letter or digit at both ends'],
  name: [
    /^[a-z]([a-z0-9-]*[a-z0-9])?$/i,
    'letters, digits and hyphens, with a letter first and no hyphen last',
  ],
  resourceGroup: [/^[\p{L}\p{N}_.()-]*[\p{L}\p{N}_()-]$/u, 'letters, digits and _ - . ( ), with no dot last'],
  factory: [/^[a-z0-9]+(-[a-z0-9]+)*$/i, 'letters, digits and single hyphens between them'],
  vault: [
    /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/i,
    'letters, digits and single hyphens between them, with a letter first',
  ],
  secret: [/^[a-z0-9-]{1,127}$/i, '1 to 127 letters, digits and hyphens'],
  // Its pending secret has eight characters more.
  minted: [/^[a-z0-9-]{1,119}$/i, '1 to 119 letters, digits and hyphens'],
};

/**
 * Words that no name may have in it (https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-reserved-resource-name).
 * Those that are reserved as a whole, or at the beginning, do not arise: each name here is part of a longer one.
 */
const RESERVED = /microsoft|windows/i;

/** @type {SecretList[]} */
const NOT_MINTED = ['external', 'referenced'];

/**
 * Faults of names, the compiled ones as well as those of what exists.
 *
 * @param {Values} values
 */
export function checkNames({
  environmentName,
  name,
  resourceGroupName,
  factories,
  operatorVaults,
  airflowVaults,
}) {
  const group = resourceGroupName || `rg-${environmentName}`;
  const yours = [...factories, ...operatorVaults, ...airflowVaults].map((one) => one.resourceGroup);
  return [
    ...broken(
      'environmentName',
      environmentName,
      'environmentName',
      'azd env new …; without azd: export AZURE_ENV_NAME=…',
    ),
    ...broken('name', name, 'name'),
    ...(resourceGroupName === '' ? [] : broken('resourceGroup', resourceGroupName, 'resourceGroupName')),
    ...reserved({ environmentName, name, resourceGroupName }),
    ...(yours.some((one) => isSame(one, group))
      ? [
          inParameters(
            'resourceGroupName',
            `the app's own resource group would be ${group}, which holds factories or vaults of yours: azd down would delete them`,
            "name another one, for example param resourceGroupName = 'rg-airlock'",
          ),
        ]
      : []),
    ...factories.flatMap(({ resourceGroup, factory }, i) => [
      ...broken('resourceGroup', resourceGroup, `factories[${i}].resourceGroup`),
      ...(factory == null ? [] : broken('factory', factory, `factories[${i}].factory`)),
    ]),
    ...operatorVaults.flatMap((vault, i) => [
      ...ofVault(vault, `operatorVaults[${i}]`),
      ...vault.minted.flatMap((one, j) => broken('minted', one, `operatorVaults[${i}].minted[${j}]`)),
      ...NOT_MINTED.flatMap((list) =>
        vault[list].flatMap((one, j) => broken('secret', one, `operatorVaults[${i}].${list}[${j}]`)),
      ),
    ]),
    ...airflowVaults.flatMap((vault, i) => [
      ...ofVault(vault, `airflowVaults[${i}]`),
      ...vault.canaries.flatMap((one, j) => broken('secret', one, `airflowVaults[${i}].canaries[${j}]`)),
    ]),
  ];
}

/**
 * @param {{ resourceGroup: string, name: string }} vault
 * @param {string} place
 */
function ofVault({ resourceGroup, name }, place) {
  return [
    ...broken('resourceGroup', resourceGroup, `${place}.resourceGroup`),
    ...broken('vault', name, `${place}.name`),
  ];
}

/**
 * @param {keyof typeof RULES} kind
 * @param {string} value
 * @param {string} place
 * @returns {Fault[]}
 */
function broken(kind, value, place, remedy = 'write its name as Azure shows it') {
  const [pattern, words] = RULES[kind];
  return pattern.test(value) ? [] : [inParameters(place, `'${value}' is not of ${words}`, remedy)];
}

/** @param {Record<string, string>} names */
function reserved(names) {
  return Object.entries(names)
    .filter(([, value]) => RESERVED.test(value))
    .map(([place, value]) =>
      inParameters(
        place,
        `'${value}' has the reserved word ${RESERVED.exec(value)?.[0]}, which Azure refuses in names`,
        'choose another name',
      ),
    );
}
