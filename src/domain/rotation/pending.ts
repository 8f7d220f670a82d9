import type { Credential, SecretReference } from '../profile.js';

/** Where a new value waits until it is proven: a secret of its own, since a vault's newest version is at once current. */
export function pendingSecret({ secret }: Pick<Credential, 'secret'>): SecretReference {
  return { vault: secret.vault, name: `${secret.name}-pending` };
}

/** Tags that the app sets on what it writes. */
export const KEY_ID_TAG = 'keyId';
export const RUN_TAG = 'airlockRun';

/** What Entra shows as the name of a key that a run minted; the sweep finds leftovers by it. */
export function keyLabel(runId: string): string {
  return `${LABEL}${runId}`;
}

/** The run whose label a key has; `undefined`: the app did not mint it. */
export function runOfLabel(displayName: string | undefined): string | undefined {
  return displayName?.startsWith(LABEL) ? displayName.slice(LABEL.length) : undefined;
}

const LABEL = 'airlock ';
