import { CLOUDS, type Cloud } from '../../domain/configuration/clouds.js';
import type { Configuration } from '../../domain/configuration/profile.js';
import { type Grantee, grantControl } from '../../domain/preflight/grants.js';
import type { PreflightRow } from '../../domain/preflight/report.js';
import { type Plane, permits } from '../../domain/preflight/rolePermissions.js';
import type { CallFailure } from '../../domain/problems/callResult.js';
import type { Azure } from '../azure.js';
import type { ActivityDeps } from '../deps.js';

/** What every part of a preflight looks at, and who looks. */
export interface Scene {
  readonly configuration: Configuration;
  readonly cloud: Cloud;
  readonly azure: Azure;
  readonly grantee: Grantee;
  /** Who looks, in words. */
  readonly identity: string;
  /** Whether the identity's roles allow an operation; asked once for each resource. */
  mayDo(plane: Plane, operation: string, resourceId: string): Promise<Seen>;
}

export type Seen =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'notAllowed' }
  /** The identity may not read its own permissions there, or nobody answered. */
  | { readonly kind: 'unseen'; readonly failure: CallFailure };

const READ_PERMISSIONS = 'Microsoft.Authorization/permissions/read';

/** Asks who looks; without a token nothing can be looked at. */
export async function createScene(
  deps: Pick<ActivityDeps, 'configuration' | 'azure'>,
): Promise<Scene | CallFailure> {
  const [configuration, azure] = await Promise.all([deps.configuration(), deps.azure()]);
  const asked = await azure.ownAccess.claims('resourceManager');
  if (asked.kind !== 'answered') return asked;
  const { objectId, clientId, person } = asked.claims;
  const lists = new Map<string, ReturnType<typeof azure.ownAccess.permissions>>();
  return {
    configuration,
    cloud: CLOUDS[configuration.cloud],
    azure,
    grantee: { person, ...(objectId ? { objectId } : {}) },
    identity: [
      clientId && !person ? `client id ${clientId}` : undefined,
      objectId ? `object id ${objectId}` : undefined,
    ]
      .filter((part) => part !== undefined)
      .join(', '),
    async mayDo(plane, operation, resourceId) {
      const known = lists.get(resourceId) ?? azure.ownAccess.permissions(resourceId);
      lists.set(resourceId, known);
      const listed = await known;
      if (listed.kind !== 'answered') return { kind: 'unseen', failure: listed };
      return { kind: permits(listed.held, plane, operation) ? 'allowed' : 'notAllowed' };
    },
  };
}

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
export function ownPermissionsRow(scope: string, seen: Seen, { grantee }: Scene): readonly PreflightRow[] {
  if (seen.kind !== 'unseen') return [];
  const row = { what: READ_PERMISSIONS, where: scope, why: 'let the preflight see the permissions here' };
  if (seen.failure.kind === 'retry') return [{ ...row, status: 'unknown', note: seen.failure.message }];
  const remedy = grantControl({ action: READ_PERMISSIONS, scope }, grantee);
  return [{ ...row, status: 'missing', remedy }];
}
