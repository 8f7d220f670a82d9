/** What a rotation has to do, decided from what it found. */

import { isAmong, sameId } from '../values/sameId.js';
import { dueness, expiryOf, urgentAt } from './due.js';
import { pausedUntil } from './failures.js';
import { leftoverKeys, mintedHere } from './leftoverKeys.js';
import { dueOf, isPinned, nothing, resting } from './notNow.js';
import { behind, type CredentialStock, having } from './stock.js';
import type { Decision, Found, RotationTask } from './task.js';
import { type Together, together, versionOf, type Worn, wornBy } from './worn.js';

/** Decides what is to be done with a credential. */
export function decideTask(found: Found): Decision {
  const { stock, failures, now, asked, settings, moveSeconds } = found;
  const task = wantedTask(found);
  if (!task) return nothing(found);
  const { endsAt, dead } = task;
  const until = pausedUntil({
    failures,
    now,
    asked: asked || found.force,
    secretVersion: stock.current.secretVersion,
    dead,
    ...(endsAt === undefined ? {} : { endsAt, urgentAt: urgentAt(endsAt, settings, moveSeconds) }),
  });
  return until === undefined ? { kind: 'task', task } : resting(found, task, until);
}

function wantedTask(found: Found): RotationTask | undefined {
  const { stock, fleet, settings, now, force } = found;
  const { current } = stock;
  const worn = wornBy(fleet, stock, now);
  const leftovers = leftoverKeys(found);
  const why = settings.mints ? dueToMint(found, worn) : undefined;
  if (why !== undefined) {
    const all = together(worn.length > 0 ? worn : [ofNobody(stock, now)], now);
    const goes = current.tagged && expiryOf(stock, now) !== 'gone' ? [current.credentialId] : [];
    // A version to come from there always is: enablements go by it until the commit.
    const from = all.version ?? versionOf(current);
    return { kind: 'mint', why, from, ...ending(found, all), removable: [...goes, ...leftovers] };
  }
  const waiting = behind(fleet, current.credentialId);
  if (waiting > 0) {
    const others = worn.filter(({ credentialId }) => !sameId(credentialId, current.credentialId));
    const all = together(others, now);
    // What a runtime without a marker may have.
    const from = all.version ?? (having(fleet, '') > 0 ? stock.previous : undefined);
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
    kind: 'settle',
    why: 'keys are left to remove',
    to: versionOf(current),
    urgent: false,
    dead: false,
    removable: leftovers,
  };

  function dueToMint(found: Found, worn: readonly Worn[]): string | undefined {
    const due = dueness(stock, settings, now, found.moveSeconds);
    if (due.kind === 'due') return due.why;
    if (force) return 'asked for';
    // The current one had to go back: what the runtimes have is not waited out for it.
    const has = isPinned(found) ? dueOf(found, worn) : undefined;
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
function ofNobody(stock: CredentialStock, now: number): Worn {
  const { current } = stock;
  const end = expiryOf(stock, now);
  return { credentialId: current.credentialId, runtimes: 0, end, known: true, version: versionOf(current) };
}

/** Whether everybody else has the current version for good: after its commit, or since access is proven with it. */
function isCommitted(found: Found): boolean {
  const { committed, fleet, stock } = found;
  const { credentialId } = stock.current;
  if (isPinned(found)) return false;
  return sameId(credentialId, committed) || fleet.proven.some((id) => sameId(id, credentialId));
}
