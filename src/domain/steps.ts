/**
 * What orchestrations ask activities to do and what they get back. Everything here becomes part of a durable
 * history: references, ids and redacted plans only.
 */
import type { CallFailure } from './callResult.js';
import type { OnlyReported } from './existing.js';
import type { Maintenance } from './maintenance.js';
import type { Notification } from './notifications.js';
import type { CredentialVersion, Plan } from './plan.js';
import type { PreflightSteps } from './preflight/report.js';
import type { Limits, SecretReference } from './profile.js';
import type { RotationSteps } from './rotation/steps.js';
import type { Instruction } from './runControl.js';
import type { Problem, RunAction } from './runs.js';
import type { RuntimePhase } from './runtimeBody.js';
import type { RuntimeId } from './runtimeId.js';
import type { SeenSettings } from './shownSettings.js';
import type { SweepSteps } from './sweep.js';

/** What the app found when it looked at a runtime. */
export type Inspection =
  | { readonly kind: 'missing' }
  | { readonly kind: 'irrelevant'; readonly why: string }
  | { readonly kind: 'ambiguous'; readonly profiles: readonly string[] }
  | { readonly kind: 'inspected'; readonly runtime: InspectedRuntime; readonly plan: Plan };

export interface InspectedRuntime {
  readonly profile: string;
  readonly phase: RuntimePhase;
  /** The service's own word for its state. */
  readonly state: string;
  readonly webUrl?: string;
  readonly airflowVersion?: string;
  /** The credential id that the runtime's settings carry now. */
  readonly marker?: string;
  /**
   * Until when what it has works, in ms; 0: it works no more. Absent: nobody can tell, or nothing is to be waited for.
   */
  readonly worksUntil?: number;
  readonly limits: Limits;
  readonly maintenance: Maintenance;
  readonly proofKind: 'challenge' | 'dag';
  /** The DAG that proves access. */
  readonly dagId: string;
  /** How long a proof holds. */
  readonly proveEverySeconds: number;
  /** What reads have shown of its settings, up to this one. */
  readonly seen: SeenSettings;
  readonly importsDags: boolean;
  /** DAGs come from a git repository. */
  readonly gitSync: boolean;
  /** Nothing is written to it unless somebody asks. */
  readonly onlyReported?: OnlyReported;
  /** The secret that the check DAG reads; absent where the proof needs none. */
  readonly canary?: SecretReference;
}

/** How a write of the settings ended. */
type ApplyOutcome =
  | { readonly kind: 'written'; readonly plan: Plan }
  | { readonly kind: 'unchanged'; readonly plan: Plan }
  | { readonly kind: 'conflict'; readonly plan: Plan }
  /**
   * The credential is about to be removed, or the runtime is to have another by now: nothing was written. `newer`: the one
   * to prove and to write instead.
   */
  | { readonly kind: 'outdated'; readonly newer?: CredentialVersion }
  /** The credential did not prove itself in the moment of the write: nothing was written. */
  | { readonly kind: 'unproven'; readonly problem: Problem }
  /** Somebody else wrote meanwhile: read again, plan again. */
  | { readonly kind: 'changedMeanwhile' }
  | { readonly kind: 'leaseLost' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'missing' };

/** A look at a runtime that is being waited for. */
export type RuntimeLook =
  | { readonly kind: 'missing' }
  | {
      readonly kind: 'seen';
      readonly phase: RuntimePhase;
      readonly state: string;
      readonly webUrl?: string;
      readonly airflowVersion?: string;
      readonly marker?: string;
    };

/** Many runtimes of a factory are being waited for: one list of this moment serves them all. */
export interface SharedLook {
  /** Milliseconds since the epoch; a moment at which everybody looks. */
  readonly moment: number;
}

/** Where the check runs: what the activities need to reach the runtime's Airflow. */
export interface CheckTarget {
  readonly runtime: RuntimeId;
  readonly profile: string;
  readonly webUrl: string;
  readonly gitSync: boolean;
}

/** Whether a check can be triggered now. */
type CheckReadiness =
  | { readonly kind: 'ready'; readonly api: 'v1' | 'v2'; readonly airflowVersion?: string }
  /** Not yet, and what to say if it stays so until the deadline. `settles`: a restart may still mend it soon. */
  | { readonly kind: 'notYet'; readonly problem: Problem; readonly settles: boolean };

/** How a check run stands. */
type CheckVerdict =
  | { readonly kind: 'running'; readonly state: string }
  | { readonly kind: 'passed'; readonly weakness?: string }
  /** The old processes answered: ask again. */
  | { readonly kind: 'notYet'; readonly problem: Problem }
  /** `answered`: a worker gave an answer, which is wrong, and has the expected credential where one was named. */
  | { readonly kind: 'failed'; readonly problem: Problem; readonly answered?: true };

