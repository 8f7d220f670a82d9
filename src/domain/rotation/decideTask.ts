/** What a rotation has to do, decided from what it found. */

import { isAmong, sameId } from '../values/sameId.js';
import {
  type CredentialInUse,
  credentialsInUse,
  type Together,
  together,
  versionOf,
} from './credentialsInUse.js';
import { expiryOf, rotationStatus, urgentAt } from './due.js';
import { pausedUntil } from './failures.js';
import { type CredentialInventory, countOutdated, having } from './inventory.js';
import { leftoverKeys, mintedHere } from './leftoverKeys.js';
import { dueOf, isPinned, nothing, resting } from './notNow.js';
import type { Decision, Found, RotationTask } from './task.js';

/** Decides what is to be done with a credential. */
export function decideTask(found: Found): Decision {
  const { inventory, failures, now, asked, settings, moveSeconds } = found;
  const task = wantedTask(found);
  if (!task) return nothing(found);
  const { endsAt, dead } = task;
  const until = pausedUntil({
    failures,
    now,
    asked: asked || found.force,
    secretVersion: inventory.current.secretVersion,
    dead,
    ...(endsAt === undefined ? {} : { endsAt, urgentAt: urgentAt(endsAt, settings, moveSeconds) }),
  });
  return until === undefined ? { kind: 'task', task } : resting(found, task, until);
}

function wantedTask(found: Found): RotationTask | undefined {
  const { inventory, fleet, settings, now, force } = found;
  const { current } = inventory;
  const inUse = credentialsInUse(fleet, inventory, now);
  const leftovers = leftoverKeys(found);
  const why = settings.mints ? dueToMint(found, inUse) : undefined;
  if (why !== undefined) {
    const all = together(inUse.length > 0 ? inUse : [ofNobody(inventory, now)], now);
    const goes = current.tagged && expiryOf(inventory, now) !== 'gone' ? [current.credentialId] : [];
    // A version to come from there always is: enablements go by it until the commit.
    const from = all.version ?? versionOf(current);
    return { kind: 'mint', why, from, ...ending(found, all), removable: [...goes, ...leftovers] };
  }
  const waiting = countOutdated(fleet, current.credentialId);
  if (waiting > 0) {
    const others = inUse.filter(({ credentialId }) => !sameId(credentialId, current.credentialId));
    const all = together(others, now);
    // What a runtime without a marker may have.
    const from = all.version ?? (having(fleet, '') > 0 ? inventory.previous : undefined);
    return {
      kind: 'move',
      why: `${waiting} of ${fleet.total} runtimes have another credential than the current one`,
      ...(from ? { from } : {}),
      ...ending(found, all, 0),
      to: versionOf(current),
      ...(isCommitted(found) ? { committed: true } : {}),
      // What the app minted and somebody replaced is nobody's after the move.
      removable: [...leftovers, ...mintedHere(found, others).filter((id) => !isAmong(leftovers, id))],
    };
  }
  if (leftovers.length === 0) return undefined;
  return {
    kind: 'cleanUp',
    why: 'keys are left to remove',
    to: versionOf(current),
    urgent: false,
    dead: false,
    removable: leftovers,
  };

  function dueToMint(found: Found, inUse: readonly CredentialInUse[]): string | undefined {
    const due = rotationStatus(inventory, settings, now, found.moveSeconds);
    if (due.kind === 'due') return due.why;
    if (force) return 'asked for';
    // The current one had to go back: what the runtimes have is not waited out for it.
    const has = isPinned(found) ? dueOf(found, inUse) : undefined;
    return has?.kind === 'due' ? has.why : undefined;
  }
}

/** Until when what is to be replaced lives. */
function ending(
  { settings, now, moveSeconds }: Found,
  { dead, endsAt }: Together,
  overlapSeconds = settings.overlapSeconds,
): Pick<RotationTask, 'urgent' | 'dead' | 'endsAt'> {
  const urgent = endsAt !== undefined && endsAt - now < (moveSeconds + overlapSeconds) * 1000;
  return { ...(endsAt === undefined ? {} : { endsAt }), urgent, dead };
}

/** The current version, where no runtime has any. */
function ofNobody(inventory: CredentialInventory, now: number): CredentialInUse {
  const { current } = inventory;
  const end = expiryOf(inventory, now);
  return { credentialId: current.credentialId, runtimes: 0, end, known: true, version: versionOf(current) };
}

/** Whether everybody else has the current version for good: after its commit, or since access is proven with it. */
function isCommitted(found: Found): boolean {
  const { committed, fleet, inventory } = found;
  const { credentialId } = inventory.current;
  if (isPinned(found)) return false;
  return sameId(credentialId, committed) || fleet.proven.some((id) => sameId(id, credentialId));
}
