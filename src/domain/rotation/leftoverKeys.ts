/** Keys of the application besides the current one: whose they are, and which of them may go. */

import type { OtherHubsKey } from '../runs/rotations.js';
import { isAmong, sameId } from '../values/sameId.js';
import { isOtherHubs, runOfLabel } from './pending.js';
import { type CredentialStock, type FleetStock, having, mayCarry } from './stock.js';
import type { LookedAt } from './task.js';
import type { Worn } from './worn.js';

/** Keys that the app minted from another task hub, besides the one that everybody reads. At most 20. */
export function keysOfOtherHubs({ keys = [], current }: CredentialStock, minter: string): OtherHubsKey[] {
  return keys
    .filter(
      ({ keyId, displayName }) => isOtherHubs(minter, displayName) && !sameId(keyId, current.credentialId),
    )
    .slice(0, 20)
    .map(({ keyId, displayName = '' }) => ({ keyId, label: displayName }));
}

/** Keys that earlier runs could not remove or lost sight of: debts, and keys of our label that nobody has. */
export function leftoverKeys({ minter, stock, fleet, debts }: LookedAt): string[] {
  const owed = debts.filter(({ kind }) => kind === 'removeKey').map(({ what }) => what);
  const orphans = (stock.keys ?? [])
    .filter(({ keyId, displayName }) => {
      const isOurs = runOfLabel(minter, displayName) !== undefined;
      return isOurs && mayCarry(fleet, keyId, false) === 0;
    })
    .map(({ keyId }) => keyId);
  const held = keysHeld(stock, fleet);
  const ids = [...owed, ...orphans].filter((id) => !isAmong(held, id));
  return ids.filter((id, place) => ids.findIndex((other) => sameId(other, id)) === place);
}

/**
 * Keys that the current version holds, and those of runtimes, under whatever id: one that a version without the tag was found
 * to hold, or could hold, is in use as well.
 */
function keysHeld({ current, carried = [] }: CredentialStock, fleet: FleetStock): string[] {
  const worn = carried.filter(({ credentialId }) => having(fleet, credentialId) > 0);
  const found = [current, ...worn].flatMap(({ found: one, couldBe = [] }) => [
    ...(one ? [one.keyId] : []),
    ...couldBe,
  ]);
  return [current.credentialId, ...found];
}

/** Keys that the app minted from this task hub, of those that runtimes have. */
export function mintedHere({ minter, stock: { keys = [] } }: LookedAt, worn: readonly Worn[]): string[] {
  const ids = worn.map(({ credentialId }) => credentialId);
  const ours = keys.filter(({ displayName }) => runOfLabel(minter, displayName) !== undefined);
  return ours
    .map(({ keyId }) => keyId)
    .filter((id, place, all) => isAmong(ids, id) && !isAmong(all.slice(0, place), id));
}
