/**
 * The port to managed Airflow environments: what the app asks of their services. Each kind of runtime answers for its own, in
 * a folder beside this file; the rest of the app knows only what stands here.
 */

import type { DagSource, Profile, RuntimePattern } from '../domain/configuration/profile.js';
import type { Examiner } from '../domain/preflight/permissionRows.js';
import type { PreflightRow } from '../domain/preflight/report.js';
import type { CallFailure } from '../domain/problems/callResult.js';
import type { AirflowSettings } from '../domain/settings/airflowSettings.js';
import type { NeededValue, RuntimeView, Snapshot } from '../domain/settings/snapshot.js';
import type { Pace, RuntimeBatch } from '../domain/values/runtimeBatch.js';
import type { RuntimeId } from '../domain/values/runtimeId.js';
import type { Secret } from '../domain/values/secret.js';

export type ReadRuntime =
  | { readonly kind: 'found'; readonly view: RuntimeView }
  | { readonly kind: 'missing' };

/** How a runtime is looked at that is being waited for. */
export interface PollOptions {
  /** A moment at which everybody looks, milliseconds since the epoch: a list of it may serve all who wait. */
  readonly moment?: number;
  /** The operation that a write was accepted as: while it is under way, the runtime is not ready. */
  readonly operation?: string;
}

/** What a write puts into a runtime. It holds secrets in clear. */
export interface Changes {
  /** All of its settings as they are to be. */
  readonly settings: AirflowSettings;
  /** Values that the read left out and a write has to send again. */
  readonly hiddenValues: Partial<Record<NeededValue['name'], Secret>>;
}

export type ApplyChanges =
  | { readonly kind: 'written' }
  /** It will be written: `operation` names what is to be waited for, in words that only the kind knows. */
  | { readonly kind: 'accepted'; readonly operation: string }
  /** Somebody wrote between the read and this write. */
  | { readonly kind: 'changedMeanwhile' }
  | { readonly kind: 'missing' };

export interface ListedRuntime {
  readonly id: RuntimeId;
  readonly view: RuntimeView;
  /** The addresses that it calls from, as far as the list tells them. */
  readonly addresses: readonly string[];
  /** Those that one list shows with it. */
  readonly batch: RuntimeBatch;
  /** Whose writes share a budget with its own, and how fast they may be. */
  readonly budget: { readonly key: string; readonly pace: Pace };
}

/** What a list gives and what has no name that the app knows: nobody can say whose it is, and nothing can be done to it. */
export interface UnreadRuntime {
  /** Its id, or that of the place where it stands, as the list spells it and at most 300 characters of it. */
  readonly id: string;
  /** As the list gives it; absent: a place whose runtimes cannot be listed. */
  readonly view?: RuntimeView;
}

export interface ListedRuntimes {
  readonly kind: 'listed';
  readonly runtimes: readonly ListedRuntime[];
  readonly unread: readonly UnreadRuntime[];
  /** The places of which these are all runtimes, see `RuntimePattern.placeOf`. */
  readonly complete: readonly string[];
}

export interface AirflowRuntimes {
  /** Reads one runtime. */
  read(id: RuntimeId): Promise<ReadRuntime | CallFailure>;
  /** Looks at a runtime that is being waited for. */
  poll(id: RuntimeId, options: PollOptions): Promise<ReadRuntime | CallFailure>;
  /** Writes changes, if the runtime is still the one that was read. */
  apply(id: RuntimeId, snapshot: Snapshot, changes: Changes): Promise<ApplyChanges | CallFailure>;
  /** All runtimes, Airflow or not, that match. */
  list(pattern: RuntimePattern): Promise<ListedRuntimes | CallFailure>;
  /**
   * All runtimes that the identity may list where these patterns reach, also those that none of them matches: they may have
   * a credential all the same.
   */
  listAround(patterns: readonly RuntimePattern[]): Promise<ListedRuntimes | CallFailure>;
  /** All runtimes of a batch. */
  listBatch(batch: RuntimeBatch): Promise<ListedRuntimes | CallFailure>;
  /** Asks the service to take DAGs from there; the files appear in Airflow minutes later. */
  deliverDags(id: RuntimeId, source: DagSource): Promise<{ readonly kind: 'accepted' } | CallFailure>;
  /** What the identity may do with the runtimes of these profiles, a row for each permission that the app needs. */
  needs(profiles: readonly Profile[], examiner: Examiner): Promise<readonly PreflightRow[]>;
}
