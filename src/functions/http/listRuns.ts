import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import { BEGINNING } from '../../durable/instances.js';
import type { FunctionDeps } from '../deps.js';
import { invalid, queryErrors } from './invalid.js';
import { json } from './problem.js';
import { type InstanceStatus, isRun, viewOf } from './runView.js';

const DAY_MS = 24 * 3600_000;
/** How far back to look, in steps: a page of recent runs does not fetch all that are kept. */
const LOOK_BACK_DAYS = [1, 7];
/** The host tells times in whole seconds, by a clock of its own. */
const CLOCKS_APART_MS = 60_000;
/** The host's own parameters, which may carry a key. */
const OF_THE_HOST = ['code', 'clientid'];

type View = Record<string, unknown>;

/** What the durable back end calls the API's statuses. A cancelled run has completed, or was terminated by hand. */
const RUNTIME_STATUSES = {
  queued: [df.OrchestrationRuntimeStatus.Pending],
  running: [
    df.OrchestrationRuntimeStatus.Running,
    df.OrchestrationRuntimeStatus.ContinuedAsNew,
    df.OrchestrationRuntimeStatus.Suspended,
  ],
  completed: [df.OrchestrationRuntimeStatus.Completed],
  failed: [df.OrchestrationRuntimeStatus.Failed],
  cancelled: [
    df.OrchestrationRuntimeStatus.Completed,
    df.OrchestrationRuntimeStatus.Terminated,
    df.OrchestrationRuntimeStatus.Canceled,
  ],
} as const;

/** `GET /api/runs`: runs, newest first. */
export async function listRuns(
  request: HttpRequest,
  context: InvocationContext,
  deps: FunctionDeps,
): Promise<HttpResponseInit> {
  const { listQuery } = await import('./schemas.js');
  const given = [...request.query].filter(
    ([name, value]) => value !== '' && !OF_THE_HOST.includes(name.toLowerCase()),
  );
  const parsed = listQuery.safeParse(Object.fromEntries(given));
  if (!parsed.success) return invalid(queryErrors(parsed.error.issues));
  const { status, target, top, before } = parsed.data;

  const fits = (view: View): boolean =>
    (status === undefined || view.status === status) &&
    (target === undefined || String(view.target).toLowerCase() === target.toLowerCase()) &&
    (before === undefined || keyOf(view) < before);

  const client = df.getClient(context);
  const end = before === undefined ? deps.now() : new Date(before.slice(0, 24));
  const begins = LOOK_BACK_DAYS.map((days) => new Date(end.getTime() - days * DAY_MS));
  const found = new Map<string, View>();
  for (const from of [...begins, BEGINNING]) {
    // The host's time of an instance only ever moves on from the run's own, at any moment: so a slice has no end, and it
    // holds all that began since its beginning, with some of what began earlier.
    const instances: InstanceStatus[] = await client.getStatusBy({
      createdTimeFrom: new Date(from.getTime() - CLOCKS_APART_MS),
      ...(status === undefined ? {} : { runtimeStatus: [...RUNTIME_STATUSES[status]] }),
    });
    for (const instance of instances) {
      if (!isRun(instance) || !instance.input) continue;
      const view = viewOf(instance, { whole: false });
      if (fits(view)) found.set(keyOf(view), view);
    }
    const complete = [...found.values()].filter((view) => String(view.createdAt) >= from.toISOString());
    if (complete.length > top) break;
  }
  const wanted = [...found.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));
  const page = wanted.slice(0, top);
  const last = page.at(-1);
  return json(200, { runs: page, ...(wanted.length > page.length && last ? { next: keyOf(last) } : {}) });
}

/** Orders runs by their beginning; the id tells apart what began in the same moment. */
function keyOf(view: View): string {
  return `${String(view.createdAt)}~${String(view.id)}`;
}
