/** Rotations in words: what one tells while it works, how it ends and which debts it leaves. Ids, never values. */

import type { ProblemCode } from '../problems/catalogue.js';
import type { Problem } from '../problems/problem.js';
import type { Gate } from '../values/gate.js';
import type { RunOutcome } from './outcomes.js';
import type { RunProgress, TrailEntry } from './runs.js';

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
  /** Instance id of its part that waits for what people say: told to look when somebody has said something. */
  readonly listener?: string;
  /** Why nobody can cancel it any more, where that is so. */
  readonly unstoppable?: string;
}

/** A runtime that did not come along. */
export interface Straggler {
  readonly runtime: string;
  readonly outcome: RunOutcome;
  /** Code of the problem. */
  readonly code?: ProblemCode;
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

/**
 * `removeKey`: a key is to go. `removeLabelled`: a key with this label may be there, unseen as yet. `moveRuntime`: a
 * runtime is to get the credential in use.
 */
export type DebtKind = 'removeKey' | 'removeLabelled' | 'moveRuntime';

/** Something that a run could not undo or remove. The sweep tries again until it is cleared. */
export interface Debt {
  readonly kind: DebtKind;
  /** Key id or label in the directory, or the runtime's resource id. */
  readonly what: string;
  readonly since: string;
  readonly runId: string;
  /** Why it could not be done, for people. */
  readonly reason: string;
  /** It is only too early to look: nobody is told of it before this moment. ISO 8601. */
  readonly quietUntil?: string;
}
