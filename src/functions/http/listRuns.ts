import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import { isRun } from '../../domain/runs/runs.js';
import { BEGINNING, instancesSince } from '../../durable/instances.js';
import type { FunctionDeps } from '../deps.js';
import { genuineInstructions, progressOf } from './instructing.js';
import { invalid, queryErrors } from './invalid.js';
import { json } from './problem.js';
import {
  childRunIdsOf,
  type InstanceStatus,
  isInOverlap,
  overlapEnd,
  viewOf,
  wasEndedByHost,
} from './runView.js';
import { type TargetFilter, targetFilter } from './targetFilter.js';

const DAY_MS = 24 * 3600_000;
/** How far back to look, in steps: a page of recent runs does not fetch all that are kept. */
const LOOK_BACK_DAYS = [1, 7];
/** The host's own parameters, which may carry a key. */
const OF_THE_HOST = ['code', 'clientid'];

type View = Record<string, unknown>;

interface Found {
  readonly instance: InstanceStatus;
  readonly view: View;
}

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
  const { status, outcome, action, target, top, before } = parsed.data;
  const wantedTarget = target === undefined ? undefined : await filterOf(target, deps);
  if (wantedTarget?.kind === 'refused') return invalid([{ pointer: 'target', detail: wantedTarget.detail }]);

  const fits = (view: View): boolean =>
    (status === undefined || view['status'] === status) &&
    (outcome === undefined || view['outcome'] === outcome) &&
    (action === undefined || view['action'] === action) &&
    (wantedTarget === undefined || wantedTarget.fits(String(view['target']))) &&
    (before === undefined || keyOf(view) < before);

  const client = df.getClient(context);
  const end = before === undefined ? deps.now() : new Date(before.slice(0, 24));
  const begins = LOOK_BACK_DAYS.map((days) => new Date(end.getTime() - days * DAY_MS)).filter(
    (begin) => begin > BEGINNING,
  );
  const found = new Map<string, Found>();
  for (const from of [...begins, BEGINNING]) {
    const instances = await instancesSince(client, from, status && RUNTIME_STATUSES[status]);
    for (const instance of instances) {
      if (!isRun(instance) || !instance.input) continue;
      const view = viewOf(instance, { whole: false });
      if (fits(view)) found.set(keyOf(view), { instance, view });
    }
    // Of what began before the slice does, some may still be missing.
    const complete = [...found.values()].filter(
      ({ view }) => String(view['createdAt']) >= from.toISOString(),
    );
    if (complete.length > top) break;
  }
  if (found.size === 0 && wantedTarget?.unknown !== undefined) {
    return invalid([{ pointer: 'target', detail: wantedTarget.unknown }]);
  }
  const wanted = [...found.entries()].sort(([a], [b]) => (a < b ? 1 : -1));
  const page = wanted.slice(0, top);
  const last = page.at(-1);
  return json(200, {
    runs: await withChildren(
      client,
      await withOverlaps(
        client,
        deps,
        page.map(([, one]) => one),
      ),
    ),
    ...(wanted.length > page.length && last ? { next: last[0] } : {}),
  });
}

/** The views, where a run waits an overlap out with the end that it was told last. */
async function withOverlaps(
  client: df.DurableClient,
  deps: FunctionDeps,
  page: readonly Found[],
): Promise<Found[]> {
  const shown: Found[] = [];
  for (const one of page) {
    const { instance, view } = one;
    if (!isInOverlap(instance)) {
      shown.push(one);
      continue;
    }
    const instructions = await genuineInstructions(client, deps.settings().signingKey, instance.instanceId);
    const until = overlapEnd(progressOf(instance), instructions);
    shown.push({ instance, view: { ...view, overlapUntil: until } });
  }
  return shown;
}

/** The views, where a run has no end of its own with the runs that it started. */
async function withChildren(client: df.DurableClient, page: readonly Found[]): Promise<View[]> {
  const begins = page
    .filter(({ instance }) => wasEndedByHost(instance))
    .map(({ view }) => String(view['createdAt']))
    .sort();
  const [first] = begins;
  if (first === undefined) return page.map(({ view }) => view);
  const instances = await instancesSince(client, new Date(first));
  return page.map(({ instance, view }) =>
    wasEndedByHost(instance)
      ? viewOf(instance, { whole: false, childRunIds: childRunIdsOf(instances, instance.instanceId) })
      : view,
  );
}

/** Orders runs by their beginning; the id tells apart what began in the same moment. */
function keyOf(view: View): string {
  return `${String(view['createdAt'])}~${String(view['id'])}`;
}

async function filterOf(target: string, { configuration, kinds }: FunctionDeps): Promise<TargetFilter> {
  return targetFilter(target, { configuration: await configuration(), kinds });
}
