/** The paths of Microsoft Graph that are served. */
import type { ServiceRequest } from '../../kernel/types.js';
import { lenientlyDecoded } from '../../net/escapes.js';

export interface Route {
  readonly operation:
    | 'applications.get'
    | 'applications.owners'
    | 'applications.addPassword'
    | 'applications.removePassword'
    | 'applications.addOwner'
    | 'servicePrincipals.get'
    | 'appRoleAssignments.list'
    | 'appRoleAssignments.grant';
  readonly by: 'appId' | 'objectId';
  readonly id: string;
}

const PATH =
  /^\/v1\.0\/(applications|servicePrincipals)(?:\(appId='([^']+)'\)|\/([^/]+))(?:\/([A-Za-z/$]+?))?\/?$/;

/** What a request is; `undefined` where the path or the method is not served. */
export function routeOf({ method, url }: ServiceRequest): Route | undefined {
  const [, kind, appId, objectId, below] =
    PATH.exec(withoutEmptySegments(lenientlyDecoded(url.pathname))) ?? [];
  const id = appId ?? objectId;
  if (id === undefined) return undefined;
  const operation = kind === 'applications' ? operationOf(method, below) : ofServicePrincipal(method, below);
  return operation && { operation, by: appId === undefined ? 'objectId' : 'appId', id };
}

/** The OData library takes no notice of an empty segment. */
function withoutEmptySegments(path: string): string {
  return path.replace(/\/{2,}/g, '/');
}

function operationOf(method: string, below: string | undefined): Route['operation'] | undefined {
  if (method === 'GET') {
    if (below === undefined) return 'applications.get';
    return below === 'owners' ? 'applications.owners' : undefined;
  }
  if (method !== 'POST') return undefined;
  if (below === 'owners/$ref') return 'applications.addOwner';
  if (below === 'addPassword') return 'applications.addPassword';
  return below === 'removePassword' ? 'applications.removePassword' : undefined;
}

function ofServicePrincipal(method: string, below: string | undefined): Route['operation'] | undefined {
  if (below === undefined) return method === 'GET' ? 'servicePrincipals.get' : undefined;
  if (below !== 'appRoleAssignments') return undefined;
  if (method === 'GET') return 'appRoleAssignments.list';
  return method === 'POST' ? 'appRoleAssignments.grant' : undefined;
}
