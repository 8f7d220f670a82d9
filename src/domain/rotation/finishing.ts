/** How a rotation lets go of its credential, and what it leaves behind for the next ones. */
import { endedRun, type RunEnd, withEnded } from '../runs/repeatable.js';
import {
  type CredentialRecord,
  type EndedCredentialRun,
  type Rejection,
  without,
} from './credentialState.js';
import { type DebtChanges, debtsAfter } from './debts.js';
import { failedPilotsAfter, failuresAfter, type Pin, pinAfter } from './failures.js';
import { rejectionAfter } from './rejection.js';

/** Rotations that ended and are known again. */
export const REMEMBER_ENDED = { count: 200 };

/** A rotation ends. */
export interface Finish extends DebtChanges {
  readonly kind: 'finish';
  readonly runId: string;
  readonly phase: 'ended';
  readonly end: RunEnd;
  readonly now: number;
  readonly result: 'done' | 'failed' | 'nothing';
  /** The version that had to go back, and what the runtimes have instead. */
  readonly pin?: Pick<Pin, 'use' | 'insteadOf' | 'secretVersion'>;
  /** Version of the secret that is current at the end, as far as the run knows. */
  readonly secretVersion?: string;
  /** Resource ids of runtimes that were no good as pilots. */
  readonly failedPilots: readonly string[];
  /** A person said no at one of its gates. */
  readonly rejection?: Rejection;
  /** A person asked for the rotation. */
  readonly asked?: true;
  /** Removed for good, or usable again: nothing stands in the way of these ids any more. */
  readonly unretire: readonly string[];
}

/** `again`: a signal came meanwhile, another run has to look once more. */
export interface Finished {
  readonly kind: 'finished';
  readonly again: boolean;
}

/** Ends the rotation. Of a credential that another run has taken over, this one only says which debts it leaves. */
export function finish(
  record: CredentialRecord,
  operation: Finish,
): { readonly record: CredentialRecord; readonly answer: Finished } {
  const { runId, now, end, unretire } = operation;
  // Asked once more, it has nothing to say that others have not gone on from meanwhile.
  const before: EndedCredentialRun | undefined = endedRun(record.ended, runId);
  if (before) return { record, answer: { kind: 'finished', again: before.again === true } };
  const mine = record.rotation === undefined || record.rotation.runId === runId;
  const { rotation, pinned: _, rejection: known, ...rest } = record;
  const again = mine && (rotation?.pendingSignals ?? 0) > 0;
  const result = mine ? operation.result : 'nothing';
  const failures = failuresAfter(record.failures, { ...operation, result });
  // A pin stands until everybody has a version by a commit, whatever else a run does meanwhile.
  const hasCommitted = mine && rotation?.phase === 'committed';
  const pinned =
    (mine ? pinAfter(record.pinned, operation, failures) : undefined) ??
    (hasCommitted ? undefined : record.pinned);
  const failedPilots = failedPilotsAfter(record.failedPilots, operation);
  const rejection = mine ? rejectionAfter(known, operation) : known;
  const ended: EndedCredentialRun = { runId, at: now, ...end, ...(again ? { again: true } : {}) };
  return {
    record: {
      ...rest,
      ...(rotation && !mine ? { rotation } : {}),
      ...(pinned ? { pinned } : {}),
      ...(rejection ? { rejection } : {}),
      retiring: without(record.retiring, unretire),
      debts: debtsAfter(record.debts, { ...operation, sawEverything: mine && operation.sawEverything }),
      failures,
      ...(failedPilots.length > 0 || record.failedPilots ? { failedPilots } : {}),
      ended: withEnded(record.ended, ended, REMEMBER_ENDED),
    },
    answer: { kind: 'finished', again },
  };
}
