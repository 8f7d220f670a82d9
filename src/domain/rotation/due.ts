/** When a credential is to be rotated. Everything here reads expiries, never an event. */
import { sameId } from '../sameId.js';
import type { RotationSettings } from './settings.js';
import type { CredentialStock } from './stock.js';
import { keysShownAt } from './strayKeys.js';

const SECOND = 1000;

export type Dueness =
  | { readonly kind: 'notDue'; readonly dueAt: string | undefined }
  | { readonly kind: 'due'; readonly urgent: boolean; readonly dead: boolean; readonly why: string };

/**
 * Whether the current credential is due: from `rotateBefore` before its expiry on, which is the earlier one of what the
 * vault says and what Entra says. Urgent where it would expire before a normal move could end; dead where it has
 * expired already or the directory does not hold it.
 *
 * @param moveSeconds how long a move of the fleet takes at most
 */
export function dueness(
  stock: CredentialStock,
  settings: RotationSettings,
  now: number,
  moveSeconds: number,
): Dueness {
  const expiry = expiryOf(stock, now);
  if (expiry === 'gone') {
    return { kind: 'due', urgent: true, dead: true, why: 'the application does not hold it any more' };
  }
  if (expiry === undefined) return { kind: 'notDue', dueAt: undefined };
  const until = new Date(expiry).toISOString();
  if (expiry <= now) return { kind: 'due', urgent: true, dead: true, why: `it expired at ${until}` };
  const dueAt = expiry - settings.rotateBeforeSeconds * SECOND;
  if (now < dueAt) return { kind: 'notDue', dueAt: new Date(dueAt).toISOString() };
  const urgent = expiry - now < (moveSeconds + settings.overlapSeconds) * SECOND;
  return { kind: 'due', urgent, dead: false, why: `it expires at ${until}` };
}

/**
 * When the current credential stops working, in ms: the earlier of the vault's word and Entra's. `gone`: Entra does not
 * list it, and would by now: a key shows late, so that of a version that was just written the vault's word has to do.
 */
export function expiryOf(stock: CredentialStock, now: number): number | 'gone' | undefined {
  const { current, keys } = stock;
  const times = current.expiresOn ? [Date.parse(current.expiresOn)] : [];
  if (keys && current.tagged) {
    const key = keys.find(({ keyId }) => sameId(keyId, current.credentialId));
    if (!key && now >= keysShownAt(current.since)) return 'gone';
    if (key) times.push(Date.parse(key.endsOn));
  }
  const known = times.filter((time) => !Number.isNaN(time));
  return known.length > 0 ? Math.min(...known) : undefined;
}

/** Whether a minted credential lives long enough: one that is due at birth would be rotated for ever. */
export function livesLongEnough(endsOn: string, settings: RotationSettings, now: number): boolean {
  const end = Date.parse(endsOn);
  return end - now > (settings.rotateBeforeSeconds + settings.overlapSeconds) * SECOND;
}
