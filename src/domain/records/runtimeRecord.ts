/**
 * What the app remembers of one runtime: which run works on it, who may write to it, what has been proven there and
 * which runs have been. It is the state of a durable entity, so every operation is a pure step from state to state
 * and two callers never interleave. Each may come twice, at once or much later: it names its run and the run's pass, and
 * nothing goes back (repeatable.ts).
 *
 * Times are milliseconds since the epoch, taken from the orchestration that calls.
 */

import type { ProblemCode } from '../problems/catalogue.js';
import type { EndedRun } from '../runs/repeatable.js';
import type { LastSettings, SeenSettings } from '../settings/shownSettings.js';
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
  /** The run that works on the runtime; events and requests that come meanwhile are counted here. */
  readonly work?: {
    readonly runId: string;
    /** Which pass of the run this is, from 1. */
    readonly pass: number;
    /** Past this moment the run counts as dead and another may take over. */
    readonly until: number;
    /** How many events and requests came since the last pass; more than none leads to one more pass. */
    readonly pendingSignals: number;
  };
  /** The right to write, with a deadline; taken just before a change, by one pass of the run that works. */
  readonly lease?: { readonly owner: string; readonly pass: number; readonly until: number };
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

/**
 * Whether this pass of `runId` still has the right to write: what the activity that writes asks between its read and its
 * write. It asks for the owner, not for the time: a lease that has run out and that nobody took is still the run's own,
 * and whoever takes it later reads later, so that one of the two conditional writes fails.
 */
export function holdsLease(record: RuntimeRecord | undefined, runId: string, pass: number): boolean {
  return record?.lease?.owner === runId && record.lease.pass === pass;
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

/** The processes may have any credential from now on. */
export function withoutCarried({ carried: _, ...record }: RuntimeRecord): RuntimeRecord {
  return record;
}
