/** What is decided where nothing is to be done now, and the words for it. */

import { type Dueness, duenessOf, expiryOf } from './due.js';
import { stands } from './failures.js';
import type { Decision, Found, RotationTask } from './task.js';
import { firstEnd, type Worn, wornBy } from './worn.js';

/** Whether the current version had to go back, and nobody has replaced it since. */
export function isPinned({ pinned, stock: { current } }: Found): boolean {
  return pinned !== undefined && stands(pinned, current);
}

/** Whether what the runtimes have is due, the first one that ends. */
export function dueOf({ settings, now, moveSeconds, stock }: Found, worn: readonly Worn[]): Dueness {
  const end = worn.length === 0 ? expiryOf(stock, now) : firstEnd(worn, now);
  return duenessOf(end, settings, now, moveSeconds);
}

/** There is something to do, and it failed lately. */
export function resting(found: Found, task: RotationTask, until: number): Decision {
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
    expiring: !settings.mints && dueOf(found, worn).kind === 'due',
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

/** There is nothing to do. */
export function nothing(found: Found): Decision {
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
