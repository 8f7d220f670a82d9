import { vaultHost } from '../../../local/sample/names.js';
import type { Vault } from '../../../local/services/keyVault/secret.js';
import { SUBSCRIPTION } from '../cloud/names.js';
import type { RehearsalContext } from '../context.js';
import { subscriptionOf } from './account.js';
import { AzError, type Given } from './arguments.js';
import type { Command } from './az.js';

const API_VERSION = '7.6';

export const KEY_VAULT: Readonly<Record<string, Command>> = {
  'keyvault show': {
    options: ['--name'],
    async run(given, context) {
      const name = given.required('--name');
      const vault = vaultIn(given, context, name);
      if (vault === undefined) {
        throw new AzError(`The Vault or HSM '${name}' not found within subscription.`);
      }
      const { resourceId, location, tenantId, host, rbac } = vault;
      const properties = { enableRbacAuthorization: rbac, tenantId, vaultUri: `https://${host}/` };
      return { id: resourceId, location, name, properties, type: 'Microsoft.KeyVault/vaults' };
    },
  },
  'keyvault secret list-versions': {
    options: ['--vault-name', '--name'],
    run: (given, context) => secrets(context, 'GET', given, '/versions'),
  },
  'keyvault secret show-deleted': {
    options: ['--vault-name', '--name'],
    run: (given, context) => secrets(context, 'GET', given, '', undefined, 'deletedsecrets'),
  },
  'keyvault secret set': {
    options: ['--vault-name', '--name', '--value', '--disabled', '--tags'],
    run(given, context) {
      const tags = given.list('--tags').map((one) => one.split('='));
      return secrets(context, 'PUT', given, '', {
        value: given.required('--value'),
        attributes: { enabled: given.option('--disabled') !== 'true' },
        tags: Object.fromEntries(tags),
      });
    },
  },
};

/** The vault, where the subscription that the command works on has it. */
function vaultIn(given: Given, context: RehearsalContext, name: string): Vault | undefined {
  if (subscriptionOf(given, context).id !== SUBSCRIPTION) return undefined;
  return context.cloud.azure.keyVault.vaults().find((vault) => vault.name === name);
}

/** Calls the vault itself, which no subscription stands between. */
async function secrets(
  { cloud }: RehearsalContext,
  method: string,
  given: Given,
  below: string,
  body?: object,
  area: 'secrets' | 'deletedsecrets' = 'secrets',
): Promise<unknown> {
  const host = vaultHost(given.required('--vault-name'));
  const path = `/${area}/${given.required('--name')}${below}`;
  const url = new URL(`https://${host}${path}?api-version=${API_VERSION}`);
  const { status, text } = await cloud.send(method, url, body && JSON.stringify(body));
  const answer = JSON.parse(text) as { error?: { code: string; message: string }; value?: unknown };
  if (status >= 300) throw new AzError(`(${answer.error?.code}) ${answer.error?.message}`);
  // The value of a secret that was set is printed, too.
  return below === '' ? answer : answer.value;
}
