/** What a rotation asks activities to do. Everything here becomes part of a durable history: references and ids only. */

import type { RotationSettings } from '../configuration/rotationSettings.js';
import type { CallFailure } from '../problems/callResult.js';
import type { Problem } from '../problems/problem.js';
import type { Carrier } from '../rotation/carrierGroups.js';
import type { CredentialInventory, FleetInventory } from '../rotation/inventory.js';
import type { Kept } from '../rotation/problems.js';
import type { CredentialVersion } from '../values/credentialVersion.js';
import type { RuntimeBatch } from '../values/runtimeBatch.js';

/** Which credential, and which run asks: what changes something first looks whether the run still may. */
interface OfCredential {
  /** Name in the configuration. */
  readonly credential: string;
}
interface AsRotation extends OfCredential {
  readonly runId: string;
}

/** Another run works on the credential by now. */
type NotOurs = { readonly kind: 'notOurs' };

export interface RotationActivities {
  /** Reads directory and vault. */
  readonly readCredentialInventory: {
    readonly input: OfCredential & {
      /** Milliseconds since the epoch. */
      readonly now: number;
      /** Credential ids that runtimes have, whose versions are looked at, too. */
      readonly carried?: readonly string[];
    };
    readonly output:
      | {
          readonly kind: 'listed';
          readonly inventory: CredentialInventory;
          /** Where the credential is kept, for commands. */
          readonly kept: Kept;
          readonly settings: RotationSettings;
          /** Its profiles only observe: nothing is rotated. */
          readonly observed?: true;
          /** How long a move of the whole fleet, and of one runtime, takes at most. Seconds. */
          readonly moveSeconds: number;
          readonly moveOneSeconds: number;
          /** How long pilot and fleet have to wait for maintenance windows from now on. Seconds. */
          readonly windowSeconds: number;
        }
      | CallFailure;
  };
  /** When the version that everybody reads ends, and whether that is too near for one that is not rotated yet. */
  readonly readExpiry: {
    readonly input: OfCredential & { /** Milliseconds since the epoch. */ readonly now: number };
    readonly output:
      | { readonly kind: 'read' /** ISO 8601. */; readonly expiresOn?: string; readonly late: boolean }
      | CallFailure;
  };
  /** Lists everything that may carry the credential, and sums it up. */
  readonly listFleet: {
    readonly input: OfCredential & {
      /** Tells whose processes may have another credential than their settings name: a read of each one's record. */
      readonly processes?: true;
      /** Resource ids of runtimes that are pilots only where there is no other. */
      readonly failedPilots?: readonly string[];
    };
    readonly output: { readonly kind: 'listed'; readonly fleet: FleetInventory } | CallFailure;
  };
  /** These runtimes of a batch, by the rests of their ids, as they are now; those that are gone are left out. */
  readonly listCarriers: {
    readonly input: OfCredential & { readonly batch: RuntimeBatch; readonly names: readonly string[] };
    readonly output: { readonly kind: 'listed'; readonly carriers: readonly Carrier[] } | CallFailure;
  };
  /**
   * Adds a key with the run's label and stores its value in the pending secret, while the run prepares. Repeated, it finds
   * what it made, or makes another: it removes nothing but a key of its own whose value could not be stored.
   */
  readonly mintCredential: {
    readonly input: AsRotation & { /** ISO 8601. */ readonly endsOn: string };
    readonly output:
      | { readonly kind: 'minted'; readonly version: CredentialVersion; readonly endsOn: string }
      /** The vault refused the value, and the key is still there. */
      | { readonly kind: 'unstored'; readonly keyId: string; readonly problem: Problem }
      | NotOurs
      | CallFailure;
  };
  /** Entra accepts the version, and every vault that profiles read with it lets it in. */
  readonly proveVersion: {
    readonly input: OfCredential & { readonly version: CredentialVersion };
    readonly output: { readonly kind: 'proven' } | CallFailure;
  };
  /** Makes the staged version the one that everybody reads, while the run moves, and closes the pending secret. */
  readonly commitCredential: {
    readonly input: AsRotation & { readonly version: CredentialVersion };
    readonly output:
      | { readonly kind: 'committed'; readonly version: CredentialVersion }
      | NotOurs
      | CallFailure;
  };
  /** Tags a version of the secret with the key that it holds and when that ends, as the app has found it. */
  readonly tagVersion: {
    readonly input: OfCredential & {
      readonly secretVersion: string;
      readonly keyId: string;
      /** ISO 8601. */
      readonly endsOn: string;
    };
    readonly output: { readonly kind: 'tagged' } | CallFailure;
  };
  /** Removes exactly this key, which the run has said is about to go, and disables the versions that hold it. */
  readonly removeKey: {
    readonly input: AsRotation & { readonly keyId: string };
    readonly output:
      | { readonly kind: 'removed' }
      /** It is the one that everybody reads: nothing was removed. */
      | { readonly kind: 'inUse' }
      /** Its label is of another task hub: nothing was removed. */
      | { readonly kind: 'otherHubs'; readonly label: string }
      | NotOurs
      | CallFailure;
  };
}
