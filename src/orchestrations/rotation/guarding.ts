/** Ends that nobody meant, and which of them are failures. */
import { HOST_ENDED, isOfHost } from '../../domain/runs/hostEnded.js';
import { explained } from '../children.js';
import type { Flow } from '../flow.js';
import type { Base } from './assessment.js';
import { ClaimLost } from './credentialClaim.js';
import { endUnchanged, type RotationEnd } from './ends.js';

/**
 * Whatever a flow throws becomes an explained end: the credential must be let go of in every case. A key that was minted
 * is a debt by its label. `began`: whether it had begun to change something.
 */
export function* guarded(base: Base, began: () => boolean, flow: () => Flow<RotationEnd>): Flow<RotationEnd> {
  try {
    return yield* flow();
  } catch (error) {
    // What it has done by then is the other run's to go on from.
    if (error instanceof ClaimLost) return { ...endUnchanged('interrupted', error.problem), changed: true };
    const problem = explained(base.context, `The rotation of ${base.input.credential}`, error);
    return { outcome: 'interrupted', summary: problem.message, problem, changed: began() };
  }
}

/** What the host ended is no verdict on the credential: nothing pauses for it. */
export function isFailure({ outcome, problem, stragglers = [] }: RotationEnd): boolean {
  const byHostAlone = stragglers.length > 0 && stragglers.every(({ code }) => code === HOST_ENDED);
  if (isOfHost(problem) || (outcome === 'rolledBack' && byHostAlone)) return false;
  return (
    outcome === 'rolledBack' ||
    outcome === 'interrupted' ||
    outcome === 'refused' ||
    outcome === 'rotatedPartly'
  );
}
