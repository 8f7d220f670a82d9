import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { earliestOverlapEnd } from '../../domain/rotation/overlapBounds.js';
import { type Caller, formatCaller } from '../../domain/runs/caller.js';
import type { FunctionDeps } from '../deps.js';
import { addressed } from './addressing.js';
import { readBody } from './body.js';
import { doing, genuineInstructions, instruct, progressOf, told } from './instructing.js';
import { invalid } from './invalid.js';
import { problem } from './problem.js';
import { hasEnded, overlapEnd } from './runView.js';

const RETRY_AFTER_SECONDS = 15;

/** `POST /api/runs/{id}/overlap`: shortens or extends the overlap that a rotation waits out. */
export async function setOverlap(
  request: HttpRequest,
  context: InvocationContext,
  deps: FunctionDeps,
  caller: Caller,
): Promise<HttpResponseInit> {
  const { overlapRequest } = await import('./schemas.js');
  const read = await readBody(request, overlapRequest);
  if (read.kind === 'refused') return read.response;
  const run = await addressed(request, context, deps);
  if (run.kind === 'refused') return run.response;
  const { client, id, status, key } = run;

  const progress = progressOf(status);
  const { overlapSince, overlapLatest } = progress;
  if (hasEnded(status) || overlapSince === undefined || overlapLatest === undefined) {
    const why = hasEnded(status) ? 'has ended' : `does not wait an overlap out: ${doing(progress)}`;
    return problem({ code: 'notWaiting', detail: `The run ${id} ${why}.` });
  }
  const now = deps.now().getTime();
  const until = Date.parse(read.body.until);
  const earliest = earliestOverlapEnd(now);
  if (until < earliest || until > Date.parse(overlapLatest)) {
    const ends = overlapEnd(progress, await genuineInstructions(client, key, id));
    const detail = `It must not be before ${new Date(earliest).toISOString()} (a write with the old credential may be under way until then) and not after ${overlapLatest} (when the new credential is due). The overlap ends at ${ends} as it is.`;
    return invalid([{ pointer: '/until', detail }]);
  }
  const end = new Date(until).toISOString();
  await instruct(run, context, {
    kind: 'setOverlap',
    openedAt: overlapSince,
    until: end,
    ...caller,
    at: new Date(now).toISOString(),
  });
  context.log(`run ${id}: overlap until ${end} by ${formatCaller(caller)}`);
  return told(status, RETRY_AFTER_SECONDS);
}
