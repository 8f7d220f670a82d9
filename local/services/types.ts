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
  /** Whether the processes answer now (false during a restart). */
  readonly up: boolean;
}

export interface RunningAirflows {
  byHost(host: string): RunningAirflow | undefined;
  byResourceId(resourceId: string): RunningAirflow | undefined;
}
