/**
 * What the app remembers of one runtime: which run works on it, who may write to it, what has been proven there and
 * which runs have been. It is the state of a durable entity, so every operation is a pure step from state to state
 * and two callers never interleave.
 *
 * Times are milliseconds since the epoch, taken from the orchestration that calls.
 */

import { sha256Hex } from './digest.js';
import { canonicalRuntimeId, type RuntimeId } from './runtimeId.js';
import { pauseAfterFailures } from './waiting.js';

/** Proof that DAGs of the runtime read the vault with exactly these settings. */
export interface RecordedProof {
  readonly fingerprint: string;
  readonly credentialId: string;
  readonly provenAt: string;
  readonly runId: string;
}

export interface RuntimeRecord {
  /** The run that works on the runtime; events and requests that come meanwhile are noted here. */
  readonly work?: {
    readonly runId: string;
    /** Past this moment the run counts as dead and another may take over. */
    readonly until: number;
    /** How many events and requests came since the last look; more than none leads to one more look. */
    readonly notes: number;
  };
  /** The right to write, with a deadline; taken just before a change. */
  readonly lease?: { readonly owner: string; readonly until: number };
  readonly proof?: RecordedProof;
  /** Runs that failed in a row. */
  readonly failures?: { readonly count: number; readonly lastAt: number };
  /** Runs that ended, newest last: the same event once more is told from a new one long after its run has ended. */
  readonly ended: readonly { readonly runId: string; readonly at: number }[];
}

export const EMPTY_RECORD: RuntimeRecord = { ended: [] };

/** Event Grid gives up on a delivery after 24 h; a duplicate cannot be older than that by much. */
const REMEMBER_ENDED_MS = 3 * 24 * 3600 * 1000;
const REMEMBER_ENDED_COUNT = 200;

export type RecordOperation =
  | {
      readonly kind: 'begin';
      readonly runId: string;
      readonly now: number;
      readonly holdMs: number;
      /** Asks only: where another run works on the runtime, nothing is noted for it. */
      readonly quiet?: true;
    }
  | { readonly kind: 'acquireLease'; readonly runId: string; readonly now: number; readonly leaseMs: number }
  | {
      readonly kind: 'renew';
      readonly runId: string;
      readonly now: number;
      readonly holdMs: number;
      /** Absent: the run holds no lease and wants none. */
      readonly leaseMs?: number;
    }
  | { readonly kind: 'releaseLease'; readonly runId: string; readonly now: number }
  | {
      readonly kind: 'finish';
      readonly runId: string;
      readonly now: number;
      readonly holdMs: number;
      readonly proof?: RecordedProof;
      /** Whether something is left to do; absent: the run does not tell. */
      readonly failed?: boolean;
      /** The runtime is gone: what was proven there means nothing for one of the same name. */
      readonly forgetProof?: boolean;
      /** Do not look once more even where something was noted (the run was cancelled). */
      readonly last?: boolean;
    };

export type RecordAnswer =
  | { readonly kind: 'begun'; readonly proof?: RecordedProof }
  /** Noted for the run that works on the runtime. */
  | { readonly kind: 'busy'; readonly runId: string }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'lease'; readonly held: boolean; readonly owner: string; readonly until: number }
  | { readonly kind: 'renewed'; readonly held: boolean }
  | { readonly kind: 'released' }
  /** `again`: something was noted meanwhile, the run has to look once more and still holds the runtime. */
  | { readonly kind: 'finished'; readonly again: boolean };

/** Key of a runtime's record: an entity's key may hold no slashes and has a limited length. */
export function runtimeRecordKey(runtime: RuntimeId): string {
  return sha256Hex(canonicalRuntimeId(runtime)).slice(0, 32);
}

/** Carries out one operation. Returns the state after it and the answer for the caller. */
export function applyToRecord(
  record: RuntimeRecord,
  operation: RecordOperation,
): { record: RuntimeRecord; answer: RecordAnswer } {
  switch (operation.kind) {
    case 'begin':
      return begin(record, operation);
    case 'acquireLease':
      return acquireLease(record, operation);
    case 'renew':
      return renew(record, operation);
    case 'releaseLease':
      return { record: withoutLease(record, operation.runId), answer: { kind: 'released' } };
    case 'finish':
      return finish(record, operation);
  }
}

