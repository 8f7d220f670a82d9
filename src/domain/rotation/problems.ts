/** Problems that a rotation itself finds. One builder a problem. */

import type { SecretReference } from '../configuration/credential.js';
import type { RotationSettings } from '../configuration/rotationSettings.js';
import type { ProblemCode } from '../problems/catalogue.js';
import type { Problem } from '../problems/problem.js';
import { amount } from '../values/amount.js';
import { newCredentialCommand, SET_SECRET, setExpiryCommand, tagVersionCommand } from './commands.js';

export function pilotFailed(runtime: string, why: string): Problem {
  return {
    code: 'pilotFailed',
    message: `The pilot ${runtime} did not get through with the new credential: ${why}`,
    remedy:
      "Fix what the pilot's run says, then start the rotation again; the sweep tries again by itself, with growing pauses.",
  };
}

/** Runtimes that were no good as pilots, with the code of the first one's problem. */
interface NoGood {
  readonly names: readonly string[];
  readonly code?: ProblemCode;
}

/**
 * @param broken access did not work in them before anything was changed
 * @param spoilt it did, and after the change they were unusable for a reason that says nothing of the credential
 */
export function noPilot(broken: NoGood, spoilt: NoGood): Problem {
  const why = ({ code }: NoGood) => (code === undefined ? '' : ` (${code})`);
  const parts = [
    ...(broken.names.length === 0
      ? []
      : [`in ${broken.names.join(', ')} access does not work as it is${why(broken)}`]),
    ...(spoilt.names.length === 0
      ? []
      : [`${spoilt.names.join(', ')} could not be proven after the change${why(spoilt)}`]),
  ];
  return {
    code: 'noPilot',
    message: `No runtime could go first: ${parts.join('; ')}. That proves nothing of the new credential.`,
    remedy:
      'Read the checks of these runtimes and fix what they say: POST /api/runs {"action":"check","runtime":…}. The sweep tries others by itself, and near the expiry all are moved without one.',
  };
}

export function tooManyFailed(failed: number, total: number, limit: number): Problem {
  return {
    code: 'tooManyFailed',
    message: `${failed} of ${total} runtimes failed, more than the failureLimit of ${Math.round(limit * 100)} %.`,
    remedy: 'Read the runs of the stragglers, fix what they have in common, then start the rotation again.',
  };
}

export function credentialUnproven(why: string): Problem {
  return {
    code: 'newCredentialUnproven',
    message: `The new credential could not be proven: ${why}`,
    remedy: 'If Entra only was slow, start the rotation again. Otherwise fix what the message says.',
  };
}

/** Whether the app makes the next key of a credential: what a person does for another one follows from that. */
type Minting = Pick<RotationSettings, 'mints'>;

/** @param credentialId what everybody has by now; the old keys were about to go */
export function remainingUnproven(
  credential: string,
  credentialId: string,
  { mints }: Minting,
  why: string,
): Problem {
  const another = mints
    ? `POST /api/runs {"action":"rotate","credential":"${credential}","force":true}, which mints another`
    : `write a new version of the secret: ${SET_SECRET}`;
  return {
    code: 'remainingUnproven',
    message: `The old keys were not removed, since ${credentialId}, which would be all that is left, could not be proven: ${why}`,
    remedy: `If Entra or a vault only was away, leave it: the sweep removes the keys. Otherwise ${another}.`,
  };
}

export function targetExpired(credentialId: string, endedAt: string, { mints }: Minting): Problem {
  return {
    code: 'newCredentialExpired',
    message: `The new credential ${credentialId} expired at ${endedAt}, before every runtime had it.`,
    remedy: mints
      ? 'Start the rotation again: it mints another.'
      : `Write a new version of the secret, then start the rotation again: ${SET_SECRET}.`,
  };
}

