import type { Credential, SecretReference } from '../profile.js';

/** Where a new value waits until it is proven: a secret of its own, since a vault's newest version is at once current. */
export function pendingSecret({ secret }: Pick<Credential, 'secret'>): SecretReference {
  return { vault: secret.vault, name: `${secret.name}-pending` };
}

/** Tags that the app sets on what it writes. */
export const KEY_ID_TAG = 'keyId';
export const RUN_TAG = 'airlockRun';
/**
 * Where nobody set `keyId`: the key that the app has found for a version. A tag of its own, since `keyId` becomes the
 * credential's id, and another id restarts every runtime that has the credential.
 */
export const FOUND_KEY_TAG = 'airlockKeyId';

/**
 * What Entra shows as the name of a key that a run minted; the sweep finds leftovers by it. It names the credential,
 * too: several may be client secrets of one application, and what is a leftover is for each to say of its own.
 */
export function keyLabel(recordKey: string, runId: string): string {
  return `${labelOf(recordKey)}${runId}`;
}

/** The run whose label a key has; `undefined`: no run minted it for this credential. */
export function runOfLabel(recordKey: string, displayName: string | undefined): string | undefined {
  const label = labelOf(recordKey);
  return displayName?.startsWith(label) ? displayName.slice(label.length) : undefined;
}

function labelOf(recordKey: string): string {
  return `airlock ${recordKey.slice(0, 8)} `;
}
