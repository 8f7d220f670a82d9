/** When a credential is to be rotated. Everything here reads expiries and what Entra says, never an event. */

import type { RotationSettings } from '../configuration/rotationSettings.js';
import type { ProblemCode } from '../problems/catalogue.js';
import type { Problem } from '../problems/problem.js';
import { sameId } from '../values/sameId.js';
import type { ApplicationKey, CredentialInventory, KnownVersion } from './inventory.js';
import { keysShownAt } from './strayKeys.js';

const SECOND = 1000;

export type RotationStatus =
  | { readonly kind: 'notDue'; readonly dueAt: string | undefined }
  | { readonly kind: 'due'; readonly urgent: boolean; readonly dead: boolean; readonly why: string };

/** When a credential stops working, in ms. `gone`: it does already. `undefined`: nobody knows. */
export type End = number | 'gone' | undefined;

/**
 * Whether the current credential is due: from `rotateBefore` before its expiry on, which is the earlier one of what the
 * vault says and what Entra says. Urgent where it would expire before a normal move could end; dead where it has
 * expired already or the directory does not hold it.
 *
 * @param moveSeconds how long a move of the fleet takes at most
 */
export function rotationStatus(
  inventory: CredentialInventory,
  settings: RotationSettings,
  now: number,
  moveSeconds: number,
): RotationStatus {
  return rotationStatusAt(expiryOf(inventory, now), settings, now, moveSeconds);
}

/** The same for a credential that ends then. */
export function rotationStatusAt(
  end: End,
  settings: RotationSettings,
  now: number,
  moveSeconds: number,
): RotationStatus {
  if (end === 'gone') {
    return { kind: 'due', urgent: true, dead: true, why: 'Entra does not accept it any more' };
  }
  if (end === undefined) return { kind: 'notDue', dueAt: undefined };
  const until = new Date(end).toISOString();
  if (end <= now) return { kind: 'due', urgent: true, dead: true, why: `it expired at ${until}` };
  const dueAt = end - settings.rotateBeforeSeconds * SECOND;
  if (now < dueAt) return { kind: 'notDue', dueAt: new Date(dueAt).toISOString() };
  const urgent = now > urgentAt(end, settings, moveSeconds);
  return { kind: 'due', urgent, dead: false, why: `it expires at ${until}` };
}

/** The last moment at which a normal move would still end before that: later it is urgent. */
export function urgentAt(end: number, { overlapSeconds }: RotationSettings, moveSeconds: number): number {
  return end - (moveSeconds + overlapSeconds) * SECOND;
}

/** When the current credential stops working. */
export function expiryOf({ current, keys }: CredentialInventory, now: number): End {
  return endOf(current, keys, now);
}

/** Whether anybody says when the current credential ends, be that over or not. */
export function isEndKnown(inventory: CredentialInventory): boolean {
  return expiryOf(inventory, 0) !== undefined;
}

/**
 * When a version stops working: the earliest of the vault's word and of the end of its key in Entra, or of all that it
 * could be. A list that lacks a key proves nothing, since it shows keys late: gone is what Entra itself refuses, and not
 * just since the key or the version is so new.
 *
 * @param keys of the application; absent: the directory was not asked
 */
export function endOf(version: KnownVersion, keys: readonly ApplicationKey[] | undefined, now: number): End {
  if (version.accepted === false && now >= keysShownAt(version.since)) return 'gone';
  const ends = [...(version.expiresOn ? [version.expiresOn] : []), ...keysOf(version, keys, now)];
  const known = ends.map((end) => Date.parse(end)).filter((end) => !Number.isNaN(end));
  return known.length > 0 ? Math.min(...known) : undefined;
}

/** Ends of the keys in Entra that the version may hold. */
function keysOf(version: KnownVersion, keys: readonly ApplicationKey[] = [], now: number): string[] {
  const { tagged, credentialId, found, couldBe = [], accepted } = version;
  const named = tagged ? credentialId : found?.keyId;
  if (named !== undefined) {
    return keys.filter(({ keyId }) => sameId(keyId, named)).map(({ endsOn }) => endsOn);
  }
  return (
    keys
      .filter(({ keyId }) => couldBe.some((id) => sameId(id, keyId)))
      .map(({ endsOn }) => endsOn)
      // What Entra accepts has not expired.
      .filter((endsOn) => accepted !== true || Date.parse(endsOn) > now)
  );
}

/** Whether Entra said that a value is no key of the application, or one that has expired. */
export function isRefusedSecret(
  answer: { readonly kind: string } | { readonly kind: 'refused'; readonly problem: Problem },
): boolean {
  return answer.kind === 'refused' && 'problem' in answer && REFUSED.has(answer.problem.code);
}

const REFUSED: ReadonlySet<ProblemCode> = new Set(['clientSecretRefused', 'clientSecretExpired']);

/** Whether a minted credential lives long enough: one that is due at birth would be rotated for ever. */
export function livesLongEnough(endsOn: string, settings: RotationSettings, now: number): boolean {
  const end = Date.parse(endsOn);
  return end - now > (settings.rotateBeforeSeconds + settings.overlapSeconds) * SECOND;
}
