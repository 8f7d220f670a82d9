import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/domain/values/json.js';
import {
  BACKEND_CLASS,
  bodyOf,
  CREDENTIAL,
  KWARGS,
  mergedOf,
  PROFILE,
  planBody,
  planOf,
  REPLACING,
} from './bodies.js';

const conflicting: [label: string, code: string, airflow: JsonObject][] = [
  ['another back end', 'otherBackend', { airflowEnvironmentVariables: { AIRFLOW__SECRETS__BACKEND: 'x.Y' } }],
  ...['"', "'"].map((quote): [string, string, JsonObject] => [
    `the class in ${quote}`,
    'valueWrapped',
    { airflowEnvironmentVariables: { AIRFLOW__SECRETS__BACKEND: `${quote}${BACKEND_CLASS}${quote}` } },
  ]),
  ...[` ${BACKEND_CLASS}`, `${BACKEND_CLASS}\n`, `" ${BACKEND_CLASS}"`].map(
    (text): [string, string, JsonObject] => [
      `the class as ${JSON.stringify(text)}`,
      'valueWrapped',
      { airflowEnvironmentVariables: { AIRFLOW__SECRETS__BACKEND: text } },
    ],
  ),
  ...[`'${KWARGS}'`, JSON.stringify(KWARGS), `"${KWARGS}"`].map((text): [string, string, JsonObject] => [
    `kwargs as ${text}`,
    'valueWrapped',
    { airflowEnvironmentVariables: { AIRFLOW__SECRETS__BACKEND_KWARGS: text } },
  ]),
  [
    'the client id in blanks',
    'valueWrapped',
    { airflowEnvironmentVariables: { AZURE_CLIENT_ID: ` ${PROFILE.credential.clientId} ` } },
  ],
  [
    'the tenant in quotes',
    'valueWrapped',
    { airflowEnvironmentVariables: { AZURE_TENANT_ID: `"${PROFILE.credential.tenantId}"` } },
  ],
  [
    'the old class path',
    'otherBackend',
    {
      airflowEnvironmentVariables: {
        AIRFLOW__SECRETS__BACKEND: BACKEND_CLASS.replace('key_vault', 'azure_key_vault'),
      },
    },
  ],
  [
    'another vault',
    'otherVault',
    {
      airflowConfigurationOverrides: {
        AIRFLOW__SECRETS__BACKEND_KWARGS: '{"vault_url":"https://b.vault.azure.net"}',
      },
    },
  ],
  [
    'kwargs that are no JSON',
    'kwargsUnreadable',
    { airflowEnvironmentVariables: { AIRFLOW__SECRETS__BACKEND_KWARGS: '{nope' } },
  ],
  [
    'kwargs that are a list',
    'kwargsUnreadable',
    { airflowEnvironmentVariables: { AIRFLOW__SECRETS__BACKEND_KWARGS: '[]' } },
  ],
  [
    'masked kwargs',
    'kwargsUnreadable',
    { airflowEnvironmentVariables: { AIRFLOW__SECRETS__BACKEND_KWARGS: '****' } },
  ],
  ...[
    'client_id',
    'client_secret',
    'tenant_id',
    'managed_identity_client_id',
    'workload_identity_tenant_id',
  ].map((key): [string, string, JsonObject] => [
    key,
    'identityInKwargs',
    { airflowEnvironmentVariables: { AIRFLOW__SECRETS__BACKEND_KWARGS: JSON.stringify({ [key]: 'x' }) } },
  ]),
  [
    'another prefix',
    'namesDiffer',
    { airflowEnvironmentVariables: { AIRFLOW__SECRETS__BACKEND_KWARGS: '{"variables_prefix":"mine"}' } },
  ],
  [
    'another separator',
    'namesDiffer',
    { airflowEnvironmentVariables: { AIRFLOW__SECRETS__BACKEND_KWARGS: '{"sep":"--"}' } },
  ],
  [
    'a null prefix',
    'lookupDisabled',
    { airflowEnvironmentVariables: { AIRFLOW__SECRETS__BACKEND_KWARGS: '{"variables_prefix":null}' } },
  ],
  ['another client id', 'otherPrincipal', { airflowEnvironmentVariables: { AZURE_CLIENT_ID: 'someone' } }],
  ['another tenant', 'otherPrincipal', { airflowEnvironmentVariables: { AZURE_TENANT_ID: 'elsewhere' } }],
  ...['airflowEnvironmentVariables', 'airflowConfigurationOverrides'].flatMap((container) =>
    [
      ['AIRFLOW__WORKERS__SECRETS_BACKEND', 'x'],
      ['AIRFLOW__WORKERS__SECRETS_BACKEND_KWARGS', 'x'],
      ['AIRFLOW__SECRETS__BACKEND_KWARG__VAULT_URL', 'x'],
      ['AIRFLOW__WORKERS__SECRETS_BACKEND_KWARG__X', 'x'],
      ['AIRFLOW__SECRETS__BACKEND_CMD', 'x'],
      ['AIRFLOW__SECRETS__BACKEND_KWARGS_SECRET', 'x'],
      ['AIRFLOW__SECRETS__BACKENDS_ORDER', 'environment_variable,metastore'],
      ['AIRFLOW__WORKERS__SECRETS_BACKENDS_ORDER', 'metastore'],
      ['AIRFLOW__SECRETS__BACKEND ', 'a.B'],
      ['\tAIRFLOW__SECRETS__BACKEND_KWARGS', '{}'],
      [' AIRFLOW__SECRETS__BACKEND_CMD', 'x'],
      ['AZURE_CLIENT_ID ', 'someone'],
      ['AZURE_AUTHORITY_HOST', 'login.chinacloudapi.cn'],
      ['AZURE_AUTHORITY_HOST', ''],
      ['AZURE_TOKEN_CREDENTIALS', 'dev'],
    ].map(([name = '', value = '']): [string, string, JsonObject] => [
      `${JSON.stringify(name)}: "${value}" in ${container}`,
      'overridingSetting',
      { [container]: { [name]: value } },
    ]),
  ),
  ...['secrets.backend', 'Secrets.Backend_Kwargs ', 'airflow__secrets__backend', 'azure_client_id'].map(
    (name): [string, string, JsonObject] => [
      `${JSON.stringify(name)} in the overrides`,
      'overridingSetting',
      { airflowConfigurationOverrides: { [name]: 'a.B' } },
    ],
  ),
  [
    'a client id in the overrides',
    'twoValues',
    { airflowConfigurationOverrides: { AZURE_CLIENT_ID: 'someone' } },
  ],
  ['a secret in the overrides', 'twoValues', { airflowConfigurationOverrides: { AZURE_CLIENT_SECRET: 'x' } }],
  [
    'a marker in the overrides',
    'twoValues',
    { airflowConfigurationOverrides: { AIRLOCK_CREDENTIAL_ID: 'key-0' } },
  ],
  [
    'two values',
    'twoValues',
    {
      airflowEnvironmentVariables: { AIRFLOW__SECRETS__BACKEND: BACKEND_CLASS },
      airflowConfigurationOverrides: { AIRFLOW__SECRETS__BACKEND: '' },
    },
  ],
];

