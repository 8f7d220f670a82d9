import type { Secret } from '../values/secret.js';
import { unwrap } from './wrapped.js';

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * What is plainly wrong with the value of a secret that was refused, in words that can follow "its value"; nothing of the
 * value is in them. No client secret of Entra is a GUID: that is the id beside it, which the portal shows as "Secret ID".
 */
export function flawOf(secret: Secret): string | undefined {
  const value = secret.reveal();
  if (value.trim() === '') return 'is empty';
  if (/[\r\n]$/.test(value)) return 'ends with a line end, as files do that an editor or echo has written';
  const unwrapped = unwrap(value);
  if (unwrapped) return `stands in ${unwrapped.wrapping}, which belong to it in a vault`;
  return GUID.test(value)
    ? "is a GUID: the id of a client secret (Secret ID), not the secret's value"
    : undefined;
}
