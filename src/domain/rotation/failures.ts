/**
 * What failed rotations leave behind: how long the next one waits, which runtimes are no pilots for a while, and what
 * runtimes are given instead of a version that had to go back. Times are milliseconds since the epoch where they are
 * numbers.
 */

import type { EndWord, RunEnd } from '../runs/repeatable.js';
import type { CredentialVersion } from '../values/credentialVersion.js';
import { sameId } from '../values/sameId.js';
import { PASSED_OVER_MS, SHORTEST_PAUSE_MS } from '../values/timing.js';
import { pauseAfterFailures } from '../values/waiting.js';

/** Rotations that failed in a row. */
export interface Failures {
  readonly count: number;
  readonly lastAt: number;
  /** Code of the last one's problem, and how often in a row it was the same. */
  readonly code?: EndWord;
  readonly same?: number;
  /** Version of the secret that was current when the last one ended: another one is worth a try at once. */
  readonly secretVersion?: string;
}

/** What runtimes are given instead of the current version of the secret, which had to go back. */
export interface Pin {
  readonly use: CredentialVersion;
  /** Credential id and version of the secret that it stands in for. */
  readonly insteadOf: string;
  readonly secretVersion: string;
  /** Code of the problem that sent the runtimes back. */
  readonly code: EndWord;
  /** ISO 8601. */
  readonly since: string;
  /** When the version is tried again at the latest. ISO 8601. */
  readonly until: string;
}

/** A runtime that was no good as a pilot. */
export interface FailedPilot {
  /** Resource id. */
  readonly runtime: string;
  readonly at: number;
}

/** What a rotation tells of its end, as far as it matters here. */
interface Ended {
  readonly result: 'done' | 'failed' | 'nothing';
  readonly now: number;
  readonly end: RunEnd;
  readonly secretVersion?: string;
}

/** The same failure so often in a row is one that does not go away by itself. */
export const KEEPS_FAILING = 2;

const MAX_FAILED_PILOTS = 20;

/** Near the end a pause takes this share of the time that is left. */
const SHARE_OF_WHAT_IS_LEFT = 10;

/** The count after one more rotation has ended; one that found nothing to do leaves it. */
export function failuresAfter(failures: Failures, { result, now, end, secretVersion }: Ended): Failures {
  if (result === 'done') return { count: 0, lastAt: now };
  if (result === 'nothing') return failures;
  return {
    count: failures.count + 1,
    lastAt: now,
    code: codeOf(end),
    same: sameInARow(failures, codeOf(end)),
    ...(secretVersion === undefined ? {} : { secretVersion }),
  };
}

/** How often in a row rotations have failed in this way, with one more that does. */
export function sameInARow(failures: Failures, code: EndWord): number {
  return failures.count > 0 && failures.code === code ? (failures.same ?? 1) + 1 : 1;
}

function codeOf({ code, outcome }: RunEnd): EndWord {
  return code ?? outcome;
}

/** The pin that a rotation leaves which had to go back; `undefined`: it leaves none. */
export function pinAfter(
  before: Pin | undefined,
  { pin, now, end }: Ended & { readonly pin?: Pick<Pin, 'use' | 'insteadOf' | 'secretVersion'> },
  { count }: Failures,
): Pin | undefined {
  if (!pin) return undefined;
  const again = before && stands(before, { credentialId: pin.insteadOf, secretVersion: pin.secretVersion });
  return {
    ...pin,
    code: codeOf(end),
    since: again ? before.since : new Date(now).toISOString(),
    until: new Date(now + pauseAfterFailures(count)).toISOString(),
  };
}

/** Whether a pin is about this version of the secret: a correction of the same key is another version. */
export function stands(
  pin: Pick<Pin, 'insteadOf' | 'secretVersion'>,
  { credentialId, secretVersion }: Pick<CredentialVersion, 'credentialId' | 'secretVersion'>,
): boolean {
  return sameId(pin.insteadOf, credentialId) && pin.secretVersion === secretVersion;
}

/** The runtimes that are no pilots for a while, newest last. */
export function failedPilotsAfter(
  before: readonly FailedPilot[] = [],
  { failedPilots, now }: { readonly failedPilots: readonly string[]; readonly now: number },
): readonly FailedPilot[] {
  const kept = before.filter(
    ({ runtime, at }) => at > now - PASSED_OVER_MS && !failedPilots.some((one) => sameId(one, runtime)),
  );
  return [...kept, ...failedPilots.map((runtime) => ({ runtime, at: now }))].slice(-MAX_FAILED_PILOTS);
}

/** Whether the pause after failures holds, and for whom it does not. */
export interface Pausing {
  readonly failures: Failures;
  readonly now: number;
  /** A person asked. */
  readonly asked: boolean;
  /** Version of the secret that is current now. */
  readonly secretVersion: string;
  /** What the runtimes have works no more. */
  readonly dead: boolean;
  /** When it ends, and from when on a normal move would end too late; absent: no end of it is known. */
  readonly endsAt?: number;
  readonly urgentAt?: number;
}

/**
 * Until when the next rotation waits after failures: longer from time to time, but no longer than the expiry allows. It is
 * tried again as it becomes urgent, and more and more often near the end, and what is dead waits for nothing. `undefined`: it does not wait.
 */
export function pausedUntil(pausing: Pausing): number | undefined {
  const { failures, now, asked, secretVersion, dead, endsAt, urgentAt } = pausing;
  const { count, lastAt } = failures;
  const another = failures.secretVersion !== undefined && failures.secretVersion !== secretVersion;
  if (count === 0 || asked || dead || another) return undefined;
  const until = [lastAt + pauseAfterFailures(count)];
  if (endsAt !== undefined && urgentAt !== undefined) {
    const share = lastAt + Math.max(SHORTEST_PAUSE_MS, (endsAt - lastAt) / SHARE_OF_WHAT_IS_LEFT);
    until.push(Math.max(urgentAt, share));
  }
  const soonest = Math.min(...until);
  return now < soonest ? soonest : undefined;
}
