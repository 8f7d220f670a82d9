/**
 * What the app remembers of one runtime: which run works on it, who may write to it, what has been proven there and
 * which runs have been. It is the state of a durable entity, so every operation is a pure step from state to state
 * and two callers never interleave. Each may come twice, at once or much later: it names its run and the run's look, and
 * nothing goes back (repeatable.ts).
 *
 * Times are milliseconds since the epoch, taken from the orchestration that calls.
 */

import type { ProblemCode } from '../problems/catalogue.js';
import { type EndedRun, endedRun, type Repeatable, type RunEnd, withEnded } from '../runs/repeatable.js';
import { isMadeAnew, type LastSettings, type SeenSettings, seenAfter } from '../settings/shownSettings.js';
import { sameId } from '../values/sameId.js';
import { pauseAfterFailures } from '../values/waiting.js';

/** Proof that DAGs of the runtime read the vault with exactly these settings. */
export interface RecordedProof {
  readonly fingerprint: string;
  readonly credentialId: string;
  readonly provenAt: string;
  readonly runId: string;
}

/** A check that failed: what was proven before counts no more. */
interface RevokedProof {
  /** Code of the check's problem. */
  readonly code: ProblemCode;
  /** ISO 8601. */
  readonly at: string;
  readonly runId: string;
}

export interface RuntimeRecord {
  /** The run that works on the runtime; events and requests that come meanwhile are noted here. */
  readonly work?: {
    readonly runId: string;
    /** Which look of the run this is, from 1. */
    readonly look: number;
    /** Past this moment the run counts as dead and another may take over. */
    readonly until: number;
    /** How many events and requests came since the last look; more than none leads to one more look. */
    readonly notes: number;
  };
  /** The right to write, with a deadline; taken just before a change, by one look of the run that works. */
  readonly lease?: { readonly owner: string; readonly look: number; readonly until: number };
  readonly proof?: RecordedProof;
  /**
   * Id of the credential that its processes have for certain: they have answered a check with it, right or wrong, and nobody
   * has taken the lease for a change since. A check that fails takes the proof away, and not this.
   */
  readonly carried?: string;
  /** Set while no check has passed since one failed; then there is no proof. */
  readonly revoked?: RevokedProof;
  /** What reads have shown; kept as long as the runtime is there. */
  readonly seen?: SeenSettings;
  /** What a run wrote, or found to be there. */
  readonly settings?: LastSettings;
  /**
   * The app has enabled it or tried to, a person has asked for that, or it was gone: it does not count as there before the
   * app any more, whatever the record of its profile says. Never taken back.
   */
  readonly lookedAfter?: true;
  /** Runs that failed in a row. */
  readonly failures?: { readonly count: number; readonly lastAt: number };
  /**
   * Runs that ended or were told no for good, newest last: the same event once more is told from a new one long after its
   * run has ended, and a run that begins again gets its end.
   */
  readonly ended: readonly EndedRun[];
}

export const EMPTY_RECORD: RuntimeRecord = { ended: [] };

/** Event Grid gives up on a delivery after 24 h; a duplicate cannot be older than that by much. */
const REMEMBER_ENDED = { count: 200, forMs: 3 * 24 * 3600 * 1000 };

export type RecordOperation = Repeatable<
  | {
      readonly kind: 'begin';
      readonly runId: string;
      readonly look: number;
      readonly now: number;
      readonly holdMs: number;
      /** Where another run works on the runtime, nothing is noted for it. */
      readonly quiet?: true;
      /** A person asks for the runtime to be enabled: where another run works on it, its next look does that. */
      readonly asked?: true;
      /** Where another run works on the runtime, this one asks again later: it is not told no for good. */
      readonly asksAgain?: true;
      /** The durable host ended this run: what it holds is free. */
      readonly inPlaceOf?: string;
    }
  | {
      readonly kind: 'acquireLease';
      readonly runId: string;
      readonly look: number;
      readonly now: number;
      readonly leaseMs: number;
      /** Settings are to be written: what the processes have is not known until they have answered a check. */
      readonly changes: boolean;
    }
  | {
      readonly kind: 'renew';
      readonly runId: string;
      readonly look: number;
      readonly now: number;
      readonly holdMs: number;
      /** Absent: the run holds no lease and wants none. */
      readonly leaseMs?: number;
    }
  | {
      readonly kind: 'finish';
      readonly runId: string;
      readonly look: number;
      readonly now: number;
      readonly holdMs: number;
      readonly end: RunEnd;
      readonly proof?: RecordedProof;
      /** Processes that have this credential have answered a check. */
      readonly carried?: string;
      /** The check failed: code of its problem. Not where the runtime could not be asked. */
      readonly revoked?: ProblemCode;
      /** What the look's read has shown. */
      readonly seen?: SeenSettings;
      /** What the look has written, or whether a read shows what an earlier one wrote. */
      readonly settings?: LastSettings;
      /** The app looks after it from now on. */
      readonly lookedAfter?: true;
      /** Whether something is left to do; absent: the run does not tell. */
      readonly failed?: boolean;
      /** The runtime is gone: what was proven there means nothing for one of the same name. */
      readonly forgetProof?: boolean;
      /** Do not look once more even where something was noted (the run was cancelled). */
      readonly last?: boolean;
    }
