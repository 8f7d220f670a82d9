import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Profile } from '../../../../src/domain/configuration/profile.js';
import type { SecretComparison } from '../../../../src/domain/runs/plan.js';
import { planRuntime } from '../../../../src/domain/settings/planning.js';
import type { Json, JsonObject } from '../../../../src/domain/values/json.js';
import { Secret } from '../../../../src/domain/values/secret.js';
import { airflowProperties } from '../../../../src/runtimes/data-factory/airflowProperties.js';
import { viewOf } from '../../../../src/runtimes/data-factory/runtimeBody.js';
import {
  BACKEND_CLASS,
  bodyOf,
  CREDENTIAL,
  ENABLED,
  KWARGS,
  mergeBody,
  mergedOf,
  neededOf,
  PROFILE,
  planBody,
  planOf,
  REPLACING,
} from './bodies.js';

const changesOf = (airflow: JsonObject, comparison: SecretComparison, profile?: Profile) =>
  planOf(airflow, comparison, profile)
    .settings.filter(({ kind }) => kind !== 'keep')
    .map(({ setting }) => setting);

const REQUIREMENTS = ['apache-airflow-providers-microsoft-azure==6.2.0'];

describe('the plan for a runtime', () => {
  it('adds all seven settings to an empty one', () => {
    const { settings, conflicts, changes } = planOf({});

    expect(conflicts).toEqual([]);
    expect(changes).toBe(true);
    expect(settings.map(({ setting, kind }) => `${kind} ${setting}`)).toEqual([
      'add requirement',
      'add AIRFLOW__SECRETS__BACKEND',
      'add AIRFLOW__SECRETS__BACKEND_KWARGS',
      'add AZURE_CLIENT_ID',
      'add AZURE_TENANT_ID',
      'add AZURE_CLIENT_SECRET',
      'add AIRLOCK_CREDENTIAL_ID',
    ]);
  });

  it('changes nothing in one that is enabled', () => {
    expect(
      planOf({ airflowEnvironmentVariables: ENABLED, airflowRequirements: REQUIREMENTS }, 'same').changes,
    ).toBe(false);
  });

  it.each(['AZURE_CLIENT_ID', 'AZURE_TENANT_ID', 'AIRLOCK_CREDENTIAL_ID'])(
    'changes nothing, and keeps the spelling, where %s is in capitals',
    (name) => {
      const credential = { ...CREDENTIAL, credentialId: 'a7c3e0d2-5b1f-4e86-9d20-c4f8b6a1e735' };
      const clientId = 'd41f8a6b-07c9-4b52-8e3d-fa6097c2b1e4';
      const own = { ...PROFILE, credential: { ...PROFILE.credential, clientId, tenantId: clientId } };
      const variables: Record<string, string> = {
        ...ENABLED,
        AZURE_CLIENT_ID: clientId,
        AZURE_TENANT_ID: clientId,
        AIRLOCK_CREDENTIAL_ID: credential.credentialId,
      };
      variables[name] = variables[name]?.toUpperCase() ?? '';
      const body = (requirements: readonly string[]) =>
        bodyOf({ airflowEnvironmentVariables: variables, airflowRequirements: requirements });

      for (const secretComparison of ['same', 'unreadable', 'absent'] as const) {
        expect(
          planBody({ profile: own, credential, body: body(REQUIREMENTS), secretComparison }),
        ).toMatchObject({ changes: false, conflicts: [] });
      }
      const merged = mergeBody({
        profile: own,
        credential,
        body: body([]),
        secretComparison: 'same',
        values: { clientSecret: new Secret('held-secret') },
      });
      expect(airflowProperties(merged)?.['airflowEnvironmentVariables']).toEqual(variables);
    },
  );

  it('calls a byte order mark before the kwargs by its name', () => {
    const kwargs = { AIRFLOW__SECRETS__BACKEND_KWARGS: `\ufeff${KWARGS}` };

    expect(planOf({ airflowEnvironmentVariables: kwargs }).conflicts).toMatchObject([
      {
        code: 'valueWrapped',
        message: expect.stringContaining('right but for the byte order mark before it'),
      },
    ]);
  });

  it('writes the two overrides beside their like where the service keeps overrides apart', () => {
    const { settings } = planOf({ airflowConfigurationOverrides: {}, airflowEnvironmentVariables: {} });

    const where = Object.fromEntries(settings.map(({ setting, where }) => [setting, where]));
    expect(where['AIRFLOW__SECRETS__BACKEND']).toBe('airflowConfigurationOverrides');
    expect(where['AIRFLOW__SECRETS__BACKEND_KWARGS']).toBe('airflowConfigurationOverrides');
    expect(where['AZURE_CLIENT_ID']).toBe('airflowEnvironmentVariables');
  });

  it.each([
    ['same', 'key-1', []],
    ['same', 'key-0', ['AIRLOCK_CREDENTIAL_ID']],
    ['same', undefined, ['AIRLOCK_CREDENTIAL_ID']],
    ['different', 'key-1', ['AZURE_CLIENT_SECRET']],
    ['unreadable', 'key-1', []],
    ['unreadable', 'key-0', ['AZURE_CLIENT_SECRET', 'AIRLOCK_CREDENTIAL_ID']],
    ['unreadable', undefined, ['AZURE_CLIENT_SECRET', 'AIRLOCK_CREDENTIAL_ID']],
    ['absent', 'key-1', []],
    ['absent', undefined, ['AZURE_CLIENT_SECRET', 'AIRLOCK_CREDENTIAL_ID']],
  ] as const)('with a secret that is %s and the marker %s', (comparison, marker, changed) => {
    const { AIRLOCK_CREDENTIAL_ID: _, ...rest } = ENABLED;
    const variables = marker === undefined ? rest : { ...rest, AIRLOCK_CREDENTIAL_ID: marker };

    const airflow = { airflowEnvironmentVariables: variables, airflowRequirements: REQUIREMENTS };
    expect(changesOf(airflow, comparison)).toEqual(changed);
  });

  it.each([
    ['AZURE_AUTHORITY_HOST', 'https://login.microsoftonline.com/'],
    ['AZURE_AUTHORITY_HOST', 'login.microsoftonline.com'],
    ['AZURE_TOKEN_CREDENTIALS', 'prod'],
    ['AZURE_TOKEN_CREDENTIALS', 'EnvironmentCredential'],
    ['AZURE_CLIENT_CERTIFICATE_PATH', '/cert.pem'],
    ['AZURE_USERNAME', 'somebody'],
    ['azure_client_id', 'someone'],
    // Linux and Airflow tell names by their case, and an environment has no sections.
    ['airflow__secrets__backend', 'a.B'],
    ['Airflow__Secrets__Backend_Kwargs', '{}'],
    ['secrets.backend', 'a.B'],
    ['AIRFLOW__SECRETS__SOMETHING', 'x'],
  ])('lets %s %s be: the three variables win', (name, value) => {
    expect(planOf({ airflowEnvironmentVariables: { [name]: value } }).conflicts).toEqual([]);
  });

  it('does not change the names that DAGs use by the provider’s defaults, where they are in use', () => {
    const team: Profile = { ...PROFILE, variablesPrefix: 'team' };
    const inUse = { AIRFLOW__SECRETS__BACKEND_KWARGS: JSON.stringify({ vault_url: PROFILE.vault }) };

    expect(planOf({ airflowEnvironmentVariables: inUse }, 'absent', team).conflicts).toMatchObject([
      { code: 'namesDiffer', setting: 'AIRFLOW__SECRETS__BACKEND_KWARGS.variables_prefix' },
    ]);
    expect(planOf({ airflowEnvironmentVariables: inUse }).conflicts).toEqual([]);
    expect(
      planOf({ airflowEnvironmentVariables: { AIRFLOW__SECRETS__BACKEND_KWARGS: '{}' } }, 'absent', team)
        .conflicts,
    ).toEqual([]);
  });

  it('calls masked kwargs hidden, not pasted', () => {
    const masked = planOf({ airflowEnvironmentVariables: { AIRFLOW__SECRETS__BACKEND_KWARGS: '****' } });
    const pasted = planOf({
      airflowEnvironmentVariables: {
        AIRFLOW__SECRETS__BACKEND_KWARGS: '{"vault_url": **\\<your keyvault uri\\>**}',
      },
    });

    expect(masked.conflicts[0]?.message).toContain('hides');
    expect(pasted.conflicts[0]?.message).toContain('pasted');
  });

  it.each([null, '****'])(
    'writes nothing where the service hides what was written with this credential (%s)',
    (mask) => {
      const hidden = Object.fromEntries(Object.keys(ENABLED).map((name) => [name, mask]));
      const airflow = {
        airflowEnvironmentVariables: { ...hidden, AIRLOCK_CREDENTIAL_ID: 'key-1' },
        airflowRequirements: REQUIREMENTS,
      };

      expect(planOf(airflow, 'unreadable')).toMatchObject({ changes: false, conflicts: [] });
      // A write for another reason would lose what the kwargs hold, unless the profile says otherwise.
      const without = { ...airflow, airflowRequirements: [] };
      expect(planOf(without, 'unreadable').conflicts).toMatchObject([{ code: 'kwargsUnreadable' }]);
      expect(planOf(without, 'unreadable', REPLACING).conflicts).toEqual([]);
      expect(mergedOf(without, 'unreadable', REPLACING)['airflowEnvironmentVariables']).toEqual(ENABLED);
    },
  );

  it('does not write at every pass where the service hides the marker', () => {
    const airflow = {
      airflowEnvironmentVariables: { ...ENABLED, AIRLOCK_CREDENTIAL_ID: '****' },
      airflowRequirements: REQUIREMENTS,
    };

    expect(planOf(airflow, 'same')).toMatchObject({ changes: false, conflicts: [] });
    expect(planOf(airflow, 'unreadable').conflicts).toMatchObject([
      { code: 'maskedValue', setting: 'AIRLOCK_CREDENTIAL_ID' },
    ]);
  });

  it.each(['DB_PASSWORD', 'AIRFLOW_CONN_DB', 'TEAM_API_KEY', 'AIRFLOW__DATABASE__SQL_ALCHEMY_CONN'])(
    'takes an empty %s for hidden, and not an empty TEAM',
    (name) => {
      const airflow = { airflowEnvironmentVariables: { [name]: '', TEAM: '' } };

      expect(planOf(airflow).conflicts).toMatchObject([{ code: 'maskedValue', setting: name }]);
    },
  );

  it.each(['airflowEnvironmentVariables', 'airflowConfigurationOverrides'])(
    'asks for what is hidden in %s by names of its own alone',
    (container) => {
      const body = bodyOf({
        [container]: { constructor: '****', DB: null, AZURE_CLIENT_SECRET: '****', A: 'b' },
      });
      const named: Profile = { ...PROFILE, writeOnly: { variables: { DB: { vault: 'v', name: 'n' } } } };
      const { conflicts } = planBody({
        profile: named,
        credential: CREDENTIAL,
        body,
        secretComparison: 'unreadable',
      });

      expect(neededOf(body, {}).variables).toEqual(['constructor', 'DB']);
      expect(conflicts.filter(({ code }) => code === 'maskedValue').map(({ setting }) => setting)).toEqual([
        'constructor',
      ]);
    },
  );

  it('names another principal only where it is an id', () => {
    const message = (there: string) =>
      planOf({ airflowEnvironmentVariables: { AZURE_CLIENT_ID: there } }).conflicts[0]?.message;

    expect(message('33333333-3333-3333-3333-333333333333')).toContain('33333333');
    expect(message('abc8Q~secret')).not.toContain('abc8Q');
  });

  it('says nothing of a hidden value where there is nothing to write', () => {
    const airflow = {
      airflowEnvironmentVariables: { ...ENABLED, DB: '****' },
      airflowRequirements: REQUIREMENTS,
    };

    expect(planOf(airflow, 'same')).toMatchObject({ changes: false, conflicts: [] });
    expect(planOf(airflow, 'different').conflicts).toMatchObject([{ code: 'maskedValue', setting: 'DB' }]);
  });

  it('wants a password only where Entra is off, and a git credential only where git uses one', () => {
    const codes = (airflow: JsonObject) => planOf(airflow).conflicts.map(({ code }) => code);

    expect(codes({ enableAADIntegration: true, password: null })).toEqual([]);
    expect(codes({ enableAADIntegration: false })).toEqual(['passwordNeeded']);
    expect(codes({ enableAADIntegration: false, password: 'clear' })).toEqual([]);
    expect(codes({ gitSyncProperties: { gitCredentialType: 'None' } })).toEqual([]);
    expect(codes({ gitSyncProperties: {} })).toEqual([]);
    expect(codes({ gitSyncProperties: { gitCredentialType: 'PAT' } })).toEqual(['gitCredentialNeeded']);
    const enabled = { airflowEnvironmentVariables: ENABLED, airflowRequirements: REQUIREMENTS };
    expect(planOf({ ...enabled, enableAADIntegration: false }, 'same').conflicts).toEqual([]);
  });

  it('keeps a setting that stands in both places in step', () => {
    const both = { AIRFLOW__SECRETS__BACKEND_KWARGS: null };
    const merged = mergedOf({ airflowEnvironmentVariables: both, airflowConfigurationOverrides: both });

    expect(merged['airflowEnvironmentVariables']).toMatchObject({ AIRFLOW__SECRETS__BACKEND_KWARGS: KWARGS });
    expect(merged['airflowConfigurationOverrides']).toEqual({
      AIRFLOW__SECRETS__BACKEND: BACKEND_CLASS,
      AIRFLOW__SECRETS__BACKEND_KWARGS: KWARGS,
    });
  });

  it('keeps a user’s other kwargs and writes ours as JSON', () => {
    const kwargs = '{ "vault_url": "", "extra": {"a": 1} }';
    const merged = mergedOf({ airflowEnvironmentVariables: { AIRFLOW__SECRETS__BACKEND_KWARGS: kwargs } });

    const variables = merged['airflowEnvironmentVariables'] as Record<string, string>;
    expect(JSON.parse(variables['AIRFLOW__SECRETS__BACKEND_KWARGS'] ?? '')).toEqual({
      ...JSON.parse(KWARGS),
      extra: { a: 1 },
    });
  });

  it('keeps the digits of a number in a user’s other kwargs', () => {
    const kwargs = `{"big":9007199254740993,${KWARGS.slice(1).replace('airflow-variables', 'airflow-variables-')}`;
    const merged = mergedOf({
      airflowEnvironmentVariables: { AIRFLOW__SECRETS__BACKEND_KWARGS: '{"big":9007199254740993}' },
    });
    const { AIRFLOW__SECRETS__BACKEND_KWARGS: written } = merged['airflowEnvironmentVariables'] as Record<
      string,
      string
    >;

    expect(written).toContain('"big":9007199254740993,');
    expect(
      changesOf(
        {
          airflowEnvironmentVariables: { ...ENABLED, AIRFLOW__SECRETS__BACKEND_KWARGS: kwargs },
          airflowRequirements: REQUIREMENTS,
        },
        'same',
      ),
    ).toEqual([]);
  });

  it.each([
    ['a slash at the end of the vault', KWARGS.replace('.net"', '.net/"')],
    ['blanks and tabs in it', KWARGS.replaceAll('":', '" :\t').replaceAll(',', ' ,\r\n  ')],
    ['dashes as escapes', KWARGS.replaceAll('-', '\\u002d')],
    ['slashes as escapes', KWARGS.replaceAll('/', '\\/')],
    ['the default port', KWARGS.replace('.net"', '.net:443"')],
    ['the vault in capitals', KWARGS.replace('contoso', 'CONTOSO')],
    ['a separator at the end of a prefix', KWARGS.replace('airflow-variables', 'airflow-variables-')],
    ['an empty identity', KWARGS.replace('{', '{"client_id":"","tenant_id":null,')],
    ['the default separator', KWARGS.replace('{', '{"sep":"-",')],
    ['all defaults spelled out', KWARGS.replace('{', '{"sep":"-","config_prefix":"airflow-config",')],
    ['all defaults left out', JSON.stringify({ vault_url: PROFILE.vault })],
    [
      'one default left out',
      JSON.stringify({ vault_url: PROFILE.vault, variables_prefix: 'airflow-variables' }),
    ],
    [
      'members in another order',
      JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(KWARGS)).reverse())),
    ],
  ])('writes nothing for %s', (_label, kwargs) => {
    const variables = { ...ENABLED, AIRFLOW__SECRETS__BACKEND_KWARGS: kwargs };
    const found = planOf(
      { airflowEnvironmentVariables: variables, airflowRequirements: REQUIREMENTS },
      'same',
    );

    expect(found).toMatchObject({ changes: false, conflicts: [] });
  });

  it('sets the profile’s separator where it takes over, also the provider’s default', () => {
    const kwargs = '{"sep":"--","client_id":"","extra":1}';
    const merged = mergedOf(
      { airflowEnvironmentVariables: { AIRFLOW__SECRETS__BACKEND_KWARGS: kwargs } },
      'absent',
      REPLACING,
    );

    const variables = merged['airflowEnvironmentVariables'] as Record<string, string>;
    expect(JSON.parse(variables['AIRFLOW__SECRETS__BACKEND_KWARGS'] ?? '')).toEqual({
      ...JSON.parse(KWARGS),
      sep: '-',
      client_id: '',
      extra: 1,
    });
  });

  it('tells a proof of other settings from this one', () => {
    const enabled = {
      airflowEnvironmentVariables: ENABLED,
      airflowRequirements: REQUIREMENTS,
      airflowWebUrl: 'https://a',
    };
    const print = (airflow: JsonObject, credential = CREDENTIAL, profile = PROFILE) =>
      planBody({ profile, credential, body: bodyOf(airflow), secretComparison: 'same' }).fingerprint;

    expect(print({ ...enabled, unrelated: 1 })).toBe(print(enabled));
    expect(print({ ...enabled, airflowWebUrl: 'https://b' })).not.toBe(print(enabled));
    expect(print(enabled, { ...CREDENTIAL, credentialId: 'key-2' })).not.toBe(print(enabled));
    const other = { ...PROFILE, access: { ...PROFILE.access, proof: { kind: 'dag' as const, dagId: 'x' } } };
    expect(print(enabled, CREDENTIAL, other)).not.toBe(print(enabled));
  });
});

