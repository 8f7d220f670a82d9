/** What a rotation has to do, decided from what it found. */

import type { RotationSettings } from '../configuration/rotationSettings.js';
import type { Debt, OtherHubsKey } from '../runs/rotations.js';
import type { CredentialVersion } from '../values/credentialVersion.js';
import { isAmong, sameId } from '../values/sameId.js';
import type { KnownOfCredential } from './credentialState.js';
import { type Dueness, dueness, duenessOf, expiryOf, urgentAt } from './due.js';
import { pausedUntil, stands } from './failures.js';
import { isOtherHubs, runOfLabel } from './pending.js';
import { behind, type CredentialStock, type FleetStock, having, mayCarry } from './stock.js';
import { firstEnd, type Together, together, versionOf, type Worn, wornBy } from './worn.js';

export interface RotationTask {
  /** `mint`: make the next credential; `move`: the runtimes get the current one; `settle`: only leftovers. */
  readonly kind: 'mint' | 'move' | 'settle';
  readonly why: string;
  /** What most of the runtimes that are to move have now. Absent where there is nothing to go back to. */
  readonly from?: CredentialVersion;
  /** What they get; absent until it is minted. */
  readonly to?: CredentialVersion;
  /** Waits for no window. */
  readonly urgent: boolean;
  /** What they have lives no more: there is no way back, and nothing to lose. */
  readonly dead: boolean;
  /** When the first of them loses what it has, in ms; 0: it may have lost it already; absent: no end of it is known. */
  readonly endsAt?: number;
  /** Everybody else has it already, by a commit or proven: from that no later run goes back. */
  readonly committed?: true;
  /** Key ids that may be removed once nobody has them. */
  readonly removable: readonly string[];
}

export type Decision =
  | { readonly kind: 'task'; readonly task: RotationTask }
  /** There is something to do, and it failed lately. `expiring`: meanwhile what the runtimes have nears its end. */
  | {
      readonly kind: 'resting';
      readonly why: string;
      /** ISO 8601. */
      readonly notBefore: string;
      readonly expiring: boolean;
    }
  /**
   * Nothing to do. `expiring`: what the runtimes have nears its end and nobody has written another; `unknown`: nobody knows
   * when it ends; `declined`: a person's no stands.
   */
  | {
      readonly kind: 'nothing';
      readonly why: string;
      readonly expiring: boolean;
      readonly unknown: boolean;
      readonly declined?: true;
    };

export interface LookedAt {
  /** Who mints here, see `minterOf`. */
  readonly minter: string;
  readonly stock: CredentialStock;
  readonly fleet: FleetStock;
  readonly debts: readonly Debt[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface Found extends LookedAt, Omit<KnownOfCredential, 'debts'> {
  readonly settings: RotationSettings;
  readonly moveSeconds: number;
  /** A person asked: no pause after failures holds. */
  readonly asked: boolean;
  /** Also what is not due is rotated. */
  readonly force: boolean;
}

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
  const why = settings.strategy === 'graph' ? dueToMint(found, worn) : undefined;
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

function isPinned({ pinned, stock: { current } }: Found): boolean {
  return pinned !== undefined && stands(pinned, current);
}

/** Whether everybody else has the current version for good: after its commit, or since access is proven with it. */
function isCommitted(found: Found): boolean {
  const { committed, fleet, stock } = found;
  const { credentialId } = stock.current;
  if (isPinned(found)) return false;
  return sameId(credentialId, committed) || fleet.proven.some((id) => sameId(id, credentialId));
}

/** Whether what the runtimes have is due, the first one that ends. */
function dueOf({ settings, now, moveSeconds, stock }: Found, worn: readonly Worn[]): Dueness {
  const end = worn.length === 0 ? expiryOf(stock, now) : firstEnd(worn, now);
  return duenessOf(end, settings, now, moveSeconds);
}

function resting(found: Found, task: RotationTask, until: number): Decision {
  const { failures, fleet, stock, settings, now, pinned } = found;
  const { credentialId, secretVersion } = stock.current;
  const worn = wornBy(fleet, stock, now);
  const notBefore = new Date(until).toISOString();
  const back =
    pinned && isPinned(found)
      ? `${credentialId} (version ${secretVersion}) had to go back (${pinned.code}, first at ${pinned.since})`
      : `${failures.count} rotations failed in a row${failures.code === undefined ? '' : ` (${failures.code})`}`;
  return {
    kind: 'resting',
    why: `${task.why}: ${inWords(worn)}. ${back}; it is tried again at ${notBefore}, or when asked for`,
    notBefore,
    expiring: settings.strategy === 'external' && dueOf(found, worn).kind === 'due',
  };
}

/** What the runtimes have, for people. */
function inWords(worn: readonly Worn[]): string {
  return worn
    .slice(0, 3)
    .map(({ credentialId, runtimes, end }) => {
      const until =
        end === 'gone'
          ? 'which Entra does not accept any more'
          : end === undefined
            ? 'of which no expiry is known'
            : `until ${new Date(end).toISOString()}`;
      return `${runtimes} have ${credentialId === '' ? 'one without a marker' : credentialId}, ${until}`;
    })
    .join('; ');
}

function nothing(found: Found): Decision {
  const { fleet, stock, now } = found;
  const due = dueOf(found, wornBy(fleet, stock, now));
  const whose = fleet.total === 0 ? 'no runtime has it' : 'every runtime has it';
  if (due.kind === 'due') {
    const why = `${due.why}, and nobody has written another`;
    return { kind: 'nothing', why, expiring: true, unknown: false };
  }
  if (due.dueAt !== undefined) {
    return {
      kind: 'nothing',
      why: `it is due at ${due.dueAt}, and ${whose}`,
      expiring: false,
      unknown: false,
    };
  }
  return { kind: 'nothing', why: `nobody knows when it ends, and ${whose}`, expiring: false, unknown: true };
}

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
function leftoverKeys({ minter, stock, fleet, debts }: LookedAt): string[] {
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
function mintedHere({ minter, stock: { keys = [] } }: LookedAt, worn: readonly Worn[]): string[] {
  const ids = worn.map(({ credentialId }) => credentialId);
  const ours = keys.filter(({ displayName }) => runOfLabel(minter, displayName) !== undefined);
  return ours
    .map(({ keyId }) => keyId)
    .filter((id, place, all) => isAmong(ids, id) && !isAmong(all.slice(0, place), id));
}

/** Whether a credential lives so long that runtimes may go back to it. */
export function outlives(
  version: CredentialVersion | undefined,
  now: number,
  returnSeconds: number,
): boolean {
  if (!version) return false;
  return version.expiresOn === undefined || Date.parse(version.expiresOn) > now + returnSeconds * 1000;
}
