/** Lists that name one thing twice: Azure compares names without regard to case, while Bicep takes two for two. */
import { inParameters, isId, isSame } from './faults.mjs';

/** @import { OperatorVault, Values } from '../bicep.mjs' */
/** @typedef {{ place: string, name: string }} Named */
/** @typedef {Named & { resourceGroup: string }} NamedVault */

/**
 * Faults of lists: of factories, vaults, secrets, readers, addresses.
 *
 * @param {Values} values
 */
export function checkLists({ factories, operatorVaults, airflowVaults, alertEmails }) {
  const groups = [
    ...factories.map((one, i) => ({ place: `factories[${i}].resourceGroup`, name: one.resourceGroup })),
    ...operatorVaults.map((one, i) => ({
      place: `operatorVaults[${i}].resourceGroup`,
      name: one.resourceGroup,
    })),
    ...airflowVaults.map((one, i) => ({
      place: `airflowVaults[${i}].resourceGroup`,
      name: one.resourceGroup,
    })),
  ];
  const vaults = [
    ...operatorVaults.map(({ name, resourceGroup }, i) => ({
      place: `operatorVaults[${i}].name`,
      name,
      resourceGroup,
    })),
    ...airflowVaults.map(({ name, resourceGroup }, i) => ({
      place: `airflowVaults[${i}].name`,
      name,
      resourceGroup,
    })),
  ];
  return [
    ...spelledApart(groups, 'resource group'),
    ...spelledApart(vaults, 'vault'),
    ...inTwoGroups(vaults),
    ...twice(
      factories.map(({ resourceGroup, factory }) =>
        factory == null ? `all of ${resourceGroup}` : `${resourceGroup}/${factory}`,
      ),
      'factories',
    ),
    ...twice(
      operatorVaults.map(({ name }) => name),
      'operatorVaults',
    ),
    ...twice(
      airflowVaults.map(({ name }) => name),
      'airflowVaults',
    ),
    ...twice(alertEmails, 'alertEmails'),
    ...operatorVaults.flatMap(secretsOf),
    ...airflowVaults.flatMap((vault, i) => [
      ...twice(vault.canaries, `airflowVaults[${i}].canaries`),
      ...twice(vault.readers, `airflowVaults[${i}].readers`),
      ...vault.readers.flatMap((reader, j) => ofReader(reader, `airflowVaults[${i}].readers[${j}]`)),
    ]),
  ];
}

/**
 * A secret has one writer: the app, or somebody else. What the app mints has a pending secret beside it, whose name is taken.
 *
 * @param {OperatorVault} vault
 * @param {number} i
 */
function secretsOf({ name, minted, external, referenced }, i) {
  const place = `operatorVaults[${i}]`;
  const pending = minted.map((one) => `${one}-pending`);
  const others = [...external, ...referenced];
  /**
   * @param {string[]} list
   * @param {string[]} wanted
   */
  const find = (list, wanted) => list.filter((one) => wanted.some((other) => isSame(one, other)));
  return [
    ...Object.entries({ minted, external, referenced }).flatMap(([key, list]) =>
      twice(list, `${place}.${key}`),
    ),
    ...find(others, minted).map((one) =>
      inParameters(
        `${place}.minted`,
        `${one} of ${name} is minted by the app and listed as another secret as well`,
        'leave it under minted alone',
      ),
    ),
    ...find(external, referenced).map((one) =>
      inParameters(
        `${place}.external`,
        `${one} of ${name} is listed under external and referenced`,
        'leave it under external alone: that role reads it as well',
      ),
    ),
    ...find([...minted, ...others], pending).map((one) =>
      inParameters(
        `${place}.minted`,
        `${one} of ${name} is the name of the pending secret in which a minted value waits`,
        'take it out of the list; the pending secret is found by itself',
      ),
    ),
  ];
}

/**
 * @param {string} reader
 * @param {string} place
 */
function ofReader(reader, place) {
  return isId(reader)
    ? []
    : [
        inParameters(
          place,
          `'${reader}' is no object id`,
          "name Airflow's service principal: az ad sp show --id <client id> --query id",
        ),
      ];
}

/**
 * @param {string[]} list
 * @param {string} place
 */
function twice(list, place) {
  return list
    .filter((one, i) => list.findIndex((other) => isSame(one, other)) !== i)
    .map((one) => inParameters(place, `${one} is there twice (case is ignored)`, 'leave one'));
}

/**
 * @param {Named[]} all
 * @param {string} kind
 */
function spelledApart(all, kind) {
  return all.flatMap(({ place, name }) => {
    const first = all.find((other) => isSame(other.name, name));
    return first === undefined || first.name === name
      ? []
      : [
          inParameters(
            place,
            `the ${kind} ${name} is written ${first.name} in ${first.place}`,
            'write it one way',
          ),
        ];
  });
}

/** @param {NamedVault[]} vaults */
function inTwoGroups(vaults) {
  return vaults.flatMap(({ place, name, resourceGroup }) => {
    const first = vaults.find((other) => isSame(other.name, name));
    return first === undefined || isSame(first.resourceGroup, resourceGroup)
      ? []
      : [
          inParameters(
            place,
            `the vault ${name} is in ${resourceGroup}, but in ${first.place} it is in ${first.resourceGroup}`,
            `az keyvault show --name ${name} --query resourceGroup`,
          ),
        ];
  });
}
