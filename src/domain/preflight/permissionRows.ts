/** Rows about what the identity that looks may do, as Resource Manager's list of its own permissions tells it. */
import type { CallFailure } from '../problems/callResult.js';
import { type Grantee, grantControl } from './grants.js';
import type { PreflightRow } from './report.js';
import type { Plane } from './rolePermissions.js';

export type PermissionResult =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'notAllowed' }
  /** The identity may not read its own permissions there, or nobody answered. */
  | { readonly kind: 'unknown'; readonly failure: CallFailure };

/** Who looks, and what it may do. */
export interface Examiner {
  readonly grantee: Grantee;
  /** Whether the identity's roles allow an operation; asked once for each resource. */
  mayDo(plane: Plane, operation: string, resourceId: string): Promise<PermissionResult>;
}

const READ_PERMISSIONS = 'Microsoft.Authorization/permissions/read';

/** The row of an operation that only Resource Manager's list of permissions can show. */
export function rowOfPermission(
  row: Pick<PreflightRow, 'what' | 'where' | 'why'>,
  permission: PermissionResult,
  command: string,
): PreflightRow {
  if (permission.kind === 'allowed') return { ...row, status: 'ok' };
  if (permission.kind === 'notAllowed') return { ...row, status: 'missing', remedy: command };
  return {
    ...row,
    status: 'unknown',
    note: "the identity's own permissions cannot be read here; if it is not granted yet:",
    remedy: command,
  };
}

/** The row of a resource on which the identity may not read its own permissions; none where it may. */
export function ownPermissionsRow(
  scope: string,
  permission: PermissionResult,
  { grantee }: Pick<Examiner, 'grantee'>,
): readonly PreflightRow[] {
  if (permission.kind !== 'unknown') return [];
  const row = { what: READ_PERMISSIONS, where: scope, why: 'let the preflight see the permissions here' };
  if (permission.failure.kind === 'retry')
    return [{ ...row, status: 'unknown', note: permission.failure.message }];
  const remedy = grantControl({ action: READ_PERMISSIONS, scope }, grantee);
  return [{ ...row, status: 'missing', remedy }];
}
