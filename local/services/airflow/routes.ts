/** Which operation of the web server a request asks for. */
import type { ServiceRequest } from '../../kernel/types.js';

export interface Route {
  /** As the ledger and the faults name it. */
  readonly operation: Operation;
  /** Of the REST API, or of the pages beside it. */
  readonly api: 'v1' | 'v2' | 'page';
  readonly dagId: string;
  readonly runId: string;
  readonly taskId: string;
  /** Of an XCom or a variable. */
  readonly key: string;
}

type Operation =
  | 'health'
  | 'version'
  | 'config.get'
  | 'dags.list'
  | 'dags.get'
  | 'dags.update'
  | 'dagRuns.list'
  | 'dagRuns.get'
  | 'dagRuns.trigger'
  | 'taskInstances.list'
  | 'taskInstances.get'
  | 'xcomEntries.list'
  | 'xcomEntries.get'
  | 'importErrors.list'
  | 'variables.list'
  | 'variables.get'
  | 'variables.create'
  | 'auth.token'
  | 'page'
  | 'wrongMethod'
  | 'unknown';

type Methods = Readonly<Record<string, Operation>>;

/** Paths under `/api/v1` and `/api/v2`; a name in braces stands for one segment. */
const PATHS: readonly (readonly [string, Methods])[] = [
  ['version', { GET: 'version' }],
  ['config', { GET: 'config.get' }],
  ['dags', { GET: 'dags.list' }],
  ['dags/{dagId}', { GET: 'dags.get', PATCH: 'dags.update' }],
  ['dags/{dagId}/dagRuns', { GET: 'dagRuns.list', POST: 'dagRuns.trigger' }],
  ['dags/{dagId}/dagRuns/{runId}', { GET: 'dagRuns.get' }],
  ['dags/{dagId}/dagRuns/{runId}/taskInstances', { GET: 'taskInstances.list' }],
  ['dags/{dagId}/dagRuns/{runId}/taskInstances/{taskId}', { GET: 'taskInstances.get' }],
  ['dags/{dagId}/dagRuns/{runId}/taskInstances/{taskId}/xcomEntries', { GET: 'xcomEntries.list' }],
  ['dags/{dagId}/dagRuns/{runId}/taskInstances/{taskId}/xcomEntries/{key}', { GET: 'xcomEntries.get' }],
  ['importErrors', { GET: 'importErrors.list' }],
  ['variables', { GET: 'variables.list', POST: 'variables.create' }],
  ['variables/{key}', { GET: 'variables.get' }],
];

const NOTHING = { dagId: '', runId: '', taskId: '', key: '' };

export function routeOf({ method, url }: ServiceRequest): Route {
  const [, first, second, ...rest] = url.pathname.split('/');
  if (first === 'api' && (second === 'v1' || second === 'v2')) return apiRoute(second, rest, method);
  const page = { ...NOTHING, api: 'page' } as const;
  if (url.pathname === '/health') return { ...page, operation: 'health' };
  if (url.pathname === '/auth/token' && method === 'POST') return { ...page, operation: 'auth.token' };
  if (['/', '/home', '/login/'].includes(url.pathname)) return { ...page, operation: 'page' };
  return { ...page, operation: 'unknown' };
}

function apiRoute(api: 'v1' | 'v2', segments: readonly string[], method: string): Route {
  const health = api === 'v1' ? 'health' : 'monitor/health';
  if (segments.join('/') === health && method === 'GET') return { ...NOTHING, api, operation: 'health' };
  for (const [pattern, methods] of PATHS) {
    const names = match(pattern.split('/'), segments);
    if (names === undefined) continue;
    return { ...NOTHING, ...names, api, operation: methods[method] ?? 'wrongMethod' };
  }
  return { ...NOTHING, api, operation: 'unknown' };
}

/** What the names in braces stand for; undefined where the path is another. */
function match(pattern: readonly string[], segments: readonly string[]): Partial<Route> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const found: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = decoded(segments[index] ?? '');
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined ? part !== segment : segment === '') return undefined;
    if (name !== undefined) found[name] = segment;
  }
  return found;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
