import { describe, expect, it } from 'vitest';
import { mergeRuntime } from '../../../src/domain/merging.js';
import { planRuntime } from '../../../src/domain/planning.js';
import { airflowProperties } from '../../../src/domain/runtimeBody.js';
import { Secret } from '../../../src/domain/secret.js';
import { neededWriteOnly } from '../../../src/domain/writeOnly.js';
import { bodyOf, CREDENTIAL, PROFILE } from './bodies.js';

describe('values that a write has to send again', () => {
  it.each(['airflowEnvironmentVariables', 'airflowConfigurationOverrides'])(
    'are asked for and restored where %s hides one that the profile names',
    (container) => {
      const body = bodyOf({ [container]: { AIRFLOW__SMTP__PASSWORD: '****', OPEN: 'x' } });
      const reference = { vault: 'https://contoso-ops.vault.azure.net', name: 'smtp' };
      const profile = { ...PROFILE, writeOnly: { variables: { AIRFLOW__SMTP__PASSWORD: reference } } };
      const input = { profile, credential: CREDENTIAL, body, secretComparison: 'absent' } as const;

      const { conflicts } = planRuntime(input);
      const needed = neededWriteOnly(body, profile.writeOnly);
      // As the activity does: what is not asked for is not held.
      const held = Object.fromEntries(needed.variables.map((name) => [name, new Secret('held')]));
      const merged = mergeRuntime({
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

  it('are named once where both places hide one', () => {
    const hidden = { SAME: null };

    expect(
      neededWriteOnly(
        bodyOf({ airflowEnvironmentVariables: hidden, airflowConfigurationOverrides: hidden }),
        {},
      ).variables,
    ).toEqual(['SAME']);
  });
});
