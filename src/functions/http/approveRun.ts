import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { type Caller, callerId, formatCaller } from '../../domain/runs/caller.js';
import type { RotationInput } from '../../domain/runs/inputs.js';
import {
  type Decision,
  type GateDecision,
  type Instruction,
  sameMoment,
} from '../../domain/runs/runControl.js';
import type { Gate } from '../../domain/values/gate.js';
import type { FunctionDeps } from '../deps.js';
import { addressed } from './addressing.js';
import { readBody } from './body.js';
import { doing, genuineInstructions, instruct, progressOf, told } from './instructing.js';
import { problem } from './problem.js';
import { hasEnded, type InstanceStatus, inputOf } from './runView.js';

const RETRY_AFTER_SECONDS = 15;

/** `POST /api/runs/{id}/approve`: a person's word at the gate that a rotation waits at. Too early is refused. */
export async function approveRun(
  request: HttpRequest,
  context: InvocationContext,
  deps: FunctionDeps,
  caller: Caller,
): Promise<HttpResponseInit> {
  const { approveRequest } = await import('./schemas.js');
  const read = await readBody(request, approveRequest);
  if (read.kind === 'refused') return read.response;
  const { gate, decision } = read.body;
  const run = await addressed(request, context, deps);
  if (run.kind === 'refused') return run.response;
  const { client, id, status, key } = run;

  const { waitingFor } = progressOf(status);
  const openedAt = waitingFor?.gate === gate ? waitingFor.since : undefined;
  const before = decisionOf(await genuineInstructions(client, key, id), gate, openedAt);
  if (before && isSame(before, caller, decision)) return told(status, RETRY_AFTER_SECONDS);
  if (before) {
    const word = before.decision === 'approve' ? 'approved' : 'rejected';
    const detail = `The ${gate} of the run ${id} was ${word} at ${before.at} by ${formatCaller(before)}. The first word counts.`;
    return problem({ code: 'alreadyDecided', detail });
  }
  if (hasEnded(status) || openedAt === undefined) return notWaiting(status, gate, deps);

  await instruct(run, context, {
    kind: 'decide',
    gate,
    openedAt,
    decision,
    ...caller,
    at: deps.now().toISOString(),
  });
  context.log(`run ${id}: ${decision} of the ${gate} by ${formatCaller(caller)}`);
  return told(status, RETRY_AFTER_SECONDS);
}

/** The decision at a gate; `openedAt` absent: at any opening of it. */
function decisionOf(
  instructions: readonly Instruction[],
  gate: Gate,
  openedAt: string | undefined,
): GateDecision | undefined {
  return instructions.find(
    (one): one is GateDecision =>
      one.kind === 'decide' &&
      one.gate === gate &&
      (openedAt === undefined || sameMoment(one.openedAt, openedAt)),
  );
}

function isSame(before: GateDecision, caller: Caller, decision: Decision): boolean {
  return before.decision === decision && callerId(before) === callerId(caller);
}

/** Why the gate is not open, as far as the run tells. */
async function notWaiting(status: InstanceStatus, gate: Gate, deps: FunctionDeps): Promise<HttpResponseInit> {
  const id = status.instanceId;
  const never = (detail: string) => problem({ code: 'notWaiting', detail });
  if (hasEnded(status)) return never(`The run ${id} has ended.`);
  const input = inputOf(status);
  if (input.action !== 'rotate' || (input as RotationInput).dryRun) {
    return never(`The run ${id} asks nobody: only a rotation waits for approval.`);
  }
  const { credential } = input as RotationInput;
  const { credentials } = await deps.configuration();
  const asked = credentials.find(({ name }) => name === credential)?.rotation.approval?.before;
  if (asked !== gate) {
    const what = asked === undefined ? 'nothing' : `the ${asked}`;
    return never(`The credential ${credential} asks for approval of ${what}, not of the ${gate}.`);
  }
  const progress = progressOf(status);
  if (progress.trail?.some(({ step }) => step === `wait for approval of the ${gate}`)) {
    return never(`The run ${id} is past the ${gate}: ${doing(progress)}.`);
  }
  const detail = `The gate before the ${gate} of the run ${id} is not open yet: ${doing(progress)}. Decide once waitingFor of GET /api/runs/${id} names the gate.`;
  return problem({ code: 'notOpenYet', detail });
}
