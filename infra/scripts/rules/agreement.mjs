/** What the configuration names and main.bicepparam does not, and the reverse: there the app gets its roles. */
import { vaultNameOf } from '../config.mjs';
import { inConfiguration, inParameters, isId, isSame } from './faults.mjs';
import { checkPlaces } from './places.mjs';

/** @import { AirflowVault, OperatorVault, SecretList, Values } from '../bicep.mjs' */
/** @import { Named, Secret } from '../config.mjs' */
/** @typedef {SecretList | 'canaries'} List of secrets, in a vault's entry */
/** @typedef {OperatorVault | AirflowVault} Vault */
/**
 * A secret that the app has to have a role on.
 *
 * @typedef {object} Wanted
 * @property {string} vault its name
 * @property {string} name
 * @property {List} list where it belongs
 * @property {List[]} lists that would do
 * @property {boolean} [isHeldByVault]
 */

/** @type {SecretList[]} */
const SECRET_LISTS = ['minted', 'external', 'referenced'];

/** The topic that the templates replace by the one that they make, as main.bicep has it. */
const PLACEHOLDER = 'https://made-by-the-templates.eventgrid.azure.net/api/events';

/**
 * @param {Values} values parameters by name
 * @param {Named} named what the configuration names (`namedIn`)
 * @param {string | undefined} subscription id of the subscription that is deployed to; `undefined` where it is not known yet
 */
export function checkAgreement(values, named, subscription) {
  const places = checkPlaces(values, named.places, subscription);
  return {
    notes: places.notes,
    faults: [
      ...places.faults,
      ...ofOperatorVaults(values, named),
      ...ofAirflowVaults(values, named),
      ...ofTopic(values, named.topic),
      ...ofCloud(named.cloud),
      ...named.clients.flatMap(({ name, ...ids }) =>
        Object.entries(ids)
          .filter(([, id]) => !isId(id))
          .map(([key, id]) =>
            inConfiguration(
              `credentials.${name}.${key}`,
              `${id} is the example's`,
              'az ad app list --display-name … shows the client id, az account show the tenant',
            ),
          ),
      ),
    ],
  };
}

/**
 * @param {Values} values
 * @param {Named} named
 */
function ofOperatorVaults({ operatorVaults: vaults, rolesOnSecrets }, { minted, external, referenced }) {
  const wanted = [
    ...wantedIn('minted', minted),
    ...wantedIn('external', external),
    // A role for renewing or reading a credential reads as well.
    ...wantedIn('referenced', referenced, SECRET_LISTS).map((secret) => ({
      ...secret,
      isHeldByVault: !rolesOnSecrets,
    })),
  ];
  return [
    ...missing(wanted, vaults, 'operatorVaults'),
    ...vaults.flatMap((vault, i) =>
      SECRET_LISTS.flatMap((list) =>
        vault[list]
          .filter(
            (name) =>
              !wanted.some(
                (one) => isSame(one.vault, vault.name) && isSame(one.name, name) && one.lists.includes(list),
              ),
          )
          .map((name) => unused(`operatorVaults[${i}].${list}`, `the secret ${name} of ${vault.name}`, list)),
      ),
    ),
    ...unusedVaults(vaults, wanted, 'operatorVaults'),
  ];
}

/**
 * @param {SecretList} list
 * @param {Secret[]} secrets
 * @param {SecretList[]} lists
 * @returns {Wanted[]}
 */
function wantedIn(list, secrets, lists = [list]) {
  return secrets.map(({ vault, name }) => ({ vault: vaultNameOf(vault), name, list, lists }));
}

/**
 * @param {Values} values
 * @param {Named} named
 */
