/** Options that go together, and texts that only the service would read. */
import { inParameters, isId, isSame } from './faults.mjs';
import { isNcrontab } from './ncrontab.mjs';
import { checkNetwork } from './network.mjs';

/** @import { Values } from '../bicep.mjs' */

/** Groups of instances that alwaysReady counts for: durable functions, and each function that events reach. */
const READY_GROUPS = 3;

/**
 * Faults of options; texts are those that only a service would read.
 *
 * @param {Values} values
 */
export function checkOptions(values) {
  return [
    ...signIn(values),
    ...schedules(values),
    ...values.alertEmails
      .filter((one) => !/^[^\s@,;]+@[^\s@,;]+\.[^\s@.,;]+$/.test(one))
      .map((one) => inParameters('alertEmails', `'${one}' is no mail address`, 'one address an entry')),
    ...systemTopics(values),
    ...checkNetwork(values),
    ...operators(values),
    ...readyInstances(values),
    ...(values.logDailyCapGb === -1 || values.logDailyCapGb > 0
      ? []
      : [
          inParameters(
            'logDailyCapGb',
            `${values.logDailyCapGb} would keep no log, and no log alert fires`,
            '-1 for no limit, or 1 and more',
          ),
        ]),
    ...tagFaults(values.tags),
  ];
}

/** @param {Values} values */
function signIn({ httpAuth, signInClientId }) {
  const find = "az ad app list --display-name … --query '[].appId'";
  if (httpAuth !== 'appService' || isId(signInClientId)) return [];
  return signInClientId === ''
    ? [
        inParameters(
          'signInClientId',
          "it is empty, and with httpAuth = 'appService' nobody could sign in",
          `name the app registration: ${find}`,
        ),
      ]
    : [inParameters('signInClientId', `'${signInClientId}' is no client id`, find)];
}

/** @param {object} values */
function schedules(values) {
  return Object.entries(values)
    .filter(([name, value]) => name.endsWith('Schedule') && !isNcrontab(value))
    .map(([name, value]) =>
      inParameters(name, `'${value}' is no NCRONTAB`, "six fields, seconds first: '0 15 */6 * * *'"),
    );
}

/** @param {Values} values */
function operators({ operatorsGroupId }) {
  return operatorsGroupId === '' || isId(operatorsGroupId)
    ? []
    : [
        inParameters(
          'operatorsGroupId',
          `'${operatorsGroupId}' is no object id`,
          "az ad group show --group … --query id; '' for nobody",
        ),
      ];
}

/**
 * Together they must not be more than there may be.
 *
 * @param {Values} values
 */
function readyInstances({ alwaysReady, maximumInstanceCount }) {
  const all = alwaysReady * READY_GROUPS;
  return all <= maximumInstanceCount
    ? []
    : [
        inParameters(
          'alwaysReady',
          `${alwaysReady} of each of ${READY_GROUPS} groups are ${all} instances, of at most ${maximumInstanceCount}`,
          'lower it, or raise maximumInstanceCount',
        ),
      ];
}

/**
 * Each key must stand for one source that is subscribed to; one that stands for none would let a second topic be made.
 *
 * @param {Values} values
 */
function systemTopics({ existingSystemTopics, eventSource, factories, operatorVaults }) {
  const sources =
    eventSource === 'subscription'
      ? [{ kind: 'subscription', name: 'subscription' }]
      : factories.map(({ resourceGroup }) => ({ kind: 'resource group', name: resourceGroup }));
  sources.push(...operatorVaults.map(({ name }) => ({ kind: 'vault', name })));
  return Object.entries(existingSystemTopics).flatMap(([key, topic]) => {
    const place = `existingSystemTopics['${key}']`;
    const kinds = new Set(sources.filter(({ name }) => isSame(name, key)).map(({ kind }) => kind));
    const names = [...new Set(sources.map(({ name }) => name))].join(', ');
    return [
      ...(kinds.size > 1
        ? [
            inParameters(
              place,
              `${key} is a ${[...kinds].join(' and a ')}, so the topic would be taken for both`,
              'a source of another name cannot be told apart here: move the vault, or delete its system topic and leave the key out',
            ),
          ]
        : []),
      ...(kinds.size === 0
        ? [
            inParameters(
              place,
              `no source of events is called ${key}: there are ${names}`,
              `write the key as one of these (eventSource is '${eventSource}')`,
            ),
          ]
        : []),
      ...(typeof topic === 'string' && /^[a-z0-9-]{3,50}$/i.test(topic)
        ? []
        : [
            inParameters(
              place,
              `${JSON.stringify(topic)} is no name of a system topic`,
              'az eventgrid system-topic list --query [].name',
            ),
          ]),
    ];
  });
}

/** @param {Record<string, unknown>} tags */
function tagFaults(tags) {
  return Object.entries(tags)
    .filter(
      ([name, value]) =>
        typeof value !== 'string' || value.length > 256 || !/^[^<>%&\\?/]{1,512}$/.test(name),
    )
    .map(([name]) =>
      inParameters(
        `tags['${name}']`,
        'Azure takes no such tag',
        'at most 512 characters without <>%&\\?/ for the name, 256 for the value, which is a text',
      ),
    );
}
