/** Rows about what the identity that looks may do, as Resource Manager's list of its own permissions tells it. */
import type { CallFailure } from '../problems/callResult.js';
import { type Grantee, grantControl } from './grants.js';
import type { PreflightRow } from './report.js';
import type { Plane } from './rolePermissions.js';

export type Seen =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'notAllowed' }
  /** The identity may not read its own permissions there, or nobody answered. */
  | { readonly kind: 'unseen'; readonly failure: CallFailure };

/** Who looks, and what it may do. */
export interface Examiner {
  readonly grantee: Grantee;
  /** Whether the identity's roles allow an operation; asked once for each resource. */
  mayDo(plane: Plane, operation: string, resourceId: string): Promise<Seen>;
}

const READ_PERMISSIONS = 'Microsoft.Authorization/permissions/read';

/** The row of an operation that only Resource Manager's list of permissions can show. */
export function rowOfSeen(
  row: Pick<PreflightRow, 'what' | 'where' | 'why'>,
  seen: Seen,
  command: string,
): PreflightRow {
  if (seen.kind === 'allowed') return { ...row, status: 'ok' };
  if (seen.kind === 'notAllowed') return { ...row, status: 'missing', remedy: command };
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
  seen: Seen,
  { grantee }: Pick<Examiner, 'grantee'>,
): readonly PreflightRow[] {
  if (seen.kind !== 'unseen') return [];
  const row = { what: READ_PERMISSIONS, where: scope, why: 'let the preflight see the permissions here' };
  if (seen.failure.kind === 'retry') return [{ ...row, status: 'unknown', note: seen.failure.message }];
  const remedy = grantControl({ action: READ_PERMISSIONS, scope }, grantee);
  return [{ ...row, status: 'missing', remedy }];
}
