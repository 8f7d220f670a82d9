/**
 * The desired state of runtimes, as values. The configuration reader (`config/`) makes these from a file or an
 * app setting; everything else only reads them.
 */

import type { RuntimeId } from '../values/runtimeId.js';
import type { Credential, SecretReference } from './credential.js';
import type { Maintenance } from './maintenance.js';

/** The Azure clouds whose host names and audiences differ. */
export type CloudName = 'public' | 'usGovernment' | 'china';

/** Which runtimes a profile is for. A kind of runtime makes it and knows what is in it. */
export interface RuntimePattern {
  /** Which kind of runtime it is for. */
  readonly kind: string;
  /** For people. */
  readonly text: string;
  matches(id: RuntimeId): boolean;
  /** Whether some runtime could match both. */
  overlaps(other: RuntimePattern): boolean;
  /** Whether a runtime of this name for people could match. */
  mayMatchName(name: string): boolean;
  /** The place of a runtime that matches, as a complete list by this pattern names it. */
  placeOf(id: RuntimeId): string;
}

/** How the app logs in to the Airflow REST API of a runtime. */
export type AirflowLogin =
  | { readonly kind: 'entra'; readonly scope: string }
  /** Basic authentication on Airflow 2, a token from `/auth/token` on Airflow 3. */
  | { readonly kind: 'password'; readonly userName: string; readonly password: SecretReference };

/** Which DAG proves access. */
export interface AccessProof {
  /** Name of the kind of proof, for what judges it (`proofs/`); the rules go by the other members. */
  readonly kind: string;
  readonly dagId: string;
  /**
   * Name of the Airflow variable whose secret the DAG reads, and with which it answers: that is the app's own check DAG. Absent:
   * any DAG.
   */
  readonly canary?: string;
}

/** Where the DAG folder comes from that is imported before the check: members that the kind of runtime knows. */
export type DagSource = Readonly<Record<string, string>>;

export interface AccessCheckSettings {
  readonly proof: AccessProof;
  readonly login: AirflowLogin;
  /** How long a proof holds. */
  readonly proveEverySeconds: number;
  /** An origin (scheme, host, port) that the profile trusts besides the cloud's own Airflow hosts. */
  readonly trustedOrigin?: string;
  readonly importDags?: DagSource;
}

/** Upper bounds of a run, in seconds. */
export interface Limits {
  /** How long a run waits until a runtime that is being updated can be changed. */
  readonly changeableSeconds: number;
  /** How long a run waits until the runtime is ready after the write. */
  readonly readySeconds: number;
  /** How long the access check may take, all attempts together. */
  readonly checkSeconds: number;
  /** Pause between two reads of a runtime that is being waited for. */
  readonly pollSeconds: number;
}

export interface Profile {
  readonly name: string;
  /** `observe`: nothing is written, anywhere; what would be is reported. */
  readonly mode: 'observe' | 'enable';
  /** What happens to runtimes that were there before the app: reported, or enabled, one of them first. */
  readonly existing: 'report' | 'enable';
  readonly runtimes: readonly RuntimePattern[];
  /** URI of the vault that Airflow reads. */
  readonly vault: string;
  /** Beginnings of secrets' names, before the back end's rules (`backendNames.ts`); null switches the look-up off. */
  readonly connectionsPrefix: string | null;
  readonly variablesPrefix: string | null;
  /** Absent: the back end's own default stays. */
  readonly configPrefix?: string | null;
  readonly separator: string;
  readonly credential: Credential;
  readonly onConflict: 'report' | 'replace';
  /** Whether a container of settings that a read does not show is empty; absent: where none was ever seen there. */
  readonly containersMayBeEmpty?: boolean;
  /** PEP 508 requirement to add where none of that name is there; absent: the release that fits the runtime's Airflow. */
  readonly requirement?: string;
  readonly access: AccessCheckSettings;
  /** Values that a read of the runtime omits and that a write must send again. */
  readonly writeOnly: {
    readonly webServerPassword?: SecretReference;
    readonly gitCredential?: SecretReference;
    /** Environment variables that the service hides, by name. */
    readonly variables?: Readonly<Record<string, SecretReference>>;
  };
  readonly limits: Limits;
  readonly maintenance: Maintenance;
}

/** Where the app sends its own events. */
export interface EventTopic {
  /** Endpoint of a custom topic, for example `https://contoso.westeurope-1.eventgrid.azure.net/api/events`. */
  readonly url: string;
  readonly schema: 'cloudEvents' | 'eventGrid';
}

/** The whole configuration, checked. */
export interface Configuration {
  readonly cloud: CloudName;
  readonly credentials: readonly Credential[];
  readonly profiles: readonly Profile[];
  readonly retentionDays: number;
  readonly events?: EventTopic;
}

/** Whether the profiles of a credential only observe: it is not rotated. A checked configuration has no other mixture. */
export function isObserved({ profiles }: Pick<Configuration, 'profiles'>, { name }: Credential): boolean {
  const using = profiles.filter(({ credential }) => credential.name === name);
  return using.length > 0 && using.every(({ mode }) => mode === 'observe');
}
