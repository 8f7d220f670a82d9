import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import { isRunId } from '../../domain/runs/instanceIds.js';
import { isRun } from '../../domain/runs/runs.js';
import { instancesSince, statusOf } from '../../durable/instances.js';
import type { FunctionDeps } from '../deps.js';
import { genuineInstructions } from './instructing.js';
import { json, problem } from './problem.js';
import { childRunIdsOf, type InstanceStatus, inputOf, viewOf, wasEndedByHost } from './runView.js';

/** `GET /api/runs/{id}`: one run with its audit trail. */
export async function getRun(
  request: HttpRequest,
  context: InvocationContext,
  deps: FunctionDeps,
): Promise<HttpResponseInit> {
  const client = df.getClient(context);
  const id = request.params['id'] ?? '';
  const status = await findRun(client, id);
  if (!status) return noSuchRun(id);
  const instructions = await genuineInstructions(client, deps.settings().signingKey, id);
  const childRunIds = wasEndedByHost(status) ? await childrenOf(client, status) : [];
  return json(200, viewOf(status, { whole: true, instructions, childRunIds }));
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
    code: 'noSuchRun',
    detail: `There is no run ${id.slice(0, 80)}. Finished runs are purged after retentionDays, and after three days what nobody asked for and found nothing to do.`,
  });
}