const OWNED = new Set(Object.keys(ENABLED));
const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
const names = fc.oneof(
  fc.constantFrom(...OWNED, 'TEAM', 'AIRFLOW__WORKERS__SECRETS_BACKEND'),
  fc.string({ minLength: 1, maxLength: 8 }),
);
const variables = fc.dictionary(
  names,
  fc.oneof(fc.string(), fc.constantFrom(null, '****', KWARGS, BACKEND_CLASS)),
  { maxKeys: 8 },
);
const airflowBody = fc.record(
  {
    airflowEnvironmentVariables: variables,
    airflowConfigurationOverrides: variables,
    airflowRequirements: fc.array(fc.string({ maxLength: 10 })),
    extra: json,
    airflowVersion: fc.constantFrom('2.6.3', '3.3.2'),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<JsonObject>;

describe('for any runtime', () => {
  it('plans without throwing, whatever JSON the body is', () => {
    fc.assert(
      fc.property(json, json, (airflow, properties) => {
        const body = {
          properties: { type: 'Airflow', typeProperties: { airflowProperties: airflow, more: properties } },
        };
        const view = viewOf(body, 'adf/etl');
        if (view.kind !== 'airflow') return;
        for (const profile of [PROFILE, REPLACING]) {
          planRuntime({ profile, credential: CREDENTIAL, snapshot: view, secretComparison: 'unreadable' });
        }
      }),
    );
  });

  it('changes only what the app owns, and needs no second write', () => {
    fc.assert(
      fc.property(airflowBody, (airflow) => {
        fc.pre(planOf(airflow).conflicts.length === 0);
        const once = mergedOf(airflow);
        expect(mergedOf(once, 'same')).toEqual(once);
        const again = planBody({
          profile: PROFILE,
          credential: CREDENTIAL,
          body: bodyOf(once),
          secretComparison: 'same',
        });
        expect(again).toMatchObject({ changes: false, conflicts: [] });
        for (const key of Object.keys(airflow)) {
          if (
            !key.startsWith('airflowEnv') &&
            !key.startsWith('airflowConf') &&
            key !== 'airflowRequirements'
          ) {
            expect(once[key]).toEqual(airflow[key]);
          }
        }
        for (const container of ['airflowEnvironmentVariables', 'airflowConfigurationOverrides']) {
          const before = (airflow[container] ?? {}) as JsonObject;
          const after = (once[container] ?? {}) as JsonObject;
          for (const name of Object.keys(before))
            if (!OWNED.has(name)) expect(after[name]).toEqual(before[name]);
          for (const name of Object.keys(after))
            if (!OWNED.has(name)) expect(Object.hasOwn(before, name)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('shows no value of a variable that the app does not own', () => {
    const secret = 'zq7-a-value-nobody-may-see';
    fc.assert(
      fc.property(airflowBody, fc.string({ minLength: 1, maxLength: 12 }), (airflow, name) => {
        fc.pre(!OWNED.has(name) && !['__proto__'].includes(name));
        const environment = (airflow['airflowEnvironmentVariables'] ?? {}) as JsonObject;
        const body = {
          ...airflow,
          airflowEnvironmentVariables: { ...environment, [name]: secret, AZURE_CLIENT_SECRET: secret },
        };
        for (const profile of [PROFILE, REPLACING]) {
          expect(JSON.stringify(planOf(body, 'different', profile))).not.toContain(secret);
        }
      }),
    );
  });
});
