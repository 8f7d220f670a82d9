/** What a run of each kind is asked to do: the inputs of the orchestrations. References and ids, never a secret's value. */

import type { CredentialVersion } from '../values/credentialVersion.js';
import type { RuntimeId } from '../values/runtimeId.js';
import type { Caller } from './caller.js';

/** `enable` changes and proves, `check` proves only, `plan` is the dry run of `enable`. */
export type RunAction = 'enable' | 'check' | 'plan';

/** Who or what started a run. */
export type StartedBy =
  | {
      readonly kind: 'event';
      readonly eventId: string;
      readonly eventType: string;
      readonly eventTime: string;
      /** Correlation id of the operation that the event tells of. */
      readonly correlationId?: string;
    }
  | ({
      readonly kind: 'request';
      /** SHA-256 of the request's body, where it came with an `Idempotency-Key`: another body is another request. */
      readonly bodyDigest?: string;
    } & Caller)
  /** A run for a profile's runtimes, a rotation or a sweep started this one. */
  | { readonly kind: 'run'; readonly runId: string }
  /** `at`: when the timer was due, ISO 8601. */
  | { readonly kind: 'schedule'; readonly at: string };

/** What the input of every run tells of its beginning. */
export interface RunOrigin {
  readonly startedBy: StartedBy;
  /** ISO 8601, UTC. The host's own time of an instance moves with every `continueAsNew`, this one does not. */
  readonly createdAt: string;
}

/** Input of the orchestration `runtimeRun`: one action on one runtime. */
export interface RuntimeRunInput extends RunOrigin {
  readonly action: RunAction;
  readonly runtime: RuntimeId;
  /** The resource was reported deleted: the run ends the work on it only when a read says 404. */
  readonly reportedDeleted?: boolean;
  /**
   * A runtime that was there before the app is enabled, too: a person wants it (`person`), or its profile says so and it is
   * the runtime's turn (`profile`).
   */
  readonly asked?: 'person' | 'profile';
  /** Set where a rotation moves the runtime. */
  readonly move?: Move;
  /** The run that the durable host ended, and that this one does the work of: its claim counts no more. */
  readonly inPlaceOf?: string;
}

/** A rotation's part of a run on one runtime. */
export interface Move {
  /** The credential that the runtime is to have. Absent: a check alone. */
  readonly credential?: CredentialVersion;
  /** The rotation has proven it in every vault that profiles read: again only in the moment of a write. */
  readonly proven?: true;
  /** How long the pilot has taken until it was ready again, milliseconds. */
  readonly expectedReadyMs?: number;
  /** Without the credential the rotation moves nobody any more, and neither does this run. */
  readonly rotation: OfRotation;
  /** Nothing is written unless access works as it is: what is broken already would prove nothing. */
  readonly proveFirst?: true;
  /** Until when to wait for another run that works on the runtime. Milliseconds since the epoch. */
  readonly waitUntil: number;
  /** The way back, and what follows a commit, cannot be cancelled. */
  readonly unstoppable?: true;
  /** Waits neither for a maintenance window nor for tasks. */
  readonly urgent?: true;
}

/** The rotation that a run on a runtime is a part of. */
export interface OfRotation {
  readonly runId: string;
  /** Key of the record of its credential. */
  readonly recordKey: string;
}

/** Input of the orchestration `profileRun`: one action on every runtime of a profile. */
export interface ProfileRunInput extends RunOrigin {
  readonly action: RunAction;
  readonly profile: string;
}

/** Input of the orchestration `rotateCredential`. */
export interface RotationInput extends RunOrigin {
  readonly action: 'rotate';
  /** Name of the credential in the configuration. */
  readonly credential: string;
  /** Key of the credential's record. */
  readonly recordKey: string;
  /** Rotates also what is not due, and waits for no pause after failures. */
  readonly force?: boolean;
  /** Reads everything and says what would be done. */
  readonly dryRun?: boolean;
}

/** Input of the orchestration `sweep`. */
export interface SweepInput extends RunOrigin {
  readonly action: 'sweep';
  /** Finds and starts nothing. */
  readonly dryRun?: boolean;
}

/** Input of the orchestration `preflight`. */
export interface PreflightInput extends RunOrigin {
  readonly action: 'preflight';
}

/** Input of any run. */
export type RunInput = RuntimeRunInput | ProfileRunInput | RotationInput | SweepInput | PreflightInput;
