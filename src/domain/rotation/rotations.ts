/** Words for rotations: what one is asked to do, what it tells while it works and how it ends. Ids, never values. */
import type { Problem, RunOrigin, RunOutcome, RunProgress, TrailEntry } from '../runs.js';
import type { Debt } from './debts.js';
import type { Gate } from './settings.js';

/** Input of the orchestration `rotateCredential`. */
export interface RotationInput extends RunOrigin {
  readonly action: 'rotate';
  /** Name of the credential in the configuration. */
  readonly credential: string;
  /** Key of the credential's record. */
  readonly recordKey: string;
  /** Rotates also what is not due, and waits for no pause after failures. */
  readonly force?: boolean;
  /** Takes stock and says what would be done. */
  readonly dryRun?: boolean;
}

/** Custom status of a rotation. */
export interface RotationProgress extends RunProgress {
  /** The gate at which it waits for a person, since when, and until when. ISO 8601. */
  readonly waitingFor?: { readonly gate: Gate; readonly since: string; readonly until: string };
  /** When the overlap began, while it waits for its end. ISO 8601. */
  readonly overlapSince?: string;
  /** When it ends. */
  readonly overlapUntil?: string;
  /** The latest moment to which a person may extend it. */
  readonly overlapLatest?: string;
  /** Why nobody can cancel it any more, where that is so. */
  readonly unstoppable?: string;
}

/** A runtime that did not come along. */
export interface Straggler {
  readonly runtime: string;
  readonly outcome: RunOutcome;
  /** Code of the problem, see docs/problems.md. */
  readonly code?: string;
}

/** How many runtimes did what; `moved` of them have the new credential at the end. */
export interface RotationCounts {
  readonly carriers: number;
  readonly moved: number;
  readonly failed: number;
  readonly wentBack: number;
}

/** A key that the app minted from another task hub. */
export interface OtherHubsKey {
  readonly keyId: string;
  /** Its name in the directory. */
  readonly label: string;
}

/** Output of `rotateCredential`. */
export interface RotationResult {
  readonly outcome: RunOutcome;
  readonly credential: string;
  /** One sentence for people. */
  readonly summary: string;
  readonly problem?: Problem;
  /** Ids of the credential before and after. */
  readonly from?: string;
  readonly to?: string;
  readonly expiresOn?: string;
  readonly counts?: RotationCounts;
  /** At most 20. */
  readonly stragglers?: readonly Straggler[];
  readonly debts?: readonly Debt[];
  /** In a dry run: ids of the keys that would be removed once nobody has them. At most 20. */
  readonly removes?: readonly string[];
  /** Keys that the app minted from another task hub: two apps rotate one credential, or its storage was lost. They stay. */
  readonly otherHubs?: readonly OtherHubsKey[];
  /** Ids, as lists give them, of what has no name that the app knows and may have any credential. At most 20. */
  readonly unread?: readonly string[];
  readonly changed: boolean;
  /** The run that works on the credential, where the outcome is `busy`. */
  readonly otherRunId?: string;
  /** When it is tried again by itself, where it failed lately. ISO 8601. */
  readonly notBefore?: string;
  readonly trail: readonly TrailEntry[];
}