>;

export type RecordAnswer =
  /** The run works on the runtime, with this look. */
  | { readonly kind: 'begun'; readonly look: number; readonly proof?: RecordedProof }
  /** Another run works on the runtime: ask again. */
  | { readonly kind: 'busy'; readonly runId: string }
  /** The run has ended, or was told no for good: now, or when it asked before. */
  | { readonly kind: 'ended'; readonly end: RunEnd }
  /** Not held: the run, or this look of it, does not work on the runtime any more. */
  | { readonly kind: 'lease'; readonly held: boolean }
  | { readonly kind: 'renewed'; readonly held: boolean }
  /** `again`: something was noted meanwhile, the run has to look once more and still holds the runtime. */
  | { readonly kind: 'finished'; readonly again: boolean };

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
    case 'finish':
      return finish(record, operation);
  }
}

/**
 * Whether this look of `runId` still has the right to write: what the activity that writes asks between its read and its
 * write. It asks for the owner, not for the time: a lease that has run out and that nobody took is still the run's own,
 * and whoever takes it later reads later, so that one of the two conditional writes fails.
 */
export function holdsLease(record: RuntimeRecord | undefined, runId: string, look: number): boolean {
  return record?.lease?.owner === runId && record.lease.look === look;
}

/**
 * Whether the processes of a runtime whose settings name this credential have it for certain. Otherwise they may have any:
 * those from before the last write go on for a while, and nobody has asked the new ones.
 */
export function isCarried(record: RuntimeRecord | undefined, marker: string): boolean {
  return record?.carried !== undefined && sameId(record.carried, marker);
}

/** Until when the sweep starts nothing on the runtime: runs on it failed lately, and the pause grows with each. */
export function restsUntil(record: RuntimeRecord | undefined, now: number): number | undefined {
  const failures = record?.failures;
  if (!failures) return undefined;
  const until = failures.lastAt + pauseAfterFailures(failures.count);
  return now < until ? until : undefined;
}

type Operation<K extends RecordOperation['kind']> = Extract<RecordOperation, { kind: K }>;
type Step = { record: RuntimeRecord; answer: RecordAnswer };

function begin(record: RuntimeRecord, operation: Operation<'begin'>): Step {
  const { runId, now, holdMs, inPlaceOf } = operation;
  const before = endedRun(record.ended, runId);
  if (before) return { record, answer: { kind: 'ended', end: endOf(before) } };
  const { work } = record;
  const isOthers = work !== undefined && work.runId !== runId && work.runId !== inPlaceOf;
  if (isOthers && work.until > now) return toldBusy(record, work, operation);
  const mine = work?.runId === runId ? work : undefined;
  // Begun before, or started again from its first look: it goes on where the record is, and forgets no note.
  const look = Math.max(operation.look, mine?.look ?? 1);
  const notes = mine?.look === look ? mine.notes : 0;
  const ended =
    work && !mine
      ? withEnded(record.ended, { runId: work.runId, at: now, outcome: 'interrupted' }, REMEMBER_ENDED)
      : record.ended;
  return {
    record: { ...record, work: { runId, look, until: later(mine?.until, now + holdMs), notes }, ended },
    answer: { kind: 'begun', look, ...(record.proof ? { proof: record.proof } : {}) },
  };
}

function toldBusy(
  record: RuntimeRecord,
  work: NonNullable<RuntimeRecord['work']>,
  { runId, now, quiet, asked, asksAgain }: Operation<'begin'>,
): Step {
  if (asksAgain) return { record, answer: { kind: 'busy', runId: work.runId } };
  const end: RunEnd = { outcome: 'busy', otherRunId: work.runId };
  return {
    record: {
      ...record,
      ...(asked ? { lookedAfter: true as const } : {}),
      work: quiet ? work : { ...work, notes: work.notes + 1 },
      ended: withEnded(record.ended, { runId, at: now, ...end }, REMEMBER_ENDED),
    },
    answer: { kind: 'ended', end },
  };
}

