import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Profile } from '../../../../src/domain/configuration/profile.js';
import { shownValue } from '../../../../src/domain/settings/redaction.js';
import { BACKEND_CLASS, bodyOf, CREDENTIAL, KWARGS, PROFILE, planBody, REPLACING } from './bodies.js';

const PACKAGE = 'apache-airflow-providers-microsoft-azure';
const KWARGS_NAME = 'AIRFLOW__SECRETS__BACKEND_KWARGS';

describe('what a plan shows', () => {
  it.each([
    ['requirement', PACKAGE],
    ['requirement', `${PACKAGE}[a,b]>=4,<9`],
    ['requirement', `${PACKAGE} (~=6.2)`],
    ['AIRFLOW__SECRETS__BACKEND', BACKEND_CLASS],
    [KWARGS_NAME, KWARGS],
    [KWARGS_NAME, '{"variables_prefix":null,"vault_url":""}'],
    ['AZURE_CLIENT_ID', '22222222-2222-2222-2222-222222222222'],
    ['AZURE_TENANT_ID', 'contoso.onmicrosoft.com'],
    ['AIRLOCK_CREDENTIAL_ID', '0d9f2c56a4f84e0a8f6f0a1b2c3d4e5f'],
    ['AIRFLOW__WORKERS__SECRETS_BACKEND', '(removed)'],
  ])('%s %s', (setting, value) => {
    expect(shownValue(setting, value)).toBe(value);
  });

  it.each([
    ['a token in a direct reference', 'requirement', `${PACKAGE} @ https://user:T0KEN@host/x.whl`, PACKAGE],
    ['a marker', 'requirement', `${PACKAGE}==6; extra == "T0KEN"`, `${PACKAGE}==6;`],
    ['the end of an open bracket', 'requirement', `${PACKAGE}[a,b @ https://T0KEN@host/x.whl`, PACKAGE],
    ['kwargs in the field of the class', 'AIRFLOW__SECRETS__BACKEND', '{"client_secret":"T0KEN"}', ''],
    ['a secret in the field of the client id', 'AZURE_CLIENT_ID', 'abc8Q~T0KEN', ''],
    ['a secret in the field of the tenant', 'AZURE_TENANT_ID', 'abc8Q~T0KEN.x', ''],
    ['a secret in the marker', 'AIRLOCK_CREDENTIAL_ID', 'abc8Q~T0KEN', ''],
    ['kwargs that are none', KWARGS_NAME, 'client_secret=T0KEN', ''],
    ['other kwargs', KWARGS_NAME, '{"extra":"T0KEN","sep":"-"}', '"sep":"-"'],
    ['a vault URL with credentials', KWARGS_NAME, '{"vault_url":"https://u:T0KEN@v.vault.azure.net"}', ''],
    ['a vault URL with a query', KWARGS_NAME, '{"vault_url":"https://v.vault.azure.net?sig=T0KEN"}', ''],
    ['a prefix that is an object', KWARGS_NAME, '{"variables_prefix":{"a":"T0KEN"}}', ''],
    ['any other variable', 'DB_HOST', 'T0KEN', ''],
  ])('redacts %s', (_label, setting, value, kept) => {
    const text = shownValue(setting, value);

    expect(text).not.toContain('T0KEN');
    expect(text).toContain('(redacted)');
    expect(text).toContain(kept);
  });

  it('does not stall at a long text', () => {
    expect(shownValue('requirement', `${PACKAGE}${' '.repeat(400_000)}x`)).toBe(`${PACKAGE} (redacted)`);
  });

  it('shows no text that stands where it does not belong', () => {
    const secret = 'q7~a value/nobody may see';
    const names = [
      'AIRFLOW__SECRETS__BACKEND',
      KWARGS_NAME,
      'AZURE_CLIENT_ID',
      'AZURE_TENANT_ID',
      'AZURE_CLIENT_SECRET',
      'AIRLOCK_CREDENTIAL_ID',
      'AIRFLOW__WORKERS__SECRETS_BACKEND_KWARGS',
    ];
    const value = fc.oneof(
      fc.constant(secret),
      fc.constant(JSON.stringify({ [secret]: 1, vault_url: secret, sep: { secret }, extra: [secret] })),
      fc.string().map((text) => text + secret),
    );
    const variables = fc.dictionary(fc.constantFrom(...names), value);
    fc.assert(
      fc.property(variables, variables, value, (environment, overrides, requirement) => {
        const shownBy = (profile: Profile) =>
          JSON.stringify(
            planBody({
              profile,
              credential: CREDENTIAL,
              body: bodyOf({
                airflowEnvironmentVariables: environment,
                airflowConfigurationOverrides: overrides,
                airflowRequirements: [`${PACKAGE} @ ${requirement}`],
              }),
              secretComparison: 'different',
            }),
          );
        // The name of a kwarg is shown: it says what would be lost; its value is not.
        for (const profile of [PROFILE, REPLACING]) {
          expect(shownBy(profile).replaceAll(`\\"${secret}\\":`, '')).not.toContain(secret);
        }
      }),
    );
  });
});
