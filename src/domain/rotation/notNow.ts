/** What is decided where nothing is to be done now, and the words for it. */

import { amount } from '../values/amount.js';
import { type CredentialInUse, credentialsInUse, firstEnd } from './credentialsInUse.js';
import { expiryOf, type RotationStatus, rotationStatusAt } from './due.js';
import { stands } from './failures.js';
import type { Decision, Found, RotationTask } from './task.js';

/** Whether the current version had to go back, and nobody has replaced it since. */
export function isPinned({ pinned, inventory: { current } }: Found): boolean {
  return pinned !== undefined && stands(pinned, current);
}

/** Whether what the runtimes have is due, the first one that ends. */
export function dueOf(
  { settings, now, moveSeconds, inventory }: Found,
  inUse: readonly CredentialInUse[],
): RotationStatus {
  const end = inUse.length === 0 ? expiryOf(inventory, now) : firstEnd(inUse, now);
  return rotationStatusAt(end, settings, now, moveSeconds);
}

/** There is something to do, and it failed lately. */
export function resting(found: Found, task: RotationTask, until: number): Decision {
  const { failures, fleet, inventory, settings, now, pinned } = found;
  const { credentialId, secretVersion } = inventory.current;
  const inUse = credentialsInUse(fleet, inventory, now);
  const notBefore = new Date(until).toISOString();
  const back =
    pinned && isPinned(found)
      ? `${credentialId} (version ${secretVersion}) had to go back (${pinned.code}, first at ${pinned.since})`
      : `${amount(failures.count, 'rotation')} failed in a row${failures.code === undefined ? '' : ` (${failures.code})`}`;
  return {
    kind: 'resting',
    why: `${task.why}: ${describeInUse(inUse)}. ${back}; it is tried again at ${notBefore}, or when asked for`,
    notBefore,
    expiring: !settings.mints && dueOf(found, inUse).kind === 'due',
  };
}

/** What the runtimes have, for people. */
function describeInUse(inUse: readonly CredentialInUse[]): string {
  return inUse
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

/** There is nothing to do. */
export function nothing(found: Found): Decision {
  const { fleet, inventory, now } = found;
  const due = dueOf(found, credentialsInUse(fleet, inventory, now));
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
