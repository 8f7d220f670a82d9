/** What tokens and Resource Manager tell the app of its own access, in memory. */
import { refused, type ServiceError, transientFailure } from '../../../src/azure/failures.js';
import type { OwnAccess } from '../../../src/azure/ownAccess.js';
import type { TokenClaims } from '../../../src/azure/tokenClaims.js';
import type { VaultSettings } from '../../../src/domain/preflight/addresses.js';
import type { RolePermissions } from '../../../src/domain/preflight/rolePermissions.js';
import type { CallFailure } from '../../../src/domain/problems/callResult.js';
import { Calls } from './calls.js';

export class MemoryAccess implements Pick<OwnAccess, keyof OwnAccess> {
  readonly calls = new Calls<keyof OwnAccess>();
  who: TokenClaims = {
    objectId: 'object-of-the-app',
    clientId: 'client-of-the-app',
    person: false,
    roles: ['Application.ReadWrite.OwnedBy'],
  };
  /** On every resource. */
  granted: RolePermissions[] = [{ actions: ['*'], notActions: [], dataActions: ['*'], notDataActions: [] }];
  /** By URI; every other vault lets everybody in and works with roles. */
  readonly vaults = new Map<string, VaultSettings>();

  claims(of: 'resourceManager' | 'graph'): ReturnType<OwnAccess['claims']> {
    // Whatever the reason, the real one says that there is no token.
    const noToken = () => refused('identityUnavailable', 'The identity gives no token.', 'az login');
    return this.calls.answer('claims', of, () => ({ kind: 'answered', claims: this.who }), noToken);
  }

  permissions(scope: string): ReturnType<OwnAccess['permissions']> {
    return this.#answer('permissions', scope, () => ({ kind: 'answered', granted: this.granted }));
  }

  vault(uri: string): ReturnType<OwnAccess['vault']> {
    const open = { closed: false, filtered: false, ranges: [] };
    const vault = this.vaults.get(uri) ?? { id: `/vaults/${uri}`, usesRoles: true, network: open };
    return this.#answer('vault', uri, () => ({ kind: 'answered', vault }));
  }

  topic(url: string): ReturnType<OwnAccess['topic']> {
    return this.#answer('topic', url, () => ({ kind: 'answered', id: `/topics/${new URL(url).hostname}` }));
  }

  #answer<T>(call: keyof OwnAccess, about: string, act: () => T): Promise<T | CallFailure> {
    return this.calls.answer(call, about, act, failureOf);
  }
}

function failureOf(error: ServiceError): CallFailure {
  return (
    transientFailure(error, 'looking up the own access') ??
    refused('lookupRefused', 'Resource Manager refuses the look-up.', 'Grant the permission.')
  );
}
