/** Whether main.bicepparam gives the app its roles where profiles look for runtimes. */
import { inConfiguration, inParameters, isSame } from './faults.mjs';

/** @import { FactoryScope, Values } from '../bicep.mjs' */
/** @import { Place } from '../config.mjs' */
/** @typedef {Pick<Values, 'airflowLogin' | 'dagImports'>} Options */

/**
 * See `checkAgreement`.
 *
 * @param {Values} values
 * @param {Place[]} places
 * @param {string | undefined} subscription
 */
export function checkPlaces({ factories, airflowLogin, dagImports }, places, subscription) {
  /** @param {Place} place */
  const isHere = (place) => subscription === undefined || isSame(place.subscription, subscription);
  const here = places.filter(isHere);
  const elsewhere = [...new Set(places.filter((place) => !isHere(place)).map((place) => place.subscription))];
  if (here.length === 0 && elsewhere.length > 0)
    return {
      notes: [],
      faults: [
        inConfiguration(
          'profiles',
          `every runtime is in ${elsewhere.join(', ')}, but the subscription that is deployed to is ${subscription}`,
          'correct runtimes[].subscription, or deploy to that one: azd env set AZURE_SUBSCRIPTION_ID …',
        ),
      ],
    };
  return {
    notes: [
      ...elsewhere.map(
        (id) => `airlock.yaml names runtimes in the subscription ${id}: the templates give no role there`,
      ),
      ...here.flatMap((place) => notOnGroups(place, factories, { airflowLogin, dagImports })),
      ...widerThanUsed(here, { airflowLogin, dagImports }),
    ],
    faults: [
      ...here.flatMap((place) => [
        ...unreached(place, factories),
        ...notGiven(place, { airflowLogin, dagImports }),
      ]),
      ...factories.flatMap((entry, i) =>
        here.some((place) => covers(entry, place))
          ? []
          : [
              inParameters(
                `factories[${i}]`,
                `no profile of airlock.yaml reaches ${describe(entry)}: the app would hold roles that it does not use`,
                'take it out, or correct its name here or in airlock.yaml',
              ),
            ],
      ),
    ],
  };
}

/**
 * Whether an entry of `factories` lies where a profile looks.
 *
 * @param {FactoryScope} entry
 * @param {Place} place
 */
function covers({ resourceGroup, factory }, place) {
  return matches(place.resourceGroup, resourceGroup) && (factory == null || matches(place.factory, factory));
}

/**
 * @param {Place} place
 * @param {FactoryScope[]} factories
 */
function unreached(place, factories) {
  const entries = factories.filter((entry) => covers(entry, place));
  const where = `${place.resourceGroup}/${place.factory}`;
  const isPattern = `${place.resourceGroup}${place.factory}`.includes('*');
  if (entries.length === 0)
    return [
      inParameters(
        'factories',
        `the profile ${place.profile} looks for runtimes in ${where}, where the app would have no role`,
        'add that resource group and factory',
      ),
    ];
  if (isPattern && entries.every(({ factory }) => factory != null))
    return [
      inParameters(
        'factories',
        `the profile ${place.profile} matches ${where} by pattern: finding factories needs the role on their resource group`,
        'add an entry with that resource group and without factory',
      ),
    ];
  return [];
}

/**
 * Roles on the factory itself that a profile needs: by which parameter they are given, and with which values.
 *
 * @param {Place} place
 * @param {Options} options
 */
function neededOnFactory(place, { airflowLogin, dagImports }) {
  return [
    {
      parameter: 'airflowLogin',
      isNeeded: place.login === 'entra',
      isGiven: airflowLogin !== 'nobody',
      why: 'signs in to Airflow with Entra, for which Airflow wants Contributor on the factory',
      choose: "'app' or 'ownIdentity'",
    },
    {
      parameter: 'dagImports',
      isNeeded: place.importsDags,
      isGiven: dagImports !== 'none',
      why: 'imports DAGs, for which the app needs a role on the factory',
      choose: "'customRole' or 'dataFactoryContributor'",
    },
  ].filter(({ isNeeded }) => isNeeded);
}

/**
 * @param {Place} place
 * @param {Options} options
 */
function notGiven(place, options) {
  return neededOnFactory(place, options)
    .filter(({ isGiven }) => !isGiven)
    .map(({ parameter, why, choose }) =>
      inParameters(parameter, `the profile ${place.profile} ${why}`, `param ${parameter} = ${choose}`),
    );
}

/**
 * Notes: such a role is given on factories with a name alone, and on others somebody may have given it.
 *
 * @param {Place} place
 * @param {FactoryScope[]} factories
 * @param {Options} options
 */
function notOnGroups(place, factories, options) {
  if (factories.some((entry) => entry.factory != null && covers(entry, place))) return [];
  return neededOnFactory(place, options)
    .filter(({ isGiven }) => isGiven)
    .map(
      ({ why }) =>
        `the profile ${place.profile} ${why}; on a whole group it is not given: add each factory of ${place.resourceGroup} by its name as well`,
    );
}

/**
 * @param {Place[]} places
 * @param {Options} options
 */
function widerThanUsed(places, { airflowLogin, dagImports }) {
  return [
    ...(airflowLogin !== 'nobody' && !places.some(({ login }) => login === 'entra')
      ? [
          "airflowLogin gives Contributor on the factories, which no profile needs: param airflowLogin = 'nobody'",
        ]
      : []),
    ...(dagImports !== 'none' && !places.some(({ importsDags }) => importsDags)
      ? ["dagImports gives a role that no profile needs: param dagImports = 'none'"]
      : []),
  ];
}

/** @param {FactoryScope} entry */
function describe({ resourceGroup, factory }) {
  return factory == null ? `the resource group ${resourceGroup}` : `${resourceGroup}/${factory}`;
}

/**
 * As the app compares: * stands for any run of characters, case is ignored.
 *
 * @param {string} pattern
 * @param {string} name
 */
function matches(pattern, name) {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(name);
}
