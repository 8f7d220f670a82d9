import { describe, expect, it } from 'vitest';
import { deploy } from '../evaluate/deploy.js';
import {
  AIRFLOW,
  airflow,
  checkParameters,
  declared,
  factory,
  OPERATOR,
  operator,
  READER,
  type Values,
  values,
  words,
} from './rules.js';

const faults = (over: Values, definitions = {}) =>
  checkParameters({ values: { ...values, ...over }, declared, definitions });
const network = (appSubnetPrefix: string, endpointsSubnetPrefix: string) => ({
  privateEndpoints: true,
  appSubnetPrefix,
  endpointsSubnetPrefix,
});
const topics = (existingSystemTopics: Values, over: Values = {}) => ({ existingSystemTopics, ...over });

describe('the rules on parameters', () => {
  it('take what is right', () => {
    expect(words(faults({}))).toEqual([]);
  });

  it.each<[Values, string]>([
    // What the template asks for, where variables bring it.
    [{ location: 'moon' }, "location: 'moon' is none of australiaeast, "],
    [{ durableBackEnd: 'x' }, "durableBackEnd: 'x' is none of AzureStorage, DurableTaskScheduler"],
    [{ environmentName: 'e'.repeat(33) }, 'has 33 characters, not 1 to 32'],
    [{ name: 'a' }, 'name: "a" has 1 characters, not 2 to 16'],
    [{ factories: [] }, 'factories: [] has 0 entries, not at least 1'],
    [{ maximumInstanceCount: 1_001 }, 'maximumInstanceCount: 1001 is not 40 to 1000'],
    // Names.
    [{ environmentName: 'my_env' }, "environmentName: 'my_env' is not of letters, digits and hyphens, with"],
    [{ environmentName: 'prod.' }, "environmentName: 'prod.' is not of"],
    [{ name: 'air_lock' }, "name: 'air_lock' is not of letters, digits and hyphens, with a letter first"],
    [{ name: '1airlock' }, "name: '1airlock' is not of"],
    [{ name: 'airlock-' }, "name: 'airlock-' is not of"],
    [{ name: 'mywindows' }, "name: 'mywindows' has the reserved word windows"],
    [{ environmentName: 'Microsoft-1' }, "environmentName: 'Microsoft-1' has the reserved word Microsoft"],
    [
      { resourceGroupName: 'rg-microsoft' },
      "resourceGroupName: 'rg-microsoft' has the reserved word microsoft",
    ],
    [{ resourceGroupName: 'rg airlock' }, "resourceGroupName: 'rg airlock' is not of"],
    [{ resourceGroupName: 'rg-airlock.' }, "resourceGroupName: 'rg-airlock.' is not of"],
    [{ resourceGroupName: 'RG-Sales' }, 'would be RG-Sales, which holds factories or vaults of yours'],
    [{ environmentName: 'sales' }, 'would be rg-sales, which holds factories or vaults of yours'],
    [{ factories: [factory('rg sales', 'adf')] }, "factories[0].resourceGroup: 'rg sales' is not of"],
    [{ factories: [factory('rg-sales', 'adf_sales')] }, "factories[0].factory: 'adf_sales' is not of"],
    [{ factories: [factory('rg-sales', 'adf--sales')] }, "factories[0].factory: 'adf--sales' is not of"],
    [operator({ name: 'contoso_ops' }), "operatorVaults[0].name: 'contoso_ops' is not of"],
    [operator({ name: '1contoso' }), "operatorVaults[0].name: '1contoso' is not of"],
    [airflow({ name: 'contoso--airflow' }), "airflowVaults[0].name: 'contoso--airflow' is not of"],
    [operator({ external: ['airflow_sp'] }), "operatorVaults[0].external[0]: 'airflow_sp' is not of"],
    [operator({ referenced: ['a/b'] }), "operatorVaults[0].referenced[0]: 'a/b' is not of"],
    [operator({ minted: ['s'.repeat(120)] }), 'is not of 1 to 119 letters, digits and hyphens'],
    [airflow({ canaries: ['a_b'] }), "airflowVaults[0].canaries[0]: 'a_b' is not of"],
    // Twice, and in two ways.
    [
      { factories: [factory('rg-sales', 'adf-sales'), factory('rg-sales', 'ADF-Sales')] },
      'factories: rg-sales/ADF-Sales is there twice (case is ignored)',
    ],
    [{ factories: [factory('rg-sales'), factory('rg-sales')] }, 'factories: all of rg-sales is there twice'],
    [
      { factories: [factory('RG-Sales', 'adf-sales')] },
      'operatorVaults[0].resourceGroup: the resource group rg-sales is written RG-Sales in factories[0]',
    ],
    [
      { operatorVaults: [OPERATOR, { ...OPERATOR, name: 'Contoso-Ops' }] },
      'operatorVaults: Contoso-Ops is there twice (case is ignored)',
    ],
    [
      { airflowVaults: [AIRFLOW, { ...AIRFLOW, name: 'Contoso-Ops' }] },
      'airflowVaults[1].name: the vault Contoso-Ops is written contoso-ops in operatorVaults[0].name',
    ],
    [{ airflowVaults: [AIRFLOW, AIRFLOW] }, 'airflowVaults: contoso-airflow is there twice'],
    [
      { airflowVaults: [{ ...AIRFLOW, name: 'contoso-ops', resourceGroup: 'rg-other' }] },
      'the vault contoso-ops is in rg-other, but in operatorVaults[0].name it is in rg-sales',
    ],
    [{ alertEmails: ['a@b.example', 'A@b.example'] }, 'alertEmails: A@b.example is there twice'],
    [operator({ external: ['other-sp', 'Other-SP'] }), 'operatorVaults[0].external: Other-SP is there twice'],
    [operator({ external: ['Airflow-SP'] }), 'Airflow-SP of contoso-ops is minted by the app and listed as'],
    [operator({ referenced: ['airflow-sp'] }), 'airflow-sp of contoso-ops is minted by the app and listed'],
    [
      operator({ referenced: ['other-sp'] }),
      'other-sp of contoso-ops is listed under external and referenced',
    ],
    [
      operator({ external: ['airflow-sp-pending'] }),
      'airflow-sp-pending of contoso-ops is the name of the pending secret',
    ],
    [airflow({ canaries: ['a', 'A'] }), 'airflowVaults[0].canaries: A is there twice'],
    [airflow({ readers: [READER, READER.toUpperCase()] }), 'airflowVaults[0].readers: 0B3F51C8'],
    [airflow({ readers: ['00000000-0000-0000-0000-000000000000'] }), "readers[0]: '00000000-"],
    [airflow({ readers: ['airflow'] }), "airflowVaults[0].readers[0]: 'airflow' is no object id"],
    // Options.
    [
      { httpAuth: 'appService' },
      "signInClientId: it is empty, and with httpAuth = 'appService' nobody could",
    ],
    [{ httpAuth: 'appService', signInClientId: 'app' }, "signInClientId: 'app' is no client id"],
    [{ sweepEveryHours: 5 }, "sweepEveryHours: '5' is none of 1, 2, 3, 4, 6, 8, 12"],
    [{ purgeSchedule: '0 30 */6 * *' }, "purgeSchedule: '0 30 */6 * *' is no NCRONTAB"],
    [{ operatorsGroupId: 'operators' }, "operatorsGroupId: 'operators' is no object id"],
    [{ purgeSchedule: '0 60 3 * * *' }, "purgeSchedule: '0 60 3 * * *' is no NCRONTAB"],
    [{ alertEmails: ['ops'] }, "alertEmails: 'ops' is no mail address"],
    [
      { alertEmails: ['a@b.example; c@d.example'] },
      "alertEmails: 'a@b.example; c@d.example' is no mail address",
    ],
    [
      { alwaysReady: 14, maximumInstanceCount: 40 },
      'alwaysReady: 14 of each of 3 groups are 42 instances, of at most 40',
    ],
    [{ logDailyCapGb: 0 }, 'logDailyCapGb: 0 would keep no log'],
    [{ tags: { 'cost%center': 'x' } }, "tags['cost%center']: Azure takes no such tag"],
    [{ tags: { owner: 7 } }, "tags['owner']: Azure takes no such tag"],
    // Event sources.
    [
      topics({ 'rg-slaes': 'topic' }),
      "existingSystemTopics['rg-slaes']: no source of events is called rg-slaes",
    ],
    [
      topics({ subscription: 'topic' }),
      "existingSystemTopics['subscription']: no source of events is called",
    ],
    [topics({ 'rg-sales': 'my topic' }), `existingSystemTopics['rg-sales']: "my topic" is no name`],
    [
      topics({ 'rg-sales': 'topic' }, operator({ name: 'rg-sales' })),
      "existingSystemTopics['rg-sales']: rg-sales is a resource group and a vault",
    ],
    [
      topics(
        { subscription: 'topic' },
        { eventSource: 'subscription', ...operator({ name: 'subscription' }) },
      ),
      "existingSystemTopics['subscription']: subscription is a subscription and a vault",
    ],
    // Network.
    [network('10.20.0.0', '10.20.1.0/24'), "appSubnetPrefix: '10.20.0.0' is no subnet"],
    [network('10.20.0.7/24', '10.20.1.0/24'), "appSubnetPrefix: '10.20.0.7/24' is no subnet"],
    [network('10.20.0.0/24', '10.20.1.256/24'), "endpointsSubnetPrefix: '10.20.1.256/24' is no subnet"],
    [network('10.20.0.0/28', '10.20.1.0/24'), 'appSubnetPrefix: /28 is too small for Flex Consumption'],
    [network('10.20.0.0/24', '10.20.1.0/29'), 'endpointsSubnetPrefix: /29 has 8 addresses, 12 are needed'],
    [network('10.20.0.0/23', '10.20.1.0/24'), 'endpointsSubnetPrefix: 10.20.1.0/24 overlaps appSubnetPrefix'],
  ])('find %j', (over, sentence) => {
    const all = faults(over);

    expect(words(all).filter((text) => text.includes(sentence))).toHaveLength(1);
    for (const { file, remedy } of all) {
      expect(file).toBe('infra/main.bicepparam');
      expect(remedy).not.toBe('');
    }
  });

  it.each<[string, Values]>([
    ['a vault that both sides use', { airflowVaults: [{ ...AIRFLOW, name: 'contoso-ops' }] }],
    ['a topic of a resource group', topics({ 'RG-sales': 'its-topic' })],
    ['the topic of the subscription', topics({ subscription: 'its-topic' }, { eventSource: 'subscription' })],
    ['App Service with a registration', { httpAuth: 'appService', signInClientId: READER }],
    ['schedules with names and lists', { purgeSchedule: '0 0,30 8-18/2 * jan-mar MON-FRI' }],
    ['subnets side by side', network('10.20.0.0/27', '10.20.0.32/28')],
    ['subnets that nobody uses', { appSubnetPrefix: 'none' }],
    ['a group and a factory in it', { factories: [factory('rg-sales'), factory('rg-sales', 'adf-sales')] }],
    ['no limit for logs', { logDailyCapGb: -1 }],
  ])('take %s', (_what, over) => {
    expect(words(faults(over))).toEqual([]);
  });

  it('count what the templates make', () => {
    const made = deploy({ privateEndpoints: true, alwaysReady: 13, maximumInstanceCount: 40 });
    const endpoints = made.filter(({ type }) => type === 'Microsoft.Network/privateEndpoints').length;
    const text = JSON.stringify(made.find(({ type }) => type === 'Microsoft.Web/sites')?.body);
    const ready = [...text.matchAll(/"instanceCount":(\d+)/g)].reduce((sum, [, n]) => sum + Number(n), 0);

    // A subnet of 16 addresses, of which Azure keeps 5; and 39 of 40 instances.
    expect([endpoints + 5, ready]).toEqual([12, 39]);
    expect(words(faults({ alwaysReady: 13, maximumInstanceCount: 40 }))).toEqual([]);
    expect(words(faults({ ...network('10.20.0.0/24', '10.20.1.0/28') }))).toEqual([]);
  });

  it('hold entries to the types of the template', () => {
    const definitions = {
      vault: { type: 'object', properties: { name: { type: 'string', minLength: 3, maxLength: 24 } } },
    };
    const operatorVaults = { items: { $ref: '#/definitions/vault' } };
    const all = checkParameters({
      values: { ...values, ...operator({ name: 'v'.repeat(25) }) },
      declared: { operatorVaults },
      definitions,
    });

    expect(words(all)).toEqual([
      `operatorVaults[0].name: "${'v'.repeat(25)}" has 25 characters, not 3 to 24`,
    ]);
  });
});
