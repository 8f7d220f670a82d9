import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import type { RotationProgress } from '../../domain/rotation/rotations.js';
import type { FunctionDeps } from '../deps.js';
import { readBody } from './body.js';
import { findRun, noSuchRun } from './getRun.js';
import { json, problem } from './problem.js';
import { hasEnded, type InstanceStatus, statusWord } from './runView.js';

/** `POST /api/runs/{id}/approve`: a person's word at the gate that a rotation waits at. Too early is refused. */
export async function approveRun(
  request: HttpRequest,
  context: InvocationContext,
  deps: FunctionDeps,
  principal: string,
): Promise<HttpResponseInit> {
  const { approveRequest } = await import('./schemas.js');
  const read = await readBody(request, approveRequest);
  if (read.kind === 'refused') return read.response;
  const { gate, decision } = read.body;
  return tell(request, context, {
    operation: 'decide',
    input: { gate, decision, by: principal, at: deps.now().toISOString() },
    waits: ({ waitingFor }) => waitingFor?.gate === gate,
    otherwise: `It does not wait for approval of the ${gate}.`,
  });
}

/** `POST /api/runs/{id}/overlap`: shortens or extends the overlap that a rotation waits out. */
export async function setOverlap(
  request: HttpRequest,
  context: InvocationContext,
  deps: FunctionDeps,
  principal: string,
): Promise<HttpResponseInit> {
  const { overlapRequest } = await import('./schemas.js');
  const read = await readBody(request, overlapRequest);
  if (read.kind === 'refused') return read.response;
  return tell(request, context, {
    operation: 'setOverlap',
    input: { until: read.body.until, by: principal, at: deps.now().toISOString() },
    waits: ({ overlapUntil }) => overlapUntil !== undefined,
    otherwise: 'It does not wait an overlap out.',
  });
}

interface Message {
  readonly operation: 'decide' | 'setOverlap';
  readonly input: Readonly<Record<string, string>> & { readonly by: string };
  /** Whether the run waits for just this. */
  readonly waits: (progress: Partial<RotationProgress>) => boolean;
  readonly otherwise: string;
}

async function tell(
  request: HttpRequest,
  context: InvocationContext,
  { operation, input, waits, otherwise }: Message,
): Promise<HttpResponseInit> {
  const client = df.getClient(context);
  const id = request.params.id ?? '';
  const status = await findRun(client, id);
  if (!status) return noSuchRun(id);
  if (hasEnded(status) || !waits(progressOf(status))) {
    const detail = hasEnded(status) ? `The run ${id} has ended.` : `The run ${id} is not there: ${otherwise}`;
    return problem({ status: 409, code: 'notWaiting', title: 'The run does not wait for this', detail });
  }
  await client.signalEntity(new df.EntityId('run', id), operation, input);
  context.log(`run ${id}: ${operation} by ${input.by}`);
  const statusUrl = `/api/runs/${id}`;
  return json(
    202,
    { id, status: statusWord(status), statusUrl },
    { location: statusUrl, 'retry-after': '60' },
  );
}

function progressOf({ customStatus }: InstanceStatus): Partial<RotationProgress> {
  return (customStatus ?? {}) as Partial<RotationProgress>;
}
