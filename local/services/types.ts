/**
 * How the emulated services know of each other: inside the local cloud they ask each other directly, as the parts
 * of Azure do behind their public endpoints. Everybody else goes through the wire.
 */

/** The directory, as the other services see it. */
export interface Directory {
  /** Who a bearer token belongs to, if it is valid for `audience` now. */
  verify(
    authorization: string | undefined,
    audience: string | readonly string[],
  ): { clientId: string; tenantId: string } | undefined;
  /** What Entra says to a client secret: accepted, or an AADSTS code with its text. */
  acceptsClientSecret(
    tenantId: string,
    clientId: string,
    secret: string,
  ): { accepted: true } | { accepted: false; code: string; message: string };
}

/** The vaults, as the emulated Airflow worker reads them with the identity it was given. */
export interface VaultReader {
  readAs(
    clientId: string,
    vaultHost: string,
    secretName: string,
  ):
    | { kind: 'found'; value: string; version: string }
    | { kind: 'missing' }
    | { kind: 'forbidden'; reason: string }
    | { kind: 'disabled' }
    | { kind: 'unreachable' };
}

/** An Airflow environment as its processes run at this moment (not as Resource Manager has it stored). */
export interface RunningAirflow {
  /** Resource id of the runtime. */
  readonly resourceId: string;
  /** Host of its web server. */
  readonly host: string;
  readonly airflowVersion: string;
  /** Everything the processes got: airflowEnvironmentVariables and airflowConfigurationOverrides, merged. */
  readonly environment: Readonly<Record<string, string>>;
  readonly requirements: readonly string[];
  readonly enableAADIntegration: boolean;
  readonly userName?: string;
  readonly password?: string;
  /** When these processes started; undefined while none run. */
  readonly startedAt: number;
  /** The last heartbeat of the processes before these, which the metadata database keeps; absent or null: none. */
  readonly lastBeatBefore?: number | null;
  /** Whether the processes answer now (false during a restart). */
  readonly up: boolean;
}

export interface RunningAirflows {
  byHost(host: string): RunningAirflow | undefined;
  byResourceId(resourceId: string): RunningAirflow | undefined;
}

/** Who did something, as the events of Azure name it. */
export interface Actor {
  readonly clientId: string;
  readonly tenantId: string;
  readonly objectId?: string;
}

/** A control-plane write, deletion or action (POST) that Resource Manager accepted. */
export interface ResourceChange {
  readonly change: 'write' | 'delete' | 'action';
  /** Resource id, spelled as the request had it. */
  readonly resourceId: string;
  /** For example `Microsoft.DataFactory/factories/integrationruntimes`. */
  readonly resourceType: string;
  readonly tenantId: string;
  readonly actor: Actor;
  readonly correlationId: string;
  /** The request behind it; Azure tells it only where an existing resource was changed or deleted. */
  readonly request?: { readonly method: string; readonly url: string; readonly clientRequestId: string };
}

/** Something that happened to a secret of a vault. */
export interface SecretChange {
  readonly change: 'newVersion' | 'nearExpiry' | 'expired';
  readonly vaultResourceId: string;
  readonly vaultName: string;
  /** Id of the secret's version, `https://{vault}/secrets/{name}/{version}`. */
  readonly secretId: string;
  readonly secretName: string;
  readonly version: string;
  /** Epoch seconds. */
  readonly notBefore?: number | undefined;
  readonly expires?: number | undefined;
}

/** What the services tell Event Grid. */
export interface EventSource {
  resourceChanged(change: ResourceChange): void;
  secretChanged(change: SecretChange): void;
}

/** Role assignments of Resource Manager, as the emulated Airflow asks for them. */
export interface AccessControl {
  /** Whether the principal may do `action` (for example `Microsoft.DataFactory/factories/read`) on the resource. */
  allows(clientId: string, action: string, resourceId: string): boolean;
}