export function mintedTooShort(endsOn: string): Problem {
  return {
    code: 'mintedTooShort',
    message: `Entra gave the new credential an end at ${endsOn}: it would be due again at once.`,
    remedy:
      "A policy of the tenant caps lifetimes: lower rotation.rotateBeforeDays, or raise the policy's limit.",
  };
}

export function gateClosed(gate: string, how: 'reject' | 'expired'): Problem {
  return {
    code: 'notApproved',
    message: `The step ${gate} was ${how === 'reject' ? 'rejected' : 'not approved in time'}.`,
    remedy:
      'Start the rotation again and approve it: POST /api/runs/{id}/approve {"gate":…,"decision":"approve"}.',
  };
}

export function leftBehind(stragglers: number, debts: number, unproven: number): Problem {
  const parts = [
    ...(stragglers > 0 ? [`${stragglers} runtimes did not come along`] : []),
    ...(unproven > 0 ? [`${amount(unproven, 'runtime')} failed the last check`] : []),
    ...(debts > 0 ? [`${debts} debts stand`] : []),
  ];
  return {
    code: 'rotationIncomplete',
    message: `The new credential is in use, but ${parts.join(', ')}.`,
    remedy:
      'Read the runs of the runtimes named in the result and fix what they say; the sweep then does the rest, or rotate again by hand.',
  };
}

/**
 * Somebody wrote the secret, or disabled or deleted it, while the rotation was under way.
 *
 * @param secret for people: its name and its vault
 * @param found what is there now, for people
 */
export function secretOverwritten(secret: string, found: string, credential: string): Problem {
  return {
    code: 'secretOverwritten',
    message: `Meanwhile somebody else changed the secret ${secret}: ${found}. The new credential was not written over that.`,
    remedy: `Leave it: the sweep moves the runtimes to what the secret holds. Or rotate once more: POST /api/runs {"action":"rotate","credential":"${credential}","force":true}.`,
  };
}

/** After the commit: the value is in use, so that its staged copy is no danger; it should be closed all the same. */
export function pendingOpen(cause: Problem): Problem {
  return {
    ...cause,
    message: `The new credential is in use, but its pending secret could not be closed: ${cause.message}`,
  };
}

export function credentialTaken(): Problem {
  return {
    code: 'credentialTaken',
    message: 'Another run took the credential over because this one was silent for too long.',
    remedy: 'Look at the newest rotation of the credential.',
  };
}

/** Where a credential is kept, for commands. */
export interface Kept {
  readonly clientId: string;
  readonly secret: SecretReference;
}

export function credentialExpiring(why: string, { clientId, secret }: Kept): Problem {
  return {
    code: 'credentialExpiring',
    message: `The credential nears its end (${why}).`,
    remedy: `${newCredentialCommand(clientId, secret)}; or choose a rotation.strategy by which the app mints it.`,
  };
}

export function expiryUnknown(why: string, { secret }: Kept): Problem {
  return {
    code: 'expiryUnknown',
    message: `Nobody can tell when the credential ends (${why}): it may end at any moment, and nothing would come in time.`,
    remedy: setExpiryCommand(secret),
  };
}

/** @param cause why the app could not note it itself */
export function keyUnnoted(
  secret: SecretReference,
  key: { readonly secretVersion: string; readonly keyId: string; readonly endsOn: string },
  cause: Problem,
): Problem {
  return {
    code: 'keyUnnoted',
    message: `By the beginning of its value the secret ${secret.name} holds the key ${key.keyId}, which ends at ${key.endsOn}. It does not say so, and the app may not note it: ${cause.message}`,
    remedy: `${tagVersionCommand(secret, key)}; or: ${cause.remedy}`,
  };
}

/** A credential whose profiles only observe. */
export function credentialObserved(credential: string): Problem {
  return {
    code: 'observedOnly',
    message: `The profiles of the credential ${credential} only observe: it is not rotated.`,
    remedy: 'A dry run says what would be done. For that to be done set mode: enable in its profiles.',
  };
}
