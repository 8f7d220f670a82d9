/** The paths of Resource Manager that are served, and what each call is: operation, permission, throttling class. */
import type { ServiceRequest } from '../../kernel/types.js';
import type { CallKind } from './throttle.js';

export const RUNTIME_TYPE = 'Microsoft.DataFactory/factories/integrationruntimes';

export interface Route {
  readonly operation:
    | 'factories.list'
    | 'factories.listByResourceGroup'
    | 'factories.get'
    | 'integrationRuntimes.list'
    | 'integrationRuntimes.get'
    | 'integrationRuntimes.createOrUpdate'
    | 'integrationRuntimes.delete'
    | 'airflow.sync';
  readonly kind: CallKind;
  /** Operation as roles name it. */
  readonly action: string;
  /** Resource id that the call is about, as the request spelled it. */
  readonly scope: string;
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly factory: string;
  readonly runtime: string;
}

const PATH =
  /^\/subscriptions\/(?<subscription>[^/]+)(?:\/resourcegroups\/(?<resourceGroup>[^/]+))?\/providers\/microsoft\.datafactory\/factories(?:\/(?<factory>[^/]+)(?<below>\/.*)?)?$/i;
const RUNTIME = /^\/integrationruntimes(?:\/(?<runtime>[^/]+))?$/i;
const SYNC = /^\/airflow\/sync$/i;

const READ_FACTORY = 'Microsoft.DataFactory/factories/read';

/** What a request is; `undefined` where the path or the method is not served. */
export function routeOf({ method, url }: ServiceRequest): Route | undefined {
  const path = decoded(url.pathname).replace(/\/+$/, '');
  const groups = PATH.exec(path)?.groups;
  if (groups === undefined) return undefined;
  const { subscription = '', resourceGroup = '', factory = '', below = '' } = groups;
  const common = { subscription, resourceGroup, factory, runtime: '', scope: path };
  if (factory === '') {
    if (method !== 'GET') return undefined;
    const operation = resourceGroup === '' ? 'factories.list' : 'factories.listByResourceGroup';
    const scope = path.replace(/\/providers\/.*$/i, '');
    return { ...common, operation, kind: 'reads', action: READ_FACTORY, scope };
  }
  if (resourceGroup === '') return undefined;
  if (below === '') {
    if (method !== 'GET') return undefined;
    return { ...common, operation: 'factories.get', kind: 'reads', action: READ_FACTORY };
  }
  const factoryId = path.slice(0, path.length - below.length);
  if (method === 'POST' && SYNC.test(below)) {
    const action = 'Microsoft.DataFactory/factories/airflow/sync/action';
    return { ...common, operation: 'airflow.sync', kind: 'writes', action, scope: factoryId };
  }
  const match = RUNTIME.exec(below);
  if (match === null) return undefined;
  const runtime = match.groups?.['runtime'] ?? '';
  if (runtime === '') {
    if (method !== 'GET') return undefined;
    const action = `${RUNTIME_TYPE}/read`;
    return { ...common, operation: 'integrationRuntimes.list', kind: 'reads', action, scope: factoryId };
  }
  switch (method) {
    case 'GET':
      return {
        ...common,
        runtime,
        operation: 'integrationRuntimes.get',
        kind: 'reads',
        action: `${RUNTIME_TYPE}/read`,
      };
    case 'PUT':
      return {
        ...common,
        runtime,
        operation: 'integrationRuntimes.createOrUpdate',
        kind: 'writes',
        action: `${RUNTIME_TYPE}/write`,
      };
    case 'DELETE':
      return {
        ...common,
        runtime,
        operation: 'integrationRuntimes.delete',
        kind: 'deletes',
        action: `${RUNTIME_TYPE}/delete`,
      };
    default:
      return undefined;
  }
}

/** A path with a malformed escape stays as it is, and so is not found. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
