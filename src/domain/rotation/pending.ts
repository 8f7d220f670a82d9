import type { Credential, SecretReference } from '../configuration/credential.js';

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

/** Which task hub's run it was: two hubs may give their runs the same ids. */
export const HUB_TAG = 'airlockHub';

/**
 * Who mints for a credential, as the labels of keys name it: the credential, since several may be client secrets of one
 * application, and the task hub, since two apps may rotate one credential, or one app that has lost its storage. Neither
 * knows what the other's runs are about to do with their keys.
 *
 * @param hub the id that the credential's record has made for itself
 */
export function minterOf(recordKey: string, hub: string): string {
  return `${credentialOf(recordKey)}.${hub}`;
}

/** What Entra shows as the name of a key that a run minted; the sweep finds leftovers by it. */
export function keyLabel(minter: string, runId: string): string {
  return `${labelOf(minter)}${runId}`;
}

/** The run whose label a key has; `undefined`: no run of this minter made it. */
export function runOfLabel(minter: string, displayName: string | undefined): string | undefined {
  const label = labelOf(minter);
  return displayName?.startsWith(label) ? displayName.slice(label.length) : undefined;
}

/** Whether the app minted a key for this credential from another task hub: it is not this one's to remove. */
export function isOtherHubs(minter: string, displayName: string | undefined): boolean {
  const [credential] = minter.split('.');
  const isAirlocks = /^airlock ([^ .]+)(?:\.[^ ]*)? /.exec(displayName ?? '')?.[1] === credential;
  return isAirlocks && runOfLabel(minter, displayName) === undefined;
}

function credentialOf(recordKey: string): string {
  return recordKey.slice(0, 8);
}

function labelOf(minter: string): string {
  return `airlock ${minter} `;
}
