/** Whether a credential is late: near its end, and not replaced by then, whatever the reason. */
import type { Problem } from '../problems/problem.js';

/**
 * From when on somebody is told, milliseconds since the epoch: half of the time that a rotation has. Until then sweeps
 * have tried to rotate it for as long as is left.
 */
export function lateFrom(expiresOn: string, rotateBeforeSeconds: number): number {
  return Date.parse(expiresOn) - (rotateBeforeSeconds * 1000) / 2;
}

/** @param now milliseconds since the epoch */
export function credentialLate(credential: string, expiresOn: string, now: number): Problem {
  const isPast = Date.parse(expiresOn) <= now;
  return {
    code: 'credentialLate',
    message: isPast
      ? `The credential ${credential} expired at ${expiresOn} and has not been rotated: runtimes that have it read nothing.`
      : `The credential ${credential} expires at ${expiresOn} and has not been rotated yet.`,
    remedy: `Read its newest runs (GET /api/runs?target=${credential}), fix what their problems say, then POST /api/runs {"action":"rotate","credential":"${credential}","force":true}.`,
  };
}
