/** The steps of a runtime's record: each from a state to a state, with the answer for whoever asked. */

import { type EndedRun, endedRun, type RunEnd, withEnded } from '../runs/repeatable.js';
import { REMEMBER_ENDED_MS } from '../values/timing.js';
import { withFailures, withFindings } from './passFindings.js';
import type { Operation, RecordAnswer, RecordOperation } from './runtimeOperations.js';
import { holdsLease, type RuntimeRecord, withoutCarried } from './runtimeRecord.js';

const REMEMBER_ENDED = { count: 200, forMs: REMEMBER_ENDED_MS };

type Applied = { record: RuntimeRecord; answer: RecordAnswer };

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

function begin(record: RuntimeRecord, operation: Operation<'begin'>): Applied {
  const { runId, now, claimMs, inPlaceOf } = operation;
  const before = endedRun(record.ended, runId);
  if (before) return { record, answer: { kind: 'ended', end: endOf(before) } };
  const { work } = record;
  const isOthers = work !== undefined && work.runId !== runId && work.runId !== inPlaceOf;
  if (isOthers && work.until > now) return toldBusy(record, work, operation);
  const mine = work?.runId === runId ? work : undefined;
  // Begun before, or started again from its first pass: it goes on where the record is, and forgets no signal.
  const pass = Math.max(operation.pass, mine?.pass ?? 1);
  const pendingSignals = mine?.pass === pass ? mine.pendingSignals : 0;
  const ended =
    work && !mine
      ? withEnded(record.ended, { runId: work.runId, at: now, outcome: 'interrupted' }, REMEMBER_ENDED)
      : record.ended;
  return {
    record: {
      ...record,
      work: { runId, pass, until: later(mine?.until, now + claimMs), pendingSignals },
      ended,
    },
    answer: { kind: 'begun', pass, ...(record.proof ? { proof: record.proof } : {}) },
  };
}

function toldBusy(
  record: RuntimeRecord,
  work: NonNullable<RuntimeRecord['work']>,
  { runId, now, quiet, asked, asksAgain }: Operation<'begin'>,
): Applied {
  if (asksAgain) return { record, answer: { kind: 'busy', runId: work.runId } };
  const end: RunEnd = { outcome: 'busy', otherRunId: work.runId };
  return {
    record: {
      ...record,
      ...(asked ? { lookedAfter: true as const } : {}),
      work: quiet ? work : { ...work, pendingSignals: work.pendingSignals + 1 },
      ended: withEnded(record.ended, { runId, at: now, ...end }, REMEMBER_ENDED),
    },
    answer: { kind: 'ended', end },
  };
}

function acquireLease(
  record: RuntimeRecord,
  { runId, pass, now, leaseMs, changes }: Operation<'acquireLease'>,
): Applied {
  const { lease, work } = record;
  // Only the pass that works: one that is over would open the fence for what it left under way.
  if (!work || !isAtWork(record, runId, pass)) return { record, answer: { kind: 'lease', held: false } };
  const until = later(lease?.owner === runId ? lease.until : undefined, now + leaseMs);
  return {
    record: {
      ...(changes ? withoutCarried(record) : record),
      // Nobody takes the runtime over while the lease is good.
      work: { ...work, until: later(work.until, until) },
      lease: { owner: runId, pass, until },
    },
    answer: { kind: 'lease', held: true },
  };
}

function renew(record: RuntimeRecord, { runId, pass, now, claimMs, leaseMs }: Operation<'renew'>): Applied {
  const { work, lease } = record;
  const leads = leaseMs === undefined || holdsLease(record, runId, pass);
  // Whoever lost the runtime or the lease meanwhile must not get it back by renewing: another may have written.
  if (!work || !isAtWork(record, runId, pass) || !leads) {
    return { record, answer: { kind: 'renewed', held: false } };
  }
  return {
    record: {
      ...record,
      work: { ...work, until: later(work.until, now + claimMs) },
      ...(leaseMs === undefined || !lease
        ? {}
        : { lease: { ...lease, until: later(lease.until, now + leaseMs) } }),
    },
    answer: { kind: 'renewed', held: true },
  };
}

function finish(record: RuntimeRecord, operation: Operation<'finish'>): Applied {
  const { runId, pass, now, claimMs, end } = operation;
  if (endedRun(record.ended, runId)) return { record, answer: { kind: 'finished', again: false } };
  const { work } = record;
  const mine = work?.runId === runId ? work : undefined;
  // Of an earlier pass: that one was answered so, and the run is at the next.
  if (mine && mine.pass > pass) return { record, answer: { kind: 'finished', again: true } };
  const ended = withEnded(record.ended, { runId, at: now, ...end }, REMEMBER_ENDED);
  // Another has taken over: what this one found is older than what that one finds.
  if (!mine) return { record: { ...record, ended }, answer: { kind: 'finished', again: false } };
  const released = withFindings(withoutLease(record, runId), operation);
  if (mine.pendingSignals > 0 && !operation.last) {
    return {
      record: {
        ...released,
        work: { runId, pass: pass + 1, until: later(mine.until, now + claimMs), pendingSignals: 0 },
      },
      answer: { kind: 'finished', again: true },
    };
  }
  const { work: _, ...rest } = withFailures(released, operation);
  return { record: { ...rest, ended }, answer: { kind: 'finished', again: false } };
}

function isAtWork({ work }: RuntimeRecord, runId: string, pass: number): boolean {
  return work?.runId === runId && work.pass === pass;
}

/** Deadlines only grow: a renewal that comes late takes nothing back. */
function later(until: number | undefined, wanted: number): number {
  return Math.max(until ?? wanted, wanted);
}

function endOf({ runId: _, at: __, ...end }: EndedRun): RunEnd {
  return end;
}

function withoutLease(record: RuntimeRecord, runId: string): RuntimeRecord {
  if (record.lease?.owner !== runId) return record;
  const { lease: _, ...rest } = record;
  return rest;
}