export interface Steps extends RotationSteps, SweepSteps, PreflightSteps {
  /** Resolves the profile, reads the runtime once and plans. */
  readonly inspectRuntime: {
    readonly input: {
      readonly runtime: RuntimeId;
      readonly action: RunAction;
      /** Milliseconds since the epoch. */
      readonly now: number;
      /** The credential that the runtime is to have; absent: the one that is in use. */
      readonly credential?: CredentialVersion;
      /** A person asked: what does not show after a write is written once more. */
      readonly writesAgain?: true;
    };
    readonly output: Inspection | CallFailure;
  };
  /** Makes the canary of a vault and prefix where it is missing. */
  readonly ensureCanary: {
    readonly input: { readonly canary: SecretReference };
    readonly output:
      | { readonly kind: 'ready'; readonly version: string; readonly made: boolean }
      | CallFailure;
  };
  /** A token with the credential, and the canary (or just the vault) read with it. */
  readonly proveCredential: {
    readonly input: {
      readonly profile: string;
      readonly credential: CredentialVersion;
      readonly canary?: SecretReference;
    };
    readonly output: { readonly kind: 'proven' } | CallFailure;
  };
  /** Reads, plans, proves the credential, asks whether the lease is still the run's own, writes with `If-Match`: all in one. */
  readonly applySettings: {
    readonly input: {
      readonly runtime: RuntimeId;
      readonly profile: string;
      readonly runId: string;
      /** Which look of the run writes: only that one holds the lease. */
      readonly look: number;
      readonly parentRunId?: string;
      readonly credential: CredentialVersion;
      /** What reads have shown, up to the look's own. */
      readonly seen: SeenSettings;
      /** A rotation chose the credential: no other is taken in its place. */
      readonly given: boolean;
      /** That rotation: it writes only while it has the credential. */
      readonly rotationRunId?: string;
      /** Milliseconds since the epoch. */
      readonly now: number;
    };
    readonly output: ApplyOutcome | CallFailure;
  };
  readonly lookAtRuntime: {
    readonly input: { readonly runtime: RuntimeId; readonly shared?: SharedLook };
    readonly output: RuntimeLook | CallFailure;
  };
  readonly importDags: {
    readonly input: { readonly runtime: RuntimeId; readonly profile: string };
    readonly output: { readonly kind: 'accepted' } | CallFailure;
  };
  /** How many tasks run or are queued in the runtime's Airflow. */
  readonly countTasks: {
    readonly input: CheckTarget;
    readonly output: { readonly kind: 'counted'; readonly tasks: number } | CallFailure;
  };
  /** Health, the check DAG, unpaused. */
  readonly prepareCheck: {
    readonly input: CheckTarget;
    readonly output: CheckReadiness | CallFailure;
  };
  /** Fresh chance, recorded before it is used. */
  readonly makeNonce: {
    readonly input: Record<string, never>;
    readonly output: { readonly kind: 'made'; readonly nonce: string };
  };
  readonly triggerCheck: {
    readonly input: CheckTarget & {
      readonly api: 'v1' | 'v2';
      readonly dagRunId: string;
      readonly nonce: string;
      readonly canary?: SecretReference;
    };
    readonly output:
      | { readonly kind: 'triggered'; readonly canaryVersion?: string }
      | { readonly kind: 'failed'; readonly problem: Problem }
      | CallFailure;
  };
  readonly readCheck: {
    readonly input: CheckTarget & {
      readonly api: 'v1' | 'v2';
      readonly dagRunId: string;
      readonly nonce: string;
      readonly canary?: SecretReference;
      /** The canary's version when the run was triggered. */
      readonly canaryVersion?: string;
      /** The credential id that the worker must carry; absent: any. */
      readonly expectedMarker?: string;
    };
    readonly output: CheckVerdict | CallFailure;
  };
  /** Sends one event to the configured topic. */
  readonly publishEvent: {
    readonly input: { readonly event: Notification /** ISO 8601. */; readonly at: string };
    readonly output: { readonly kind: 'published' } | { readonly kind: 'noTopic' } | CallFailure;
  };
  /** Sends events that could not be sent before, oldest first. */
  readonly sendKept: {
    /** Milliseconds since the epoch. */
    readonly input: { readonly now: number };
    readonly output:
      | {
          readonly kind: 'sent';
          /** Ids of those that need not wait any more: they were sent, or are given up. */
          readonly done: readonly string[];
          readonly left: number;
          /** When the oldest of those that are left happened. ISO 8601. */
          readonly oldest?: string;
        }
      | CallFailure;
  };
  /** Whether the app itself signed what runs were told, in the order in which it is given. */
  readonly verifyInstructions: {
    readonly input: {
      readonly told: readonly { readonly runId: string; readonly instruction: Instruction }[];
    };
    readonly output: { readonly kind: 'verified'; readonly genuine: readonly boolean[] };
  };
  /** One page of a profile's runtimes, in a fixed order. */
  readonly listRuntimes: {
    readonly input: { readonly profile: string; readonly limit: number; readonly after?: string };
    readonly output:
      | {
          readonly kind: 'listed';
          readonly runtimes: readonly RuntimeId[];
          /** Those of them that were there before the app and that nobody has enabled; absent: none. */
          readonly existing?: readonly RuntimeId[];
          readonly next?: string;
        }
      | CallFailure;
  };
}

export type StepName = keyof Steps;
