import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import { isRunId } from '../../domain/instanceIds.js';
import type { RunControl } from '../../domain/runControl.js';
import { instancesSince, statusOf } from '../../durable/instances.js';
import { json, problem } from './problem.js';
import { childRunIdsOf, type InstanceStatus, inputOf, isRun, viewOf, wasEndedByHost } from './runView.js';

/** `GET /api/runs/{id}`: one run with its audit trail. */
export async function getRun(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const client = df.getClient(context);
  const id = request.params.id ?? '';
  const status = await findRun(client, id);
  if (!status) return noSuchRun(id);
  const control = await client.readEntityState<RunControl>(new df.EntityId('run', id));
  const cancelRequested = control.entityExists && control.entityState?.cancel !== undefined;
  const childRunIds = wasEndedByHost(status) ? await childrenOf(client, status) : [];
  return json(200, viewOf(status, { whole: true, cancelRequested, childRunIds }));
}

/** Ids of the runs that a run started: they began after it did. */
async function childrenOf(client: df.DurableClient, status: InstanceStatus): Promise<string[]> {
  return childRunIdsOf(await instancesSince(client, new Date(inputOf(status).createdAt)), status.instanceId);
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
