import { describe, expect, it } from 'vitest';
import {
  AIRFLOW,
  airflow,
  checkAgreement,
  factory,
  namedIn,
  OPERATOR,
  operator,
  READER,
  type Values,
  values,
  words,
} from './rules.js';

describe('the rules on configuration and parameters', () => {
  const HERE = '3c8d1b6e-52fa-4e07-9b14-d6a0c7e8f215';
  const ELSEWHERE = '9d8c7b6a-52fa-4e07-9b14-d6a0c7e8f215';
  const ops = 'https://contoso-ops.vault.azure.net';
  const ids = { tenantId: '7e2f4c1a-90b3-4d58-8a6e-1f0c5d9b2e31', clientId: READER };
  const credentials = {
    reader: { ...ids, secret: { vault: ops, name: 'airflow-sp' }, rotation: { strategy: 'graph' } },
    other: { ...ids, secret: { vault: ops, name: 'other-sp' } },
  };
  const place = { subscription: HERE, resourceGroup: 'rg-sales', factory: 'adf-sales' };
  const profile = {
    name: 'sales',
    runtimes: [place],
    vault: 'https://contoso-airflow.vault.azure.net',
    credential: 'reader',
    access: { importDags: { linkedService: 'blob', folderPath: 'airflow' } },
    writeOnly: { webServerPassword: { vault: ops, name: 'airflow-web' } },
  };
  const events = { topic: 'https://made-by-the-templates.eventgrid.azure.net/api/events' };
  const configuration = { version: 1, events, credentials, profiles: [profile] };
  const agreement = (over: Values, more: object = {}) =>
    checkAgreement({ ...values, ...over }, namedIn({ ...configuration, ...more }), HERE);
  const only = (more: object) => ({ profiles: [{ ...profile, ...more }] });
  const at = (more: object) => only({ runtimes: [{ ...place, ...more }] });

  it('find nothing where both agree, whether or not the subscription is known', () => {
    expect(agreement({})).toEqual({ faults: [], notes: [] });
    expect(checkAgreement(values, namedIn(configuration))).toEqual({ faults: [], notes: [] });
  });

  it.each<[string, Values, object, string]>([
    [
      'a minted secret',
      operator({ minted: [], external: ['other-sp', 'airflow-sp'] }),
      {},
      'operatorVaults[0].minted: airlock.yaml names airflow-sp of contoso-ops, for which no role would be given',
    ],
    [
      'an external secret',
      operator({ external: [] }),
      {},
      'operatorVaults[0].external: airlock.yaml names other-sp of contoso-ops, for which no role',
    ],
    [
      'a secret that a profile refers to',
      operator({ referenced: [] }),
      {},
      'operatorVaults[0].referenced: airlock.yaml names airflow-web of contoso-ops, for which no role',
    ],
    [
      'a canary',
      airflow({ canaries: ['airflow-variables-other'] }),
      {},
      'airflowVaults[0].canaries: airlock.yaml names airflow-variables-airlock-canary of contoso-airflow, for',
    ],
    [
      "the operator's vault",
      operator({ name: 'contoso-old' }),
      {},
      'operatorVaults: airlock.yaml names airflow-sp of the vault contoso-ops, which is not there',
    ],
    [
      'the vault that Airflow reads',
      airflow({ name: 'contoso-old' }),
      {},
      'airflowVaults: airlock.yaml names airflow-variables-airlock-canary of the vault contoso-airflow, which is',
    ],
    [
      'a vault without a canary',
      airflow({ name: 'contoso-old' }),
      only({ access: { ...profile.access, proof: { kind: 'dag', dagId: 'd' } } }),
      'airflowVaults: airlock.yaml names the vault contoso-airflow, which is not there',
    ],
    [
      'a factory',
      { factories: [factory('rg-sales', 'adf-other')] },
      {},
      'factories: the profile sales looks for runtimes in rg-sales/adf-sales, where the app would have no role',
    ],
    [
      'factories by pattern',
      {},
      at({ factory: 'adf-*' }),
      'factories: the profile sales matches rg-sales/adf-* by pattern: finding factories needs the role on',
    ],
    [
      'a login with Entra',
      { airflowLogin: 'nobody' },
      {},
      'airflowLogin: the profile sales signs in to Airflow with Entra, for which Airflow wants Contributor',
    ],
    [
      'imports of DAGs',
      { dagImports: 'none' },
      {},
      'dagImports: the profile sales imports DAGs, for which the app needs a role on the factory',
    ],
    [
      'a topic that the templates do not make',
      { customTopic: false },
      {},
      'events.topic: it stands for the topic that the templates make, but customTopic is false',
    ],
    [
      'no topic, with alerts',
      {},
      { events: undefined },
      'events.topic: it is not there: the app tells nothing, and three of the alerts never fire',
    ],
    [
      'another cloud',
      {},
      { cloud: 'usGovernment' },
      'cloud: it is usGovernment, but the templates are for the public cloud',
    ],
    [
      'another subscription',
      {},
      at({ subscription: ELSEWHERE }),
      `profiles: every runtime is in ${ELSEWHERE}, but the subscription that is deployed to is ${HERE}`,
    ],
    [
      "the example's ids",
      {},
      {
        credentials: {
          ...credentials,
          reader: { ...credentials.reader, clientId: READER.replace(/[^-]/g, '2') },
        },
      },
      'credentials.reader.clientId: 22222222-2222-2222-2222-222222222222 is the example',
    ],
    // The reverse.
    [
      'a secret that nothing names',
      operator({ referenced: ['airflow-web', 'old'] }),
      {},
      'operatorVaults[0].referenced: airlock.yaml does not name the secret old of contoso-ops as referenced',
    ],
    [
      'a credential that is minted there and external here',
      operator({ minted: ['airflow-sp', 'other-sp'], external: [] }),
      {},
      'operatorVaults[0].minted: airlock.yaml does not name the secret other-sp of contoso-ops as minted',
    ],
    [
      'a canary that nothing names',
      airflow({ canaries: [...AIRFLOW.canaries, 'old'] }),
      {},
      'airflowVaults[0].canaries: airlock.yaml does not name the secret old of contoso-airflow as a canary',
    ],
    [
      'a vault that nothing names',
      {
        operatorVaults: [
          OPERATOR,
          { ...OPERATOR, name: 'contoso-old', minted: [], external: [], referenced: [] },
        ],
      },
      {},
      'operatorVaults[1]: airlock.yaml does not name the vault contoso-old',
    ],
    [
      'a vault that no profile reads',
      { airflowVaults: [AIRFLOW, { ...AIRFLOW, name: 'contoso-old', canaries: [] }] },
      {},
      'airflowVaults[1]: airlock.yaml does not name the vault contoso-old',
    ],
    [
      'a factory that no profile reaches',
      { factories: [factory('rg-sales', 'adf-sales'), factory('rg-old', 'adf-old')] },
      {},
      'factories[1]: no profile of airlock.yaml reaches rg-old/adf-old',
    ],
    [
      'a resource group that no profile reaches',
      { factories: [factory('rg-sales', 'adf-sales'), factory('rg-old')] },
      {},
      'factories[1]: no profile of airlock.yaml reaches the resource group rg-old',
    ],
  ])('find %s', (_what, over, more, sentence) => {
    const all = agreement(over, more).faults;

    expect(words(all).filter((text) => text.includes(sentence))).toHaveLength(1);
    for (const { remedy } of all) expect(remedy).not.toBe('');
  });

  it('compare names as Azure does, and patterns as the app does', () => {
    const { faults: none } = agreement(
      {
        ...operator({ name: 'Contoso-Ops', minted: ['Airflow-SP'] }),
        factories: [factory('RG-Sales'), factory('RG-Sales', 'ADF-Sales')],
      },
      at({ factory: 'adf-*' }),
    );

    expect(words(none)).toEqual([]);
  });

  it('want no list of what a role on the whole vault reaches, but of what events tell of', () => {
    const over = {
      rolesOnSecrets: false,
      ...operator({ minted: [], referenced: [] }),
      ...airflow({ canaries: ['a'] }),
    };

    expect(words(agreement(over).faults).map((text) => text.split(': ')[0])).toEqual([
      'operatorVaults[0].minted',
      'airflowVaults[0].canaries',
    ]);
  });

  it('want no canary where no profile has one', () => {
    const proof = { kind: 'dag', dagId: 'd' };
    const without = only({ access: { ...profile.access, proof } });

    expect(words(agreement(airflow({ canaries: [] }), without).faults)).toEqual([]);
    expect(words(agreement({}, without).faults)).toEqual([
      expect.stringContaining('airlock.yaml does not name the secret airflow-variables-airlock-canary'),
    ]);
  });

  it('only note a role that no group is given: somebody may have given it on each factory', () => {
    expect(agreement({ factories: [factory('rg-sales')] })).toEqual({
      faults: [],
      notes: [
        'the profile sales signs in to Airflow with Entra, for which Airflow wants Contributor on the factory; on a whole group it is not given: add each factory of rg-sales by its name as well',
        expect.stringMatching(/^the profile sales imports DAGs, .+ by its name as well$/),
      ],
    });
  });

  it('only note what is wider than needed, or elsewhere', () => {
    const password = { vault: ops, name: 'airflow-web' };
    const signsIn = { access: { login: { kind: 'password', userName: 'u', password } } };
    const more = only({ ...signsIn, runtimes: [place, { ...place, subscription: ELSEWHERE }] });

    expect(agreement({}, more)).toEqual({
      faults: [],
      notes: [
        `airlock.yaml names runtimes in the subscription ${ELSEWHERE}: the templates give no role there`,
        expect.stringContaining("param airflowLogin = 'nobody'"),
        expect.stringContaining("param dagImports = 'none'"),
      ],
    });
  });
});