/**
 * Whether `runId` still has the right to write: what the activity that writes asks between its read and its write. It
 * asks for the owner, not for the time: a lease that has run out and that nobody took is still the run's own, and
 * whoever takes it later reads later, so that one of the two conditional writes fails.
 */
export function holdsLease(record: RuntimeRecord | undefined, runId: string): boolean {
  return record?.lease?.owner === runId;
}

/** Whether runs on the runtime failed lately: the sweep starts none until a pause that grows with them is over. */
export function isResting(record: RuntimeRecord | undefined, now: number): boolean {
  const failures = record?.failures;
  return failures !== undefined && now < failures.lastAt + pauseAfterFailures(failures.count);
}

type Operation<K extends RecordOperation['kind']> = Extract<RecordOperation, { kind: K }>;
type Step = { record: RuntimeRecord; answer: RecordAnswer };

function begin(record: RuntimeRecord, { runId, now, holdMs, quiet }: Operation<'begin'>): Step {
  if (record.ended.some((run) => run.runId === runId)) return { record, answer: { kind: 'duplicate' } };
  const { work } = record;
  if (work && work.runId !== runId && work.until > now) {
    return {
      record: quiet ? record : { ...record, work: { ...work, notes: work.notes + 1 } },
      answer: { kind: 'busy', runId: work.runId },
    };
  }
  return {
    record: { ...record, work: { runId, until: now + holdMs, notes: 0 } },
    answer: { kind: 'begun', ...(record.proof ? { proof: record.proof } : {}) },
  };
}

function acquireLease(record: RuntimeRecord, { runId, now, leaseMs }: Operation<'acquireLease'>): Step {
  const { lease } = record;
  if (lease && lease.owner !== runId && lease.until > now) {
    return { record, answer: { kind: 'lease', held: false, owner: lease.owner, until: lease.until } };
  }
  const until = now + leaseMs;
  return {
    record: { ...record, lease: { owner: runId, until } },
    answer: { kind: 'lease', held: true, owner: runId, until },
  };
}

function renew(record: RuntimeRecord, { runId, now, holdMs, leaseMs }: Operation<'renew'>): Step {
  const works = record.work?.runId === runId;
  const leads = leaseMs === undefined || record.lease?.owner === runId;
  // Whoever lost the runtime or the lease meanwhile must not get it back by renewing: another may have written.
  if (!works || !leads) return { record, answer: { kind: 'renewed', held: false } };
  return {
    record: {
      ...record,
      work: { runId, until: now + holdMs, notes: record.work?.notes ?? 0 },
      ...(leaseMs === undefined ? {} : { lease: { owner: runId, until: now + leaseMs } }),
    },
    answer: { kind: 'renewed', held: true },
  };
}

function finish(record: RuntimeRecord, operation: Operation<'finish'>): Step {
  const { runId, now, holdMs } = operation;
  const released = withProof(withoutLease(record, runId), operation);
  const { work } = released;
  if (work?.runId === runId && work.notes > 0 && !operation.last) {
    return {
      record: { ...released, work: { runId, until: now + holdMs, notes: 0 } },
      answer: { kind: 'finished', again: true },
    };
  }
  const ended = [...released.ended.filter((run) => run.runId !== runId), { runId, at: now }]
    .filter((run) => run.at > now - REMEMBER_ENDED_MS)
    .slice(-REMEMBER_ENDED_COUNT);
  const { work: _, ...rest } = withFailures(released, operation);
  return {
    record: { ...rest, ...(work && work.runId !== runId ? { work } : {}), ended },
    answer: { kind: 'finished', again: false },
  };
}

function withProof(record: RuntimeRecord, { proof, forgetProof }: Operation<'finish'>): RuntimeRecord {
  if (proof) return { ...record, proof };
  if (!forgetProof) return record;
  const { proof: _, ...rest } = record;
  return rest;
}

function withFailures(record: RuntimeRecord, { failed, now }: Operation<'finish'>): RuntimeRecord {
  if (failed === undefined) return record;
  const { failures, ...rest } = record;
  return failed ? { ...rest, failures: { count: (failures?.count ?? 0) + 1, lastAt: now } } : rest;
}

function withoutLease(record: RuntimeRecord, runId: string): RuntimeRecord {
  if (record.lease?.owner !== runId) return record;
  const { lease: _, ...rest } = record;
  return rest;
}
