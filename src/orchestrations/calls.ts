/** How orchestrations call activities and entities: typed, and patient where the other side asks for patience. */

import type { CallFailure } from '../domain/problems/callResult.js';
import type { Problem } from '../domain/problems/problem.js';
import type { CredentialAnswer, CredentialOperation } from '../domain/records/credentialRecord.js';
import { ENTITIES } from '../domain/records/entityNames.js';
import type { RecordAnswer, RecordOperation } from '../domain/records/runtimeOperations.js';
import type { OfRotation } from '../domain/runs/inputs.js';
import type { StepName, Steps } from '../domain/steps/steps.js';
import {
  CREDENTIAL_HOLD_MS,
  HOLD_MS,
  RENEW_EVERY_MS,
  RENEWED_BY_MEMBERS_MS,
  SILENT_MS,
} from '../domain/values/timing.js';
import { askAgain } from './askAgain.js';
import { ChildEnded, callChild } from './children.js';
import { callActivity, callEntity, type OrchestrationContext, type Task, whenAll } from './durable.js';
import { type Flow, nowMs, pause, pauseUntil } from './flow.js';
import { askControl, sortOut, toldIn } from './instructions.js';

/** Names of the orchestrations that only others start. */
export const SUB_ORCHESTRATIONS = {
  retryStep: 'retryStep',
  awaitRuntime: 'awaitRuntime',
  checkAccess: 'checkAccess',
  awaitMoment: 'awaitMoment',
  awaitDrained: 'awaitDrained',
  moveGroup: 'moveGroup',
  proveInARow: 'proveInARow',
  awaitGate: 'awaitGate',
  awaitOverlap: 'awaitOverlap',
} as const;

/** A run as the one that works on a runtime: what it needs to stay so, and to learn that it was cancelled. */
export interface Holder {
  readonly runId: string;
  readonly parentRunId?: string;
  /** The runtime's record and which look of the run this is, as it counts them; absent where the run holds nothing. */
  readonly record?: { readonly key: string; readonly look: number };
  /** Whether the run holds the right to write. */
  readonly leased: boolean;
  /** The rotation that the run is a part of, and since when it has shown itself that it is alive. Milliseconds. */
  readonly rotation?: OfRotation & { readonly since: number };
  /** The run goes on whatever anybody asks: half-way back is the worst place to stop. */
  readonly unstoppable?: boolean;
}

export type Standing = 'held' | 'lost' | 'cancelled';

/** The output of a step once no more patience is needed. */
export type Settled<N extends StepName> =
  | Exclude<Steps[N]['output'], { kind: 'retry' }>
  | { readonly kind: 'exhausted'; readonly problem: Problem }
  | { readonly kind: 'stopped'; readonly standing: 'lost' | 'cancelled' };

/** Input of the orchestration `retryStep`. */
export interface RetryInput {
  readonly name: StepName;
  readonly input: unknown;
  readonly holder: Holder;
  /** Number of attempts made so far. */
  readonly attempt: number;
  readonly last: { readonly message: string; readonly afterSeconds?: number };
}

/**
 * Calls an activity once. What it throws (a crash of ours, a lost worker) counts as worth a retry: expected failures
 * come back as values. It may have had its effect, so every activity is safe to run once more after that.
 */
export function* callStep<N extends StepName>(
  context: OrchestrationContext,
  name: N,
  input: Steps[N]['input'],
): Flow<Steps[N]['output'] | CallFailure> {
  try {
    return (yield callActivity(context, name, input)) as Steps[N]['output'];
  } catch {
    return { kind: 'retry', message: `${name} failed, or its worker went; the app's log has the error` };
  }
}

/**
 * Calls an activity, and again after a pause for as long as it says that this is worth it. The further attempts are
 * made in an orchestration of their own, so that the caller's history stays short.
 *
 * @param childId instance id for that orchestration, unique within the run
 */
export function* patiently<N extends StepName>(
  context: OrchestrationContext,
  name: N,
  input: Steps[N]['input'],
  holder: Holder,
  childId: string,
): Flow<Settled<N>> {
  const first = yield* callStep(context, name, input);
  if (first.kind !== 'retry') return first as Settled<N>;
  const retry: RetryInput = { name, input, holder, attempt: 1, last: first };
  try {
    return yield* callChild<Settled<N>>(context, SUB_ORCHESTRATIONS.retryStep, retry, childId);
  } catch (error) {
    if (error instanceof ChildEnded) return { kind: 'exhausted', problem: error.problem };
    throw error;
  }
}

