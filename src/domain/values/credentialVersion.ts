/** A credential by id: what the marker carries. Never the value. */
export interface CredentialVersion {
  readonly clientId: string;
  readonly tenantId: string;
  /** The Entra key id where the secret is tagged with it, otherwise the vault's version. */
  readonly credentialId: string;
  /** Version of the secret in the operator's vault. */
  readonly secretVersion: string;
  /** The version is one of the pending secret: minted, and not yet what everybody reads. */
  readonly staged?: true;
  /** ISO 8601; absent where the secret has no expiry. */
  readonly expiresOn?: string;
}

/** Stands for the credential of a runtime that cannot be read: it may be any. */
export const UNREADABLE = '?';
