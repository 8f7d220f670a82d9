import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import { isRunId } from '../../domain/instanceIds.js';
import type { RunControl } from '../../domain/runControl.js';
import { BEGINNING, statusOf } from '../durable.js';
import { json, problem } from './problem.js';
import { type InstanceStatus, isRun, viewOf } from './runView.js';

const MAX_TOP = 200;
const DEFAULT_TOP = 50;

/** `GET /api/runs/{id}`: one run with its audit trail. */
export async function getRun(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const client = df.getClient(context);
  const id = request.params.id ?? '';
  const status = await findRun(client, id);
  if (!status) return noSuchRun(id);
  const control = await client.readEntityState<RunControl>(new df.EntityId('run', id));
  const cancelRequested = control.entityExists && control.entityState?.cancel !== undefined;
  return json(200, viewOf(status, { whole: true, cancelRequested }));
}

/** `GET /api/runs`: runs, newest first. */
export async function listRuns(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const { query } = request;
  const top = Number(query.get('top') ?? DEFAULT_TOP);
  if (!Number.isInteger(top) || top < 1 || top > MAX_TOP) {
    const detail = `It must be a whole number from 1 to ${MAX_TOP}.`;
    return problem({
      status: 422,
      code: 'invalidRequest',
      title: 'The request cannot be carried out',
      detail: `top: ${detail}`,
      errors: [{ pointer: 'top', detail }],
    });
  }
  const all: InstanceStatus[] = await df.getClient(context).getStatusBy({ createdTimeFrom: BEGINNING });
  const views = all
    .filter((status) => isRun(status) && status.input)
    .map((status) => viewOf(status, { whole: false }))
    .sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));
  const wanted = views.filter(
    (view) =>
      fits(query.get('status'), view.status) &&
      fits(query.get('target'), view.target) &&
      (!query.get('before') || keyOf(view) < (query.get('before') ?? '')),
  );
  const page = wanted.slice(0, top);
  const last = page.at(-1);
  return json(200, { runs: page, ...(wanted.length > page.length && last ? { next: keyOf(last) } : {}) });
}

/** The run of this id; nothing for ids of something else, so that internal instances stay internal. */
export async function findRun(client: df.DurableClient, id: string): Promise<InstanceStatus | undefined> {
  if (!isRunId(id)) return undefined;
  const status = await statusOf(client, id);
  return status && isRun(status) ? status : undefined;
}

export function noSuchRun(id: string): HttpResponseInit {
  return problem({
    status: 404,
    code: 'noSuchRun',
    title: 'No such run',
    detail: `There is no run ${id.slice(0, 80)}. Finished runs are purged after retentionDays.`,
  });
}

function fits(wanted: string | null, value: unknown): boolean {
  return !wanted || String(value).toLowerCase() === wanted.toLowerCase();
}

/** Orders runs by time; the id tells apart what was created in the same second. */
function keyOf(view: Record<string, unknown>): string {
  return `${String(view.createdAt)}~${String(view.id)}`;
}
