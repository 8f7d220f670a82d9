/** Who may do what: roles, single permissions, permissions in Microsoft Graph, and what is denied to everybody. */
import { z } from 'zod';
import type { EmulatedAzure } from '../azure.js';
import { AIRFLOW_VAULT, vaultId } from '../sample/names.js';
import { GRAPH_PERMISSION } from '../services/entra/directoryState.js';
import { PLANE } from '../services/resourceManager/roles.js';
import { PRINCIPAL } from './inputs.js';
import { ControlError, type ControlRoute, parsed } from './router.js';

const ROLE = z.strictObject({
  principal: PRINCIPAL,
  vault: z.string().default(AIRFLOW_VAULT),
  role: z.string().default('Key Vault Secrets User'),
  grant: z.boolean(),
});
const PERMISSION = z.strictObject({
  principal: PRINCIPAL,
  plane: PLANE,
  /** One operation, as roles name it; no pattern. */
  action: z.string().regex(/^[A-Za-z.]+(?:\/[A-Za-z]+)+$/, 'It must be one operation, without a star'),
  /** Resource id. */
  scope: z.string().startsWith('/'),
  grant: z.boolean(),
});
const GRAPH = z.strictObject({
  principal: PRINCIPAL,
  grant: z.boolean(),
  permission: GRAPH_PERMISSION.optional(),
  /** An application that the principal owns. */
  owns: PRINCIPAL.optional(),
});

const DENIAL = z.strictObject({
  kind: z.enum(['lock', 'policy', 'disabledSubscription']),
  /** Resource id. */
  scope: z.string().startsWith('/'),
  on: z.boolean(),
});

/** Routes of permissions. */
export function permissionRoutes({ directory, resourceManager, roles }: EmulatedAzure): ControlRoute[] {
  return [
    {
      method: 'POST',
      path: '/roles',
      handle({ body }) {
        const { principal, vault, role, grant } = parsed(ROLE, body);
        const scope = vaultId(vault);
        if (!grant) return { removed: roles.revoke({ principal, scope, role }) };
        try {
          return { id: roles.grant({ principal, scope, role }) };
        } catch (error) {
          throw new ControlError(400, error instanceof Error ? error.message : String(error), 'role');
        }
      },
    },
    {
      method: 'POST',
      path: '/permissions',
      handle({ body }) {
        const { grant, ...permission } = parsed(PERMISSION, body);
        if (grant) return { id: roles.give(permission) };
        const removed = roles.take(permission);
        if (removed > 0) return { removed };
        const { action, scope } = permission;
        throw new ControlError(404, `No assignment of the principal lists ${action} on ${scope}.`, 'action');
      },
    },
    {
      method: 'POST',
      path: '/denials',
      handle({ body }) {
        const { on, ...denial } = parsed(DENIAL, body);
        resourceManager.setDenial(denial, on);
        return undefined;
      },
    },
    {
      method: 'POST',
      path: '/directory/graph',
      handle({ body }) {
        const { principal, grant, permission, owns } = parsed(GRAPH, body);
        if (permission !== undefined) {
          if (grant) directory.grantGraph(principal, permission);
          else directory.revokeGraph(principal, permission);
        }
        if (owns !== undefined) {
          if (grant) directory.addOwner(owns, principal);
          else directory.removeOwner(owns, principal);
        }
        return undefined;
      },
    },
  ];
}