/** What is asked of the record of a credential. */
function askCredentialRecord(
  context: OrchestrationContext,
  recordKey: string,
  operation: CredentialOperation,
): Task {
  return callEntity(context, [ENTITIES.credentialRecord, recordKey], operation.kind, operation);
}

/** Calls the record of a credential. */
export function* callCredentialRecord<K extends CredentialAnswer['kind']>(
  context: OrchestrationContext,
  recordKey: string,
  operation: CredentialOperation,
): Flow<Extract<CredentialAnswer, { kind: K }>> {
  return (yield askCredentialRecord(context, recordKey, operation)) as Extract<CredentialAnswer, { kind: K }>;
}

/** Calls the runtime's record. */
export function* callRecord<K extends RecordAnswer['kind']>(
  context: OrchestrationContext,
  recordKey: string,
  operation: RecordOperation,
): Flow<Extract<RecordAnswer, { kind: K }>> {
  const entity = [ENTITIES.runtimeRecord, recordKey] as const;
  return (yield callEntity(context, entity, operation.kind, operation)) as Extract<RecordAnswer, { kind: K }>;
}

/** The hold of the rotation, where that has been waiting for so long that the run has to show that it is alive. */
function rotationRenewal(context: OrchestrationContext, { rotation }: Holder): Task[] {
  const now = nowMs(context);
  if (!rotation || now - rotation.since < RENEWED_BY_MEMBERS_MS) return [];
  const renewal: CredentialOperation = {
    kind: 'renew',
    runId: rotation.runId,
    now,
    holdMs: CREDENTIAL_HOLD_MS,
  };
  return [askCredentialRecord(context, rotation.recordKey, renewal)];
}

/** Renews what the run holds and asks whether it was cancelled, itself or the run that started it. */
export function* renewStanding(
  context: OrchestrationContext,
  holder: Holder,
  leaseMs: number,
): Flow<Standing> {
  return yield* askAgain(
    context,
    (standing) => standing === 'lost',
    () => renewOnce(context, holder, leaseMs),
  );
}

function* renewOnce(context: OrchestrationContext, holder: Holder, leaseMs: number): Flow<Standing> {
  const runs = holder.unstoppable ? [] : [holder.runId, ...(holder.parentRunId ? [holder.parentRunId] : [])];
  const tasks = runs.map((runId) => askControl(context, runId));
  if (holder.record !== undefined) {
    const renewal: RecordOperation = {
      kind: 'renew',
      runId: holder.runId,
      look: holder.record.look,
      now: nowMs(context),
      holdMs: HOLD_MS,
      ...(holder.leased ? { leaseMs } : {}),
    };
    tasks.push(
      callEntity(context, [ENTITIES.runtimeRecord, holder.record.key] as const, renewal.kind, renewal),
    );
  }
  tasks.push(...rotationRenewal(context, holder));
  if (tasks.length === 0) return 'held';
  const answers = (yield whenAll(context, tasks)) as unknown[];
  const renewed = answers.slice(runs.length) as (RecordAnswer | CredentialAnswer)[];
  const cancels = runs.flatMap((runId, index) => toldIn(runId, answers[index], 'cancel'));
  const sorted = yield* sortOut(context, cancels);
  if (sorted && sorted.genuine.length > 0) return 'cancelled';
  const isLost = (answer: RecordAnswer | CredentialAnswer) => 'held' in answer && !answer.held;
  return renewed.some(isLost) ? 'lost' : 'held';
}

/**
 * Waits durably, however long a service asks for it, and shows meanwhile that the run is alive. Gives its standing at the
 * last renewal.
 */
export function* pauseHeld(
  context: OrchestrationContext,
  ms: number,
  holder: Holder,
  leaseMs: number,
): Flow<Standing> {
  const until = nowMs(context) + ms;
  while (until - nowMs(context) > SILENT_MS) {
    yield* pause(context, SILENT_MS);
    const standing = yield* renewStanding(context, holder, leaseMs);
    if (standing !== 'held') return standing;
  }
  yield* pauseUntil(context, until);
  return 'held';
}

/** Renews what the run holds where that is due again. Gives the run's standing, and when it was renewed last. */
export function* renewWhenDue(
  context: OrchestrationContext,
  holder: Holder,
  { leaseMs, renewedAt, everyMs = RENEW_EVERY_MS }: { leaseMs: number; renewedAt: number; everyMs?: number },
): Flow<{ readonly standing: Standing; readonly renewedAt: number }> {
  const now = nowMs(context);
  if (now - renewedAt < everyMs) return { standing: 'held', renewedAt };
  return { standing: yield* renewStanding(context, holder, leaseMs), renewedAt: now };
}
