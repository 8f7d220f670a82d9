/** The paths of a vault that are served, and the permission that each needs. */
import type { ServiceRequest } from '../../kernel/types.js';

export interface Route {
  readonly operation:
    | 'secrets.get'
    | 'secrets.set'
    | 'secrets.update'
    | 'secrets.delete'
    | 'secrets.list'
    | 'secrets.listVersions'
    | 'deletedSecrets.get'
    | 'deletedSecrets.list'
    | 'deletedSecrets.recover'
    | 'deletedSecrets.purge';
  /** Data action as roles name it. */
  readonly action: string;
  /** Name of the secret; empty for lists of the vault. */
  readonly name: string;
  /** Empty: the current one. */
  readonly version: string;
}

const ACTIONS: Readonly<Record<Route['operation'], string>> = {
  'secrets.get': 'getSecret/action',
  'secrets.set': 'setSecret/action',
  'secrets.update': 'update/action',
  'secrets.delete': 'delete',
  'secrets.list': 'readMetadata/action',
  'secrets.listVersions': 'readMetadata/action',
  'deletedSecrets.get': 'readMetadata/action',
  'deletedSecrets.list': 'readMetadata/action',
  'deletedSecrets.recover': 'recover/action',
  'deletedSecrets.purge': 'purge/action',
};

/** What a request is; `undefined` where the path or the method is not served. A slash at the end changes nothing. */
export function routeOf({ method, url }: ServiceRequest): Route | undefined {
  const [collection = '', name = '', version = '', ...rest] = url.pathname
    .split('/')
    .filter((part) => part !== '');
  if (rest.length > 0) return undefined;
  const operation = operationOf(method, collection.toLowerCase(), name, version.toLowerCase());
  if (operation === undefined) return undefined;
  const named = operation === 'secrets.listVersions' || operation === 'deletedSecrets.recover';
  const action = `Microsoft.KeyVault/vaults/secrets/${ACTIONS[operation]}`;
  return { operation, action, name, version: named ? '' : version };
}

function operationOf(
  method: string,
  collection: string,
  name: string,
  below: string,
): Route['operation'] | undefined {
  if (collection === 'secrets') {
    if (name === '') return method === 'GET' ? 'secrets.list' : undefined;
    if (below === 'versions') return method === 'GET' ? 'secrets.listVersions' : undefined;
    if (method === 'GET') return 'secrets.get';
    if (method === 'PATCH') return 'secrets.update';
    if (below !== '') return undefined;
    if (method === 'PUT') return 'secrets.set';
    return method === 'DELETE' ? 'secrets.delete' : undefined;
  }
  if (collection !== 'deletedsecrets') return undefined;
  if (name === '') return method === 'GET' ? 'deletedSecrets.list' : undefined;
  if (below === 'recover') return method === 'POST' ? 'deletedSecrets.recover' : undefined;
  if (below !== '') return undefined;
  if (method === 'GET') return 'deletedSecrets.get';
  return method === 'DELETE' ? 'deletedSecrets.purge' : undefined;
}
