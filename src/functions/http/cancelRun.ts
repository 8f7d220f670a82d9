import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import type { FunctionDeps } from '../deps.js';
import { findRun, noSuchRun } from './getRun.js';
import { json, problem } from './problem.js';
import { hasEnded, statusWord } from './runView.js';

/** `POST /api/runs/{id}/cancel`: asks a run to stop; it undoes what it must, lets go and ends by itself. */
export async function cancelRun(
  request: HttpRequest,
  context: InvocationContext,
  deps: FunctionDeps,
  principal: string,
): Promise<HttpResponseInit> {
  const client = df.getClient(context);
  const id = request.params.id ?? '';
  const status = await findRun(client, id);
  if (!status) return noSuchRun(id);
  if (hasEnded(status)) {
    return problem({
      status: 409,
      code: 'runEnded',
      title: 'The run has ended',
      detail: `The run ${id} has ended; there is nothing to cancel.`,
    });
  }
  await client.signalEntity(new df.EntityId('run', id), 'cancel', {
    by: principal,
    at: deps.now().toISOString(),
  });
  context.log(`run ${id}: cancel asked for by ${principal}`);
  const statusUrl = `/api/runs/${id}`;
  return json(
    202,
    { id, status: statusWord(status), statusUrl },
    { location: statusUrl, 'retry-after': '30' },
  );
}