describe('settings that contradict the profile', () => {
  it.each(conflicting)('leaves %s alone', (_label, code, airflow) => {
    expect(planOf(airflow).conflicts.map((conflict) => conflict.code)).toContain(code);
  });
  it.each(conflicting)('takes over %s where the profile says so', (_label, _code, airflow) => {
    expect(planOf(airflow, 'absent', REPLACING).conflicts).toEqual([]);
    const merged = mergedOf(airflow, 'absent', REPLACING);
    const again = planBody({
      profile: REPLACING,
      credential: CREDENTIAL,
      body: bodyOf(merged),
      secretComparison: 'same',
    });
    expect(again.changes).toBe(false);
    expect(again.conflicts).toEqual([]);
  });

  it.each([
    ['variables in a list', { airflowEnvironmentVariables: [] }],
    ['variables in text', { airflowEnvironmentVariables: 'A=B' }],
    ['overrides in a list', { airflowConfigurationOverrides: [{ name: 'x' }] }],
    ['requirements of another shape', { airflowRequirements: { a: 1 } }],
  ])('never writes what it does not understand, takeover or not: %s', (_label, airflow) => {
    for (const profile of [PROFILE, REPLACING]) {
      expect(planOf(airflow, 'absent', profile).conflicts.map(({ code }) => code)).toContain(
        'unreadableSettings',
      );
    }
  });

  it.each([null, '****'])('does not destroy a hidden value (%s) of somebody else', (value) => {
    const airflow = { airflowEnvironmentVariables: { DB: value, OWN: 'x' } };
    const named = { ...REPLACING, writeOnly: { variables: { DB: { vault: 'v', name: 'n' } } } };

    expect(planOf(airflow, 'absent', REPLACING).conflicts).toMatchObject([
      { code: 'maskedValue', setting: 'DB' },
    ]);
    expect(planOf(airflow, 'absent', named).conflicts).toEqual([]);
  });
});
