/** What roles allow, as Resource Manager lists it for the caller. */

import { globMatches } from '../configuration/profileMatching.js';

/** Operations of the control plane (`control`), or of a data plane such as a vault's (`data`). */
export type Plane = 'control' | 'data';

/** The permissions of one role that the caller holds on a resource or above it. */
export interface RolePermissions {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
}

/**
 * Whether some role allows the operation. What a role excludes it does not allow, and another role still may
 * (https://learn.microsoft.com/azure/role-based-access-control/role-definitions#notactions). Conditions and deny
 * assignments are not in the list and so not seen.
 */
export function permits(granted: readonly RolePermissions[], plane: Plane, operation: string): boolean {
  return granted.some(({ actions, notActions, dataActions, notDataActions }) => {
    const [allowed, excluded] = plane === 'control' ? [actions, notActions] : [dataActions, notDataActions];
    return matches(allowed, operation) && !matches(excluded, operation);
  });
}

function matches(patterns: readonly string[], operation: string): boolean {
  return patterns.some((pattern) => globMatches(pattern, operation));
}
