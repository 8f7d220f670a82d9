/** How orchestrations call activities and entities: typed, and again where the other side asks for that. */

import type { Activities, ActivityName } from '../domain/activities/activities.js';
import type { CallFailure } from '../domain/problems/callResult.js';
import type { Problem } from '../domain/problems/problem.js';
import type { CredentialAnswer, CredentialOperation } from '../domain/records/credentialRecord.js';
import { ENTITIES } from '../domain/records/entityNames.js';
import type { RecordAnswer, RecordOperation } from '../domain/records/runtimeOperations.js';
import type { WatchedClaim } from '../domain/records/watchedClaim.js';
import type { OfRotation } from '../domain/runs/inputs.js';
import {
  CLAIM_MS,
  CREDENTIAL_CLAIM_MS,
  RENEW_EVERY_MS,
  RENEWED_BY_MEMBERS_MS,
  SILENT_MS,
} from '../domain/values/timing.js';
import { askAgain } from './askAgain.js';
import { ChildEnded, callChild } from './children.js';
import { activityTask, entityTask, type OrchestrationContext, type Task, whenAll } from './durable.js';
import { type Flow, nowMs, pause, pauseUntil } from './flow.js';
import { askControl, instructionsIn, sortOut } from './instructions.js';

/** Names of the orchestrations that only others start. */
export const SUB_ORCHESTRATIONS = {
  retryActivity: 'retryActivity',
  awaitRuntime: 'awaitRuntime',
  checkAccess: 'checkAccess',
  awaitMoment: 'awaitMoment',
  awaitDrained: 'awaitDrained',
  moveGroup: 'moveGroup',
  proveInARow: 'proveInARow',
  awaitGate: 'awaitGate',
  awaitOverlap: 'awaitOverlap',
} as const;

/** The claim of a run to be the one that works on a runtime: what it needs to keep it, and to learn that it was cancelled. */
export interface RunClaim {
  readonly runId: string;
  readonly parentRunId?: string;
  /** The runtime's record and which pass of the run this is, as it counts them; absent where the run has no claim. */
  readonly record?: { readonly key: string; readonly pass: number };
  /** Whether the run holds the right to write. */
  readonly leased: boolean;
  /** The rotation that the run is a part of, and since when it has shown itself that it is alive. Milliseconds. */
  readonly rotation?: OfRotation & { readonly since: number };
  /** The run goes on whatever anybody asks: half-way back is the worst place to stop. */
  readonly unstoppable?: boolean;
}

export type ClaimStatus = 'held' | 'lost' | 'cancelled';

/** What an activity answered at last: what asks for a retry is no more among it. */
export type RetryOutcome<N extends ActivityName> =
  | Exclude<Activities[N]['output'], { kind: 'retry' }>
  | { readonly kind: 'exhausted'; readonly problem: Problem }
  | { readonly kind: 'stopped'; readonly claimStatus: 'lost' | 'cancelled' };

/** Input of the orchestration `retryActivity`. */
export interface RetryInput {
  readonly name: ActivityName;
  readonly input: unknown;
  readonly claim: RunClaim;
  /** Number of attempts made so far. */
  readonly attempt: number;
  readonly last: { readonly message: string; readonly afterSeconds?: number };
}

/**
 * Calls an activity once. What it throws (a crash of ours, a lost worker) counts as worth a retry: expected failures
 * come back as values. It may have had its effect, so every activity is safe to run once more after that.
 */
