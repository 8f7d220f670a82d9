/**
 * The port to managed Airflow environments. Each kind of runtime is a folder beside this file; the rest of the app
 * knows only what stands here.
 */

import type { DagImport, RuntimePattern } from '../domain/configuration/profile.js';
import type { CallFailure } from '../domain/problems/callResult.js';
import type { JsonObject } from '../domain/values/json.js';
import type { RuntimeId } from '../domain/values/runtimeId.js';

export type ReadRuntime =
  /** The body holds other people's secrets: it never leaves the activity that read it. */
  { readonly kind: 'found'; readonly body: JsonObject; readonly etag: string } | { readonly kind: 'missing' };

export type WriteRuntime =
  | { readonly kind: 'written' }
  /** Somebody wrote between the read and this write (412). */
  | { readonly kind: 'changedMeanwhile' }
  | { readonly kind: 'missing' };

export interface ListedRuntime {
  readonly id: RuntimeId;
  /** `Airflow`, `Managed`, `SelfHosted`, … in any case; empty where the list tells none. */
  readonly type: string;
  /** As the list gives it; like that of a read, it never leaves the activity. */
  readonly body: JsonObject;
}

/** What a list gives and what has no name that the app knows: nobody can say whose it is, and nothing can be done to it. */
export interface UnreadRuntime {
  /** Its resource id, or its factory's, as the list spells it and at most 300 characters of it. */
  readonly id: string;
  /** As the list gives it; absent: a factory, whose runtimes cannot be listed. */
  readonly body?: JsonObject;
}

export interface ListedRuntimes {
  readonly kind: 'listed';
  readonly runtimes: readonly ListedRuntime[];
  readonly unread: readonly UnreadRuntime[];
  /** Resource ids of the factories whose runtimes these are all. */
  readonly factories: readonly string[];
}

export interface AirflowRuntimes {
  /** Reads one runtime. */
  read(id: RuntimeId): Promise<ReadRuntime | CallFailure>;
  /** Replaces a runtime's settings, if it is still the one with this ETag. */
  write(id: RuntimeId, body: JsonObject, etag: string): Promise<WriteRuntime | CallFailure>;
  /** All runtimes, of any type, whose resource ids match. */
  list(pattern: RuntimePattern): Promise<ListedRuntimes | CallFailure>;
  /** Resource ids of the factories that a pattern matches. One that is named in full is not looked for. */
  factories(
    pattern: RuntimePattern,
  ): Promise<{ readonly kind: 'listed'; readonly ids: readonly string[] } | CallFailure>;
  /** Asks the service to import a DAG folder; the files appear minutes later. */
  importDags(id: RuntimeId, source: DagImport): Promise<{ readonly kind: 'accepted' } | CallFailure>;
}
