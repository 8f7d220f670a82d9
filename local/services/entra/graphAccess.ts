/** Who may do what in Microsoft Graph: application permissions, and the owners of applications. */
import type { Kernel } from '../../kernel/types.js';
import { same } from './compare.js';
import type { GraphPermission, Principal, State } from './directoryState.js';

export interface GraphAccess {
  grantGraph(principal: string, permission: GraphPermission): void;
  revokeGraph(principal: string, permission?: GraphPermission): void;
  addOwner(application: string, principal: string): void;
  removeOwner(application: string, principal: string): void;
  ownersOf(application: string): readonly Principal[];
  graphPermissionsOf(principal: string): readonly GraphPermission[];
  /** Whether Microsoft Graph lets a principal read applications, or change this one. */
  mayUseGraph(principal: string, change: boolean, application: string): boolean;
}

/** Works on the state of the moment: a restore replaces it. */
export function createGraphAccess(
  kernel: Kernel,
  state: () => State,
  principal: (clientId: string) => Principal | undefined,
): GraphAccess {
  return {
    grantGraph(clientId, permission) {
      state().graphPermissions.push({ principal: clientId, permission });
      kernel.changed();
    },

    revokeGraph(clientId, permission) {
      state().graphPermissions = state().graphPermissions.filter(
        (one) =>
          !same(one.principal, clientId) || (permission !== undefined && one.permission !== permission),
      );
      kernel.changed();
    },

    addOwner(clientId, owner) {
      state().owners.push({ application: clientId, principal: owner });
      kernel.changed();
    },

    removeOwner(clientId, owner) {
      state().owners = state().owners.filter(
        (one) => !same(one.application, clientId) || !same(one.principal, owner),
      );
      kernel.changed();
    },

    ownersOf: (clientId) =>
      state()
        .owners.filter((one) => same(one.application, clientId))
        .flatMap((one) => principal(one.principal) ?? []),

    mayUseGraph(clientId, change, target) {
      const holds = (permission: GraphPermission) =>
        state().graphPermissions.some(
          (one) => same(one.principal, clientId) && one.permission === permission,
        );
      if (holds('Application.ReadWrite.All')) return true;
      if (!change) return holds('Application.Read.All') || holds('Application.ReadWrite.OwnedBy');
      const owns = state().owners.some(
        (one) => same(one.application, target) && same(one.principal, clientId),
      );
      return owns && holds('Application.ReadWrite.OwnedBy');
    },

    graphPermissionsOf: (clientId) =>
      state()
        .graphPermissions.filter((one) => same(one.principal, clientId))
        .map(({ permission }) => permission),
  };
}
