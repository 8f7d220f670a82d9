import type { TokenCredential } from '@azure/core-auth';
import { describe, expect, it } from 'vitest';
import { OwnAccess } from '../../../src/azure/ownAccess.js';
import { CLOUDS } from '../../../src/domain/configuration/clouds.js';
import { tlsServers } from './tlsServer.js';

const ID = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/air-one';

const identity = async (): Promise<TokenCredential> => ({
  getToken: async () => ({ token: 'a.b.c', expiresOnTimestamp: Date.now() + 3_600_000 }),
});
const listening = tlsServers();

/** A Resource Manager that knows one vault. */
function resourceManagerWith(properties: object): Promise<string> {
  return listening((request, response) => {
    const path = request.url ?? '';
    const body = path.startsWith(ID)
      ? { id: ID, properties }
      : path.includes('/resources?')
        ? { value: [{ id: ID, name: 'air-one' }] }
        : { value: [{ subscriptionId: 's' }] };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body));
  });
}

describe('the network of a vault', () => {
  it.each([
    ['Disabled', true],
    ['disabled', true],
    ['DISABLED', true],
    ['SecuredByPerimeter', true],
    ['securedByPerimeter', true],
    ['Enabled', false],
    ['enabled', false],
    [null, false],
    [undefined, false],
  ])('with publicNetworkAccess %s is closed: %s', async (publicNetworkAccess, closed) => {
    const resourceManager = await resourceManagerWith({ publicNetworkAccess });
    const access = new OwnAccess({ ...CLOUDS.public, resourceManager }, identity);

    expect(await access.vault('https://air-one.vault.azure.net')).toMatchObject({
      kind: 'answered',
      vault: { id: ID, network: { closed } },
    });
  });
});
