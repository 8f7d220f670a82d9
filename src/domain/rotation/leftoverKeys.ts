/** Keys of the application besides the current one: whose they are, and which of them may go. */

import type { OtherHubsKey } from '../runs/rotations.js';
import { isAmong, sameId } from '../values/sameId.js';
import type { CredentialInUse } from './credentialsInUse.js';
import { type CredentialInventory, countPossibleCarriers, type FleetInventory, having } from './inventory.js';
import { isOtherHubs, runOfLabel } from './pending.js';
import type { Examined } from './task.js';

/** Keys that the app minted from another task hub, besides the one that everybody reads. At most 20. */
export function keysOfOtherHubs({ keys = [], current }: CredentialInventory, minter: string): OtherHubsKey[] {
  return keys
    .filter(
      ({ keyId, displayName }) => isOtherHubs(minter, displayName) && !sameId(keyId, current.credentialId),
    )
    .slice(0, 20)
    .map(({ keyId, displayName = '' }) => ({ keyId, label: displayName }));
}

/** Keys that earlier runs could not remove or lost sight of: debts, and keys of our label that nobody has. */
export function leftoverKeys({ minter, inventory, fleet, debts }: Examined): string[] {
  const outstanding = debts.filter(({ kind }) => kind === 'removeKey').map(({ what }) => what);
  const orphans = (inventory.keys ?? [])
    .filter(({ keyId, displayName }) => {
      const isOurs = runOfLabel(minter, displayName) !== undefined;
      return isOurs && countPossibleCarriers(fleet, keyId, false) === 0;
    })
    .map(({ keyId }) => keyId);
  const inUse = keysInUse(inventory, fleet);
  const ids = [...outstanding, ...orphans].filter((id) => !isAmong(inUse, id));
  return ids.filter((id, place) => ids.findIndex((other) => sameId(other, id)) === place);
}

/**
 * Keys that the current version holds, and those of runtimes, under whatever id: one that a version without the tag was found
 * to hold, or could hold, is in use as well.
 */
function keysInUse({ current, carried = [] }: CredentialInventory, fleet: FleetInventory): string[] {
  const inUse = carried.filter(({ credentialId }) => having(fleet, credentialId) > 0);
  const found = [current, ...inUse].flatMap(({ found: one, couldBe = [] }) => [
    ...(one ? [one.keyId] : []),
    ...couldBe,
  ]);
  return [current.credentialId, ...found];
}

/** Keys that the app minted from this task hub, of those that runtimes have. */
export function mintedHere(
  { minter, inventory: { keys = [] } }: Examined,
  inUse: readonly CredentialInUse[],
): string[] {
  const ids = inUse.map(({ credentialId }) => credentialId);
  const ours = keys.filter(({ displayName }) => runOfLabel(minter, displayName) !== undefined);
  return ours
    .map(({ keyId }) => keyId)
    .filter((id, place, all) => isAmong(ids, id) && !isAmong(all.slice(0, place), id));
}