function ofAirflowVaults({ airflowVaults: vaults, rolesOnSecrets }, { canaries, airflowVaults }) {
  /** @type {Wanted[]} */
  const wanted = canaries.map(({ vault, name }) => ({
    vault: vaultNameOf(vault),
    name,
    list: 'canaries',
    lists: ['canaries'],
    isHeldByVault: !rolesOnSecrets,
  }));
  const read = airflowVaults.map((vault) => ({ vault: vaultNameOf(vault) }));
  const known = vaults.map(({ name }) => name);
  return [
    ...missing(wanted, vaults, 'airflowVaults'),
    ...read
      .filter(
        ({ vault }) =>
          !wanted.some((one) => isSame(one.vault, vault)) && !known.some((name) => isSame(name, vault)),
      )
      .map(({ vault }) =>
        inParameters('airflowVaults', `${CONFIGURED} the vault ${vault}, which is not there`, 'add it'),
      ),
    ...vaults.flatMap((vault, i) => {
      const here = wanted.filter((one) => isSame(one.vault, vault.name));
      return vault.canaries
        .filter((name) => !here.some((one) => isSame(one.name, name)))
        .map((name) =>
          unused(`airflowVaults[${i}].canaries`, `the secret ${name} of ${vault.name}`, 'a canary'),
        );
    }),
    ...unusedVaults(vaults, read, 'airflowVaults'),
  ];
}

const CONFIGURED = 'airlock.yaml names';

/**
 * Secrets without a role: their vault is not there, or they are not in the list that gives it (or the whole vault does).
 *
 * @param {Wanted[]} wanted
 * @param {Vault[]} vaults
 * @param {string} place
 */
function missing(wanted, vaults, place) {
  return wanted.flatMap((secret) => {
    const i = vaults.findIndex(({ name }) => isSame(name, secret.vault));
    const vault = vaults[i];
    if (vault === undefined)
      return [
        inParameters(
          place,
          `${CONFIGURED} ${secret.name} of the vault ${secret.vault}, which is not there`,
          `add the vault, with '${secret.name}' in ${secret.list}`,
        ),
      ];
    const held = secret.lists.flatMap((list) => listOf(vault, list));
    return secret.isHeldByVault || held.some((name) => isSame(name, secret.name))
      ? []
      : [
          inParameters(
            `${place}[${i}].${secret.list}`,
            `${CONFIGURED} ${secret.name} of ${secret.vault}, for which no role would be given`,
            `add '${secret.name}'`,
          ),
        ];
  });
}

/**
 * @param {Vault} vault
 * @param {List} list
 * @returns {string[]}
 */
function listOf(vault, list) {
  return /** @type {Partial<Record<List, string[]>>} */ (vault)[list] ?? [];
}

/**
 * @param {string} place
 * @param {string} what
 * @param {string} list
 */
function unused(place, what, list) {
  return inParameters(
    place,
    `airlock.yaml does not name ${what} as ${list}: the role on it could not be given or would not be used`,
    'take it out of the list, or name it in airlock.yaml',
  );
}

/**
 * @param {Vault[]} vaults
 * @param {{ vault: string }[]} wanted
 * @param {string} place
 */
function unusedVaults(vaults, wanted, place) {
  return vaults
    .map((vault, i) => ({ vault, i }))
    .filter(({ vault }) => !wanted.some((one) => isSame(one.vault, vault.name)))
    .map(({ vault, i }) =>
      inParameters(
        `${place}[${i}]`,
        `airlock.yaml does not name the vault ${vault.name}`,
        'take it out, or name it in airlock.yaml',
      ),
    );
}

/**
 * The topic of the configuration is written in by the templates, where they make one and the placeholder is there.
 *
 * @param {Values} values
 * @param {string} topic
 */
function ofTopic({ customTopic, alertEmails, configuration }, topic) {
  if (!customTopic && topic === PLACEHOLDER)
    return [
      inConfiguration(
        'events.topic',
        'it stands for the topic that the templates make, but customTopic is false',
        'leave customTopic out, or name a topic of yours',
      ),
    ];
  if (customTopic && alertEmails.length > 0 && configuration !== '' && topic === '')
    return [
      inConfiguration(
        'events.topic',
        'it is not there: the app tells nothing, and three of the alerts never fire',
        `events: { topic: ${PLACEHOLDER} }, or param customTopic = false`,
      ),
    ];
  return [];
}

/**
 * Names of zones, roles and endpoints in the templates are those of the public cloud.
 *
 * @param {string} cloud
 */
function ofCloud(cloud) {
  return cloud === 'public'
    ? []
    : [
        inConfiguration(
          'cloud',
          `it is ${cloud}, but the templates are for the public cloud`,
          'cloud: public',
        ),
      ];
}
