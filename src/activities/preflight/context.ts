import type { RotationStrategies } from '../../credentials/strategy.js';
import { CLOUDS, type Cloud } from '../../domain/configuration/clouds.js';
import type { Configuration } from '../../domain/configuration/profile.js';
import type { Examiner } from '../../domain/preflight/permissionRows.js';
import { permits } from '../../domain/preflight/rolePermissions.js';
import type { CallFailure } from '../../domain/problems/callResult.js';
import type { RuntimeKinds } from '../../runtimes/kind.js';
import type { Azure } from '../azure.js';
import type { ActivityDeps } from '../deps.js';

/** What every part of a preflight looks at, and who looks. */
export interface PreflightContext extends Examiner {
  readonly configuration: Configuration;
  readonly cloud: Cloud;
  readonly azure: Azure;
  readonly kinds: RuntimeKinds;
  readonly strategies: RotationStrategies;
  /** Who looks, in words. */
  readonly identity: string;
}

/** Asks who looks; without a token nothing can be looked at. */
export async function createPreflightContext(
  deps: Pick<ActivityDeps, 'configuration' | 'azure' | 'kinds' | 'strategies'>,
): Promise<PreflightContext | CallFailure> {
  const [configuration, azure] = await Promise.all([deps.configuration(), deps.azure()]);
  const asked = await azure.ownAccess.claims('resourceManager');
  if (asked.kind !== 'answered') return asked;
  const { objectId, clientId, person } = asked.claims;
  const lists = new Map<string, ReturnType<typeof azure.ownAccess.permissions>>();
  return {
    configuration,
    cloud: CLOUDS[configuration.cloud],
    azure,
    kinds: deps.kinds,
    strategies: deps.strategies,
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
      if (listed.kind !== 'answered') return { kind: 'unknown', failure: listed };
      return { kind: permits(listed.granted, plane, operation) ? 'allowed' : 'notAllowed' };
    },
  };
}