function acquireLease(
  record: RuntimeRecord,
  { runId, look, now, leaseMs, changes }: Operation<'acquireLease'>,
): Step {
  const { lease, work } = record;
  // Only the look that works: one that is over would open the fence for what it left under way.
  if (!work || !isAtWork(record, runId, look)) return { record, answer: { kind: 'lease', held: false } };
  const until = later(lease?.owner === runId ? lease.until : undefined, now + leaseMs);
  return {
    record: {
      ...(changes ? withoutCarried(record) : record),
      // Nobody takes the runtime over while the lease is good.
      work: { ...work, until: later(work.until, until) },
      lease: { owner: runId, look, until },
    },
    answer: { kind: 'lease', held: true },
  };
}

function renew(record: RuntimeRecord, { runId, look, now, holdMs, leaseMs }: Operation<'renew'>): Step {
  const { work, lease } = record;
  const leads = leaseMs === undefined || holdsLease(record, runId, look);
  // Whoever lost the runtime or the lease meanwhile must not get it back by renewing: another may have written.
  if (!work || !isAtWork(record, runId, look) || !leads) {
    return { record, answer: { kind: 'renewed', held: false } };
  }
  return {
    record: {
      ...record,
      work: { ...work, until: later(work.until, now + holdMs) },
      ...(leaseMs === undefined || !lease
        ? {}
        : { lease: { ...lease, until: later(lease.until, now + leaseMs) } }),
    },
    answer: { kind: 'renewed', held: true },
  };
}

function finish(record: RuntimeRecord, operation: Operation<'finish'>): Step {
  const { runId, look, now, holdMs, end } = operation;
  if (endedRun(record.ended, runId)) return { record, answer: { kind: 'finished', again: false } };
  const { work } = record;
  const mine = work?.runId === runId ? work : undefined;
  // Of an earlier look: that one was answered so, and the run is at the next.
  if (mine && mine.look > look) return { record, answer: { kind: 'finished', again: true } };
  const ended = withEnded(record.ended, { runId, at: now, ...end }, REMEMBER_ENDED);
  // Another has taken over: what this one found is older than what that one finds.
  if (!mine) return { record: { ...record, ended }, answer: { kind: 'finished', again: false } };
  const told = withCarried(withProof(withoutLease(record, runId), operation), operation);
  const released = withLookedAfter(withSettings(told, operation), operation);
  if (mine.notes > 0 && !operation.last) {
    return {
      record: {
        ...released,
        work: { runId, look: look + 1, until: later(mine.until, now + holdMs), notes: 0 },
      },
      answer: { kind: 'finished', again: true },
    };
  }
  const { work: _, ...rest } = withFailures(released, operation);
  return { record: { ...rest, ended }, answer: { kind: 'finished', again: false } };
}

function isAtWork({ work }: RuntimeRecord, runId: string, look: number): boolean {
  return work?.runId === runId && work.look === look;
}

/** Deadlines only grow: a renewal that comes late takes nothing back. */
function later(until: number | undefined, wanted: number): number {
  return Math.max(until ?? wanted, wanted);
}

function endOf({ runId: _, at: __, ...end }: EndedRun): RunEnd {
  return end;
}

function withProof(
  record: RuntimeRecord,
  { proof, revoked: code, forgetProof, runId, now }: Operation<'finish'>,
): RuntimeRecord {
  if (!proof && code === undefined && !forgetProof) return record;
  const { proof: _, revoked: __, ...rest } = record;
  if (proof) return { ...rest, proof };
  if (code === undefined) return rest;
  return { ...rest, revoked: { code, at: new Date(now).toISOString(), runId } };
}

function withCarried(record: RuntimeRecord, { carried, forgetProof }: Operation<'finish'>): RuntimeRecord {
  if (carried !== undefined) return { ...record, carried };
  return forgetProof ? withoutCarried(record) : record;
}

/** One of the same name that is made anew has shown nothing yet. */
function withSettings(
  { seen, settings, ...record }: RuntimeRecord,
  { seen: seenNow, settings: settingsNow, forgetProof }: Operation<'finish'>,
): RuntimeRecord {
  if (forgetProof) return record;
  const all = seenNow ? seenAfter(seen, seenNow) : seen;
  const last = settingsNow ?? (isMadeAnew(seen, seenNow) ? undefined : settings);
  return { ...record, ...(all ? { seen: all } : {}), ...(last ? { settings: last } : {}) };
}

/** One of the same name that is made anew was not there before the app. */
function withLookedAfter(
  record: RuntimeRecord,
  { lookedAfter, forgetProof }: Operation<'finish'>,
): RuntimeRecord {
  return lookedAfter || forgetProof ? { ...record, lookedAfter: true } : record;
}

function withoutCarried({ carried: _, ...record }: RuntimeRecord): RuntimeRecord {
  return record;
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
