import type { KeyIssuer } from '../issuer.js';
import type { Directories } from '../strategy.js';

/**
 * What the app minted in Microsoft Graph while the credential still had another strategy, and could not remove at that time:
 * it goes by the id that a run has kept. It mints nothing, and asks for no permission only for that.
 */
export function leftKeys({ graph }: Pick<Directories, 'graph'>): KeyIssuer {
  return {
    list: ({ clientId }) => graph.keys(clientId),
    remove: ({ clientId }, keyId) => graph.removeKey(clientId, keyId),
    needs: async () => [],
  };
}
