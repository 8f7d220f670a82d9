/** What a step of a rotation throws: an end of that step, so that the rotation goes back or says what is outstanding. */

import type { Problem } from '../../domain/problems/problem.js';
import type { RotationTask } from '../../domain/rotation/task.js';
import type { CredentialVersion } from '../../domain/values/credentialVersion.js';
import { explained } from '../children.js';
import type { Flow } from '../flow.js';
import { ClaimLost } from './credentialClaim.js';
import { debt } from './debts.js';
import type { Moved, RotationEnd } from './ends.js';
import type { Rotating } from './rotating.js';

/** Runs a step. What it throws is explained, and `otherwise` says how the step has ended then. */
export function* caught<T>(run: Rotating, step: () => Flow<T>, otherwise: (problem: Problem) => T): Flow<T> {
  try {
    return yield* step();
  } catch (error) {
    // Whatever the flow was about to do, another run does it now.
    if (error instanceof ClaimLost) throw error;
    return otherwise(explained(run.context, `The rotation of ${run.input.credential}`, error));
  }
}

/** The roll-back broke: whoever is not back stands in the way of the minted key, which a later run removes. */
export function brokenRollback(run: Rotating, to: CredentialVersion, problem: Problem): RotationEnd {
  const reason = `The roll-back did not finish: ${problem.message}`;
  return {
    outcome: 'interrupted',
    summary: problem.message,
    problem,
    to: to.credentialId,
    changed: true,
    ...(to.staged ? { debts: [debt(run, 'removeKey', to.credentialId, reason)] } : {}),
  };
}

/** After the commit: the new credential is in use, and what was to be removed is a debt. */
export function brokenClosing(
  run: Rotating,
  { from, removable }: RotationTask,
  to: CredentialVersion,
  { counts, stragglers }: Moved,
  problem: Problem,
): RotationEnd {
  const reason = `The rotation did not finish: ${problem.message}`;
  return {
    outcome: 'interrupted',
    summary: `The new credential is in use. ${problem.message}`,
    problem,
    ...(from ? { from: from.credentialId } : {}),
    to: to.credentialId,
    ...(to.expiresOn ? { expiresOn: to.expiresOn } : {}),
    counts,
    ...(stragglers.length > 0 ? { stragglers } : {}),
    debts: removable.map((keyId) => debt(run, 'removeKey', keyId, reason)),
    changed: true,
  };
}
