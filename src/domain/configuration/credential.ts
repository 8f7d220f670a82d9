import type { RotationSettings } from './rotationSettings.js';

/** Points at a secret of a vault. Never holds a value. */
export interface SecretReference {
  /** Vault URI without a trailing slash, for example `https://contoso-ops.vault.azure.net`. */
  readonly vault: string;
  /** Secret name as Key Vault has it. */
  readonly name: string;
}

/** A service principal's client secret: which application it belongs to and where the operator keeps it. */
export interface Credential {
  /** Name in the configuration. */
  readonly name: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly secret: SecretReference;
  readonly rotation: RotationSettings;
}
