import type { KeyIssuer } from '../issuer.js';
import type { Directories } from '../strategy.js';
import { applicationRows } from './applicationRows.js';

/** The client secrets of the credential's application. */
export function applicationKeys(to: Directories): KeyIssuer {
  const { graph } = to;
  return {
    list: ({ clientId }) => graph.keys(clientId),
    mint: ({ clientId }, key) => graph.addKey(clientId, key),
    remove: ({ clientId }, keyId) => graph.removeKey(clientId, keyId),
    needs: (credentials, looker) => applicationRows(credentials, looker, to),
  };
}
