/** What a rotation finds: its fleet, what directory and vault hold, and what is to be done about it. */

import { clearedDebts } from '../../domain/rotation/clearedDebts.js';
import type { KnownOfCredential } from '../../domain/rotation/credentialState.js';
import { carriedBy } from '../../domain/rotation/credentialsInUse.js';
import { decideTask } from '../../domain/rotation/decideTask.js';
import {
  type CredentialInventory,
  type FleetInventory,
  isMintedBy,
} from '../../domain/rotation/inventory.js';
import { keysOfOtherHubs } from '../../domain/rotation/leftoverKeys.js';
import { keyLabel, minterOf } from '../../domain/rotation/pending.js';
import { respecting } from '../../domain/rotation/rejection.js';
import type { Found } from '../../domain/rotation/task.js';
import { nowMs } from '../flow.js';
import { carryOut, isStopped, type Rotating } from './rotating.js';

/** A rotation that has not looked yet. */
export type Base = Omit<Rotating, 'settings' | 'moveOneSeconds' | 'minter' | 'secretVersion' | 'passedOver'>;

/** Looks at fleet, directory and vault, and decides. */
export function* assess(base: Base, known: KnownOfCredential) {
  const { context, input } = base;
  const { credential } = input;
  const passedOver = (known.failedPilots ?? []).map(({ runtime }) => runtime);
  const listed = yield* carryOut(base, 'listFleet', {
    credential,
    ...(passedOver.length > 0 ? { failedPilots: passedOver } : {}),
  });
  if (isStopped(listed)) return listed;
  const { fleet } = listed;
  const carried = carriedBy(fleet);
  const read = yield* carryOut(base, 'readCredentialInventory', {
    credential,
    now: nowMs(context),
    ...(carried.length > 0 ? { carried } : {}),
  });
  if (isStopped(read)) return read;
  const { inventory, settings, moveOneSeconds } = read;
  base.current.secretVersion = inventory.current.secretVersion;
  const minter = minterOf(input.recordKey, known.hub);
  const found: Found = {
    ...known,
    minter,
    inventory,
    fleet,
    settings,
    moveSeconds: read.moveSeconds + read.windowSeconds,
    asked: input.startedBy.kind === 'request',
    force: input.force === true && !isMintedBy(inventory, keyLabel(minter, base.runId)),
    now: nowMs(context),
  };
  logFindings(base, fleet, inventory, minter);
  const { secretVersion } = inventory.current;
  const run: Rotating = { ...base, settings, moveOneSeconds, minter, secretVersion, passedOver };
  const decision = respecting(decideTask(found), known.rejection, {
    current: inventory.current.credentialId,
    asked: input.startedBy.kind === 'request',
  });
  return {
    kind: 'found' as const,
    run,
    decision,
    fleet,
    inventory,
    settings,
    observed: read.observed === true,
    kept: read.kept,
    cleared: clearedDebts(found),
  };
}

/** Says what was found, and what of it stays because nobody can say what it is. */
function logFindings(
  { progress, noticed }: Base,
  fleet: FleetInventory,
  inventory: CredentialInventory,
  minter: string,
): void {
  const { unread, outside, total } = fleet;
  const otherHubs = keysOfOtherHubs(inventory, minter);
  noticed.leftAlone = {
    ...(otherHubs.length > 0 ? { otherHubs } : {}),
    ...(unread.count > 0 ? { unread: unread.some } : {}),
  };
  const more = outside.count > 0 ? `, ${outside.count} more outside of every profile, or not enabled` : '';
  progress.logStep(
    `current ${inventory.current.credentialId}, ${total} runtimes have it or an earlier one${more}`,
  );
  if (unread.count > 0) {
    progress.logStep(`${unread.count} without a readable name keep every key: ${unread.some[0]}, …`);
  }
  for (const { keyId, label } of otherHubs) {
    progress.logStep(`${keyId} belongs to another task hub ("${label}"): it stays`);
  }
}
