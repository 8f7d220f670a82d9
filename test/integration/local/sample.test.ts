import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  AIRFLOW_VAULT,
  CREDENTIAL_SECRET,
  FACTORY,
  OPERATOR_VAULT,
  PRINCIPALS,
  RESOURCE_GROUP,
  SUBSCRIPTION,
  TENANT,
  vaultHost,
} from '../../../local/sample/names.js';
import { checkConfiguration } from '../../../src/config/load.js';

it('gives the app a configuration that is good and means what the sample environment holds', () => {
  const checked = checkConfiguration(readFileSync('local/sample/airlock.yaml', 'utf8'), 'airlock.yaml');
  expect(checked).toMatchObject({
    ok: true,
    configuration: {
      cloud: 'public',
      profiles: [
        {
          runtimes: [
            {
              names: {
                subscription: SUBSCRIPTION,
                resourceGroup: RESOURCE_GROUP,
                factory: FACTORY,
                name: '*',
              },
            },
          ],
          vault: `https://${vaultHost(AIRFLOW_VAULT)}`,
          credential: {
            tenantId: TENANT,
            clientId: PRINCIPALS.airflow,
            secret: { vault: `https://${vaultHost(OPERATOR_VAULT)}`, name: CREDENTIAL_SECRET },
          },
        },
      ],
    },
  });
});
