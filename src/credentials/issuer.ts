/** Whoever issues the keys of a credential: what a rotation asks of it. */

import type { Cloud } from '../domain/configuration/clouds.js';
import type { Credential } from '../domain/configuration/credential.js';
import type { Grantee } from '../domain/preflight/grants.js';
import type { PreflightRow } from '../domain/preflight/report.js';
import type { CallFailure } from '../domain/problems/callResult.js';
import type { ApplicationKey } from '../domain/rotation/inventory.js';
import type { Secret } from '../domain/values/secret.js';

/** A key as its issuer lists it. */
export interface IssuedKey extends ApplicationKey {
  /** The first characters of its value, where they are shown: they stay in the memory of one activity. */
  readonly hint?: string;
}

/** A key as it is handed out: the value only here, only once. */
interface MintedKey {
  readonly kind: 'minted';
  readonly keyId: string;
  readonly value: Secret;
  /** ISO 8601; may be earlier than asked. */
  readonly endsOn: string;
}

/** Who looks at permissions, and where. */
export interface Looker {
  readonly grantee: Grantee;
  readonly cloud: Cloud;
}

/**
 * Adds and removes keys, one call each. What makes that safe is the rotation's own and the same for all: labels by which a key
 * is found again, the pending secret, what the record has retired.
 */
export interface KeyIssuer {
  /** The keys of the credential, by which what is there is known; the newest may not be shown yet. */
  list(
    credential: Credential,
  ): Promise<{ readonly kind: 'listed'; readonly keys: readonly IssuedKey[] } | CallFailure>;
  /**
   * Adds a key with this label that ends then, or earlier; a repetition adds another. Absent where somebody else makes keys.
   */
  mint?(
    credential: Credential,
    key: { readonly displayName: string /** ISO 8601. */; readonly endsOn: string },
  ): Promise<MintedKey | CallFailure>;
  /** Removes exactly this key. One that is gone counts as removed. */
  remove(credential: Credential, keyId: string): Promise<{ readonly kind: 'removed' } | CallFailure>;
  /** What whoever looks may do here for these credentials, beside what it needs of vaults. Changes nothing. */
  needs(credentials: readonly Credential[], looker: Looker): Promise<readonly PreflightRow[]>;
}
