import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/domain/values/json.js';
import { Secret } from '../../../../src/domain/values/secret.js';
import { airflowProperties } from '../../../../src/runtimes/data-factory/airflowProperties.js';
import { bodyOf, CREDENTIAL, mergeBody, neededOf, PROFILE, planBody } from '../../domain/settings/bodies.js';

describe('values that a write has to send again', () => {
  it.each(['airflowEnvironmentVariables', 'airflowConfigurationOverrides'])(
    'are asked for and restored where %s hides one that the profile names',
    (container) => {
      const body = bodyOf({ [container]: { AIRFLOW__SMTP__PASSWORD: '****', OPEN: 'x' } });
      const reference = { vault: 'https://contoso-ops.vault.azure.net', name: 'smtp' };
      const profile = { ...PROFILE, writeOnly: { variables: { AIRFLOW__SMTP__PASSWORD: reference } } };
      const input = { profile, credential: CREDENTIAL, body, secretComparison: 'absent' } as const;

      const { conflicts } = planBody(input);
      const needed = neededOf(body, profile.writeOnly);
      // As the activity does: what is not asked for is not held.
      const held = Object.fromEntries(needed.variables.map((name) => [name, new Secret('held')]));
      const merged = mergeBody({
        ...input,
        values: { clientSecret: new Secret('client-secret'), variables: held },
      });

      expect(conflicts).toEqual([]);
      expect(needed.variables).toEqual(['AIRFLOW__SMTP__PASSWORD']);
      expect(airflowProperties(merged)?.[container]).toMatchObject({
        AIRFLOW__SMTP__PASSWORD: 'held',
        OPEN: 'x',
      });
    },
  );

  it('are asked for wherever the profile names one that a read leaves out', () => {
    const reference = { vault: 'https://contoso-ops.vault.azure.net', name: 'db' };
    const body = bodyOf({ airflowEnvironmentVariables: { TEAM: 'sales', SHOWN: 'x' } });
    const variables = { DB: reference, SHOWN: reference };

    expect(neededOf(body, { variables }).variables).toEqual(['DB']);
  });

  const git = { gitCredentialType: 'None', repo: 'https://git.example/dags' };
  it.each<[label: string, airflow: JsonObject, password: boolean, credential: boolean]>([
    ['Entra is on, without a user', { enableAADIntegration: true }, false, false],
    ['Entra is on, with a user who is null', { enableAADIntegration: true, userName: null }, false, false],
    ['Entra is on, with a user', { enableAADIntegration: true, userName: 'u' }, true, false],
    [
      'Entra is on, with a user, and the password is shown',
      { enableAADIntegration: true, userName: 'u', password: 'p' },
      false,
      false,
    ],
    ['Entra is off', { enableAADIntegration: false }, true, false],
    ['nobody says, without a user', {}, false, false],
    ['nobody says, with a user', { userName: 'u' }, true, false],
    ['it is null, with a user', { enableAADIntegration: null, userName: 'u' }, true, false],
    ['it is a text, with a user', { enableAADIntegration: 'true', userName: 'u' }, true, false],
    ['Entra is on and a mask is there', { enableAADIntegration: true, password: '****' }, true, false],
    ['the password is shown', { enableAADIntegration: false, password: 'p' }, false, false],
    ['git needs no credential', { gitSyncProperties: git }, false, false],
    ['git of no type has no repository', { gitSyncProperties: {} }, false, false],
    ['git of no type has a repository', { gitSyncProperties: { repo: 'r' } }, false, true],
    [
      'git of type null has a repository',
      { gitSyncProperties: { ...git, gitCredentialType: null } },
      false,
      true,
    ],
    [
      'git needs none and a mask is there',
      { gitSyncProperties: { ...git, credential: '****' } },
      false,
      true,
    ],
    [
      'git shows its credential',
      { gitSyncProperties: { ...git, gitCredentialType: 'PAT', credential: 'c' } },
      false,
      false,
    ],
  ])('are the password and the git credential where %s', (_, airflow, password, credential) => {
    expect(neededOf(bodyOf(airflow), {})).toMatchObject({
      webServerPassword: password,
      gitCredential: credential,
    });
  });

  it('are named once where both places hide one', () => {
    const hidden = { SAME: null };

    expect(
      neededOf(bodyOf({ airflowEnvironmentVariables: hidden, airflowConfigurationOverrides: hidden }), {})
        .variables,
    ).toEqual(['SAME']);
  });
});