export function* callActivity<N extends ActivityName>(
  context: OrchestrationContext,
  name: N,
  input: Activities[N]['input'],
): Flow<Activities[N]['output'] | CallFailure> {
  try {
    return (yield activityTask(context, name, input)) as Activities[N]['output'];
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
export function* callWithRetry<N extends ActivityName>(
  context: OrchestrationContext,
  name: N,
  input: Activities[N]['input'],
  claim: RunClaim,
  childId: string,
): Flow<RetryOutcome<N>> {
  const first = yield* callActivity(context, name, input);
  if (first.kind !== 'retry') return first as RetryOutcome<N>;
  const retry: RetryInput = { name, input, claim, attempt: 1, last: first };
  try {
    return yield* callChild<RetryOutcome<N>>(context, SUB_ORCHESTRATIONS.retryActivity, retry, childId);
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
  return entityTask(context, [ENTITIES.credentialRecord, recordKey], operation.kind, operation);
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
  return (yield entityTask(context, entity, operation.kind, operation)) as Extract<RecordAnswer, { kind: K }>;
}

/** The claim of the rotation, where that has been waiting for so long that the run has to show that it is alive. */
function rotationRenewal(context: OrchestrationContext, { rotation }: RunClaim): Task[] {
  const now = nowMs(context);
  if (!rotation || now - rotation.since < RENEWED_BY_MEMBERS_MS) return [];
  const renewal: CredentialOperation = {
    kind: 'renew',
    runId: rotation.runId,
    now,
    claimMs: CREDENTIAL_CLAIM_MS,
  };
  return [askCredentialRecord(context, rotation.recordKey, renewal)];
}

/** Renews the run's claims and asks whether it was cancelled, itself or the run that started it. */
export function* renewClaim(
  context: OrchestrationContext,
  claim: RunClaim,
  leaseMs: number,
): Flow<ClaimStatus> {
  return yield* askAgain(
    context,
    (claimStatus) => claimStatus === 'lost',
    () => renewOnce(context, claim, leaseMs),
  );
}

function* renewOnce(context: OrchestrationContext, claim: RunClaim, leaseMs: number): Flow<ClaimStatus> {
  const runs = stoppedWith(claim);
  const tasks = runs.map((runId) => askControl(context, runId));
  if (claim.record !== undefined) {
    const renewal: RecordOperation = {
      kind: 'renew',
      runId: claim.runId,
      pass: claim.record.pass,
      now: nowMs(context),
      claimMs: CLAIM_MS,
      ...(claim.leased ? { leaseMs } : {}),
    };
    tasks.push(
      entityTask(context, [ENTITIES.runtimeRecord, claim.record.key] as const, renewal.kind, renewal),
    );
  }
  tasks.push(...rotationRenewal(context, claim));
  if (tasks.length === 0) return 'held';
  const answers = (yield whenAll(context, tasks)) as unknown[];
  const renewed = answers.slice(runs.length) as (RecordAnswer | CredentialAnswer)[];
  const cancels = runs.flatMap((runId, index) => instructionsIn(runId, answers[index], 'cancel'));
  const sorted = yield* sortOut(context, cancels);
  if (sorted && sorted.genuine.length > 0) return 'cancelled';
  const isLost = (answer: RecordAnswer | CredentialAnswer) => 'held' in answer && !answer.held;
  return renewed.some(isLost) ? 'lost' : 'held';
}

/**
 * Waits durably, however long a service asks for it, and shows meanwhile that the run is alive. Gives the claim's status at the
 * last renewal.
 */
export function* pauseWithClaim(
  context: OrchestrationContext,
  ms: number,
  claim: RunClaim,
  leaseMs: number,
): Flow<ClaimStatus> {
  const until = nowMs(context) + ms;
  while (until - nowMs(context) > SILENT_MS) {
    yield* pause(context, SILENT_MS);
    const claimStatus = yield* renewClaim(context, claim, leaseMs);
    if (claimStatus !== 'held') return claimStatus;
  }
  yield* pauseUntil(context, until);
  return 'held';
}

/** Runs whose cancellation stops this one: itself and who started it. */
function stoppedWith({ runId, parentRunId, unstoppable }: RunClaim): readonly string[] {
  if (unstoppable) return [];
  return parentRunId ? [runId, parentRunId] : [runId];
}

/** A run's claim, for an activity that looks whether it stands. */
export function watchedClaim(claim: RunClaim, now: number): WatchedClaim {
  const { runId, record, leased, rotation } = claim;
  const waited = rotation === undefined ? 0 : now - rotation.since;
  return {
    runId,
    stoppedWith: stoppedWith(claim),
    ...(record ? { record: { ...record, leased } } : {}),
    ...(rotation && waited >= RENEWED_BY_MEMBERS_MS
      ? { rotation: { recordKey: rotation.recordKey, runId: rotation.runId } }
      : {}),
    now,
  };
}

/** Renews the run's claims where that is due again. Gives the claim's status, and when it was renewed last. */
export function* renewWhenDue(
  context: OrchestrationContext,
  claim: RunClaim,
  { leaseMs, renewedAt }: { leaseMs: number; renewedAt: number },
): Flow<{ readonly claimStatus: ClaimStatus; readonly renewedAt: number }> {
  const now = nowMs(context);
  if (now - renewedAt < RENEW_EVERY_MS) return { claimStatus: 'held', renewedAt };
  return { claimStatus: yield* renewClaim(context, claim, leaseMs), renewedAt: now };
}
