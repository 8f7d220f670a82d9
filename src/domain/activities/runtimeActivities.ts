/** What runs on runtimes ask activities to do: find, read, plan, write. References, ids and redacted plans only. */

import type { SecretReference } from '../configuration/credential.js';
import type { Maintenance } from '../configuration/maintenance.js';
import type { Limits } from '../configuration/profile.js';
import type { CallFailure } from '../problems/callResult.js';
import type { Problem } from '../problems/problem.js';
import type { WatchedClaim } from '../records/watchedClaim.js';
import type { RunAction } from '../runs/inputs.js';
import type { Plan } from '../runs/plan.js';
import type { OnlyReported } from '../runs/runs.js';
import type { SeenSettings } from '../settings/shownSettings.js';
import type { RuntimePhase } from '../settings/snapshot.js';
import type { CredentialVersion } from '../values/credentialVersion.js';
import type { RuntimeId } from '../values/runtimeId.js';
import type { RunWords } from '../values/runtimeWords.js';

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
  /** See `Snapshot.ended`. */
  readonly ended?: Problem;
  /** Those of its kind, for the texts of the run. */
  readonly words: RunWords;
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
  readonly proofKind: string;
  /** The DAG that proves access. */
  readonly dagId: string;
  /** How long a proof holds. */
  readonly proveEverySeconds: number;
  /** What reads have shown of its settings, up to this one. */
  readonly seen: SeenSettings;
  readonly importsDags: boolean;
  /** DAGs come from a git repository. */
  readonly dagsFromGit: boolean;
  /** Nothing is written to it unless somebody asks. */
  readonly onlyReported?: OnlyReported;
  /** The secret that the check DAG reads; absent where the proof needs none. */
  readonly canary?: SecretReference;
}

/** How a write of the settings ended. */
type ApplyOutcome =
  /**
   * `operation`: it was accepted, and is written once that has ended. `wrote`: how much, as a read would count it.
   * `canaryMade`: whether the canary was missing; absent where it was not asked for.
   */
  | {
      readonly kind: 'written';
      readonly plan: Plan;
      readonly wrote: SeenSettings;
      readonly operation?: string;
      readonly canaryMade?: boolean;
    }
  | { readonly kind: 'unchanged'; readonly plan: Plan; readonly canaryMade?: boolean }
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

/** How a runtime is that is being waited for. */
export type RuntimeStatus =
  | { readonly kind: 'missing' }
  | {
      readonly kind: 'seen';
      readonly phase: RuntimePhase;
      readonly state: string;
      readonly ended?: Problem;
      readonly webUrl?: string;
      readonly airflowVersion?: string;
      readonly marker?: string;
      /** What it shows of its settings; absent where it is not ready. */
      readonly shows?: SeenSettings;
    };

/** Many runtimes of one place are being waited for: one list of this moment serves them all. */
interface SharedList {
  /** Milliseconds since the epoch; a moment at which everybody polls. */
  readonly moment: number;
}

/** What is asked about runtimes and their settings. */
export interface RuntimeActivities {
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
  /** Reads, plans, proves the credential, asks whether the lease is still the run's own, writes if nobody has since: all in one. */
  readonly applySettings: {
    readonly input: {
      readonly runtime: RuntimeId;
      readonly profile: string;
      readonly runId: string;
      /** Which pass of the run writes: only that one holds the lease. */
      readonly pass: number;
      readonly parentRunId?: string;
      readonly credential: CredentialVersion;
      /** What reads have shown, up to the pass's own. */
      readonly seen: SeenSettings;
      /** Made in the vault where it is missing. */
      readonly canary?: SecretReference;
      /** A rotation chose the credential: no other is taken in its place. */
      readonly given: boolean;
      /** That rotation: it writes only while it has the credential. */
      readonly rotationRunId?: string;
      /** Milliseconds since the epoch. */
      readonly now: number;
    };
    readonly output: ApplyOutcome | CallFailure;
  };
  readonly readRuntimeStatus: {
    readonly input: {
      readonly runtime: RuntimeId;
      readonly shared?: SharedList;
      /** See `ApplyOutcome`. */
      readonly operation?: string;
      /** Whether the run may go on waiting is looked at first; absent: it was a moment ago. */
      readonly claim?: WatchedClaim;
    };
    readonly output: RuntimeStatus | { readonly kind: 'claimInQuestion' } | CallFailure;
  };
  readonly importDags: {
    readonly input: { readonly runtime: RuntimeId; readonly profile: string };
    readonly output: { readonly kind: 'accepted' } | CallFailure;
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
