import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AIRFLOW_APP, TENANT, VAULT_HOST, VAULT_ID } from '../../unit/services/cloud.js';
import { pythonWithSdks } from './python.js';
import { run, type Stack, startStack } from './stack.js';

const CLIENT = fileURLToPath(new URL('client.py', import.meta.url));
const python = pythonWithSdks();

describe.skipIf(python === undefined).each([
  ['4.7', ''],
  ['4.11', python?.newer ?? ''],
])('the Python SDK azure-keyvault-secrets %s', (version, pythonPath) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
    stack.cloud.vault.setSecret(VAULT_HOST, 'airflow-variables-sample', { value: 'from-vault' });
    stack.cloud.directory.addPassword(AIRFLOW_APP, { value: 'right' });
  });
  afterAll(() => stack.close());

  const names = ['airflow-variables-sample', 'airflow-variables-none'];
  const ask = (clientSecret: string, explicit: boolean) => {
    const input = {
      tenant: TENANT,
      clientId: AIRFLOW_APP,
      clientSecret,
      vault: `https://${VAULT_HOST}`,
      names,
      explicit,
    };
    const environment = {
      AZURE_TENANT_ID: TENANT,
      AZURE_CLIENT_ID: AIRFLOW_APP,
      AZURE_CLIENT_SECRET: clientSecret,
      // The service principal's variables alone, as in an Airflow worker.
      IDENTITY_ENDPOINT: '',
      IDENTITY_HEADER: '',
      PYTHONPATH: pythonPath,
    };
    return run(stack, python?.interpreter ?? '', [CLIENT, JSON.stringify(input)], environment);
  };

  it('reads with the right role, is refused without, and names a wrong secret', async () => {
    expect(await ask('right', false)).toMatchObject({
      answers: names.map(() => ({
        error: 'HttpResponseError',
        message: expect.stringContaining('ForbiddenByRbac'),
      })),
    });
    stack.cloud.roles.grant({ principal: AIRFLOW_APP, scope: VAULT_ID, role: 'Key Vault Secrets User' });
    for (const explicit of [true, false]) {
      expect(await ask('right', explicit)).toMatchObject({
        version: expect.stringContaining(`${version}.`),
        answers: [{ value: 'from-vault' }, { error: 'ResourceNotFoundError' }],
        listed: ['airflow-variables-sample'],
      });
    }
    expect(await ask('wrong', true)).toMatchObject({
      answers: names.map(() => ({
        error: 'ClientAuthenticationError',
        message: expect.stringContaining('AADSTS7000215'),
      })),
    });
  });
});
