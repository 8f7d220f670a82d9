/** What a rotation has to do, decided from what it found. */
import type { CredentialVersion } from '../plan.js';
import { sameId } from '../sameId.js';
import type { CredentialRecord, Debt } from './credentialRecord.js';
import { dueness } from './due.js';
import { runOfLabel } from './pending.js';
import type { RotationSettings } from './settings.js';
import { behind, type CredentialStock, type FleetStock, mayCarry } from './stock.js';
import { labelPayableAt } from './strayKeys.js';

export interface RotationTask {
  /** `mint`: make the next credential; `move`: the runtimes get the current one; `settle`: only leftovers. */
  readonly kind: 'mint' | 'move' | 'settle';
  readonly why: string;
  /** What the runtimes have now, or had. Absent where nobody knows. */
  readonly from?: CredentialVersion;
  /** What they get; absent until it is minted. */
  readonly to?: CredentialVersion;
  /** Waits for no window. */
  readonly urgent: boolean;
  /** The old one lives no more: there is no way back. */
  readonly dead: boolean;
  /** Key ids that may be removed once nobody has them. */
  readonly removable: readonly string[];
}

export type Decision =
  | { readonly kind: 'task'; readonly task: RotationTask }
  /** Nothing to do. `expiring`: the credential nears its end and nobody has written another. */
  | { readonly kind: 'nothing'; readonly why: string; readonly expiring: boolean; readonly declined?: true };

interface LookedAt {
  /** Key of the credential's record. */
  readonly recordKey: string;
  readonly stock: CredentialStock;
  readonly fleet: FleetStock;
  readonly debts: readonly Debt[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface Found extends LookedAt {
  readonly settings: RotationSettings;
  readonly moveSeconds: number;
  readonly pinned?: CredentialRecord['pinned'];
  /** A person asked: also what is not due is rotated. */
  readonly force: boolean;
}

/** Decides what is to be done with a credential. */
export function decideTask(found: Found): Decision {
  const { stock, fleet, settings, now, moveSeconds, force } = found;
  const due = dueness(stock, settings, now, moveSeconds);
  const isDue = due.kind === 'due';
  const leftovers = leftoverKeys(found);
  if (settings.strategy === 'graph' && (isDue || force)) {
    const { tagged, ...current } = stock.current;
    return task({
      kind: 'mint',
      why: isDue ? due.why : 'asked for',
      from: current,
      urgent: isDue && due.urgent,
      dead: isDue && due.dead,
      removable: [...(tagged ? [current.credentialId] : []), ...leftovers],
    });
  }
  const { current } = stock;
  const pinned = found.pinned && sameId(found.pinned.insteadOf, current.credentialId) && !force;
  const waiting = behind(fleet, current.credentialId);
  if (waiting > 0 && !pinned) {
    const { tagged: _, ...to } = current;
    const from = previousOf(found);
    return task({
      kind: 'move',
      why: `${waiting} of ${fleet.total} runtimes have another credential than the current one`,
      ...(from ? { from } : {}),
      to,
      urgent: !outlives(from, now, moveSeconds),
      dead: from === undefined || isPast(from, now),
      removable: leftovers,
    });
  }
  if (leftovers.length > 0) {
    const { tagged: _, ...to } = current;
    return task({
      kind: 'settle',
      why: 'keys are left to remove',
      to,
      urgent: false,
      dead: false,
      removable: leftovers,
    });
  }
  return {
    kind: 'nothing',
    expiring: isDue,
    why: isDue
      ? `${due.why}, and nobody has written another`
      : due.dueAt === undefined
        ? 'it has no expiry, and every runtime has it'
        : `it is due at ${due.dueAt}, and every runtime has it`,
  };
}

/**
 * Labels of debts that this look pays: it comes so late that the directory would show a key, and none has the label but
 * perhaps the one that everybody reads.
 */
export function paidLabels({ stock: { keys, current }, debts, now }: LookedAt): string[] {
  if (!keys) return [];
  const standing = keys.filter(({ keyId }) => !sameId(keyId, current.credentialId));
  return debts
    .filter((debt) => debt.kind === 'removeLabelled' && labelPayableAt(debt) <= now)
    .map(({ what }) => what)
    .filter((label) => !standing.some(({ displayName }) => displayName === label));
}

/** Keys that earlier runs could not remove or lost sight of: debts, and keys of our label that nobody has. */
function leftoverKeys({ recordKey, stock, fleet, debts }: LookedAt): string[] {
  const owed = debts.filter(({ kind }) => kind === 'removeKey').map(({ what }) => what);
  const orphans = (stock.keys ?? [])
    .filter(({ keyId, displayName }) => {
      const isOurs = runOfLabel(recordKey, displayName) !== undefined;
      return isOurs && mayCarry(fleet, keyId, false) === 0;
    })
    .map(({ keyId }) => keyId);
  const ids = [...owed, ...orphans].filter((id) => !sameId(id, stock.current.credentialId));
  return ids.filter((id, place) => ids.findIndex((other) => sameId(other, id)) === place);
}

/** The version that the runtimes come from: the one before the current one, if runtimes have it. */
function previousOf({ stock, fleet }: Found): CredentialVersion | undefined {
  const { previous } = stock;
  return previous && mayCarry(fleet, previous.credentialId, true) > 0 ? previous : undefined;
}

function isPast({ expiresOn }: CredentialVersion, now: number): boolean {
  return expiresOn !== undefined && Date.parse(expiresOn) <= now;
}

function task(task: RotationTask): Decision {
  return { kind: 'task', task };
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
