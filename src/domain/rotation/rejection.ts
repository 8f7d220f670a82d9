/**
 * A person's no at a gate. It stands until the credential is urgent or somebody asks for a rotation: no sweep asks again.
 * It is for the credential that was current then; with the next one it is over.
 */

import type { GateDecision } from '../runs/runControl.js';
import { sameId } from '../values/sameId.js';
import type { Rejection } from './credentialState.js';
import type { Decision, RotationTask } from './task.js';

/** What a record keeps of a decision against going on. */
export function rejectionOf(decision: GateDecision, current: string): Rejection {
  const { gate, principal, objectId, at } = decision;
  return { gate, current, principal, ...(objectId === undefined ? {} : { objectId }), at };
}

/** The rejection that a record keeps after a run: the run's own, none where a person has asked since, else the known one. */
export function rejectionAfter(
  known: Rejection | undefined,
  { rejection, asked }: { readonly rejection?: Rejection; readonly asked?: true },
): Rejection | undefined {
  return rejection ?? (asked ? undefined : known);
}

/**
 * The decision, or why nothing is done of it: a person rejected it before.
 *
 * @param current credential id that everybody reads now
 * @param asked a person asks for this rotation
 */
export function respecting(
  decision: Decision,
  rejection: Rejection | undefined,
  { current, asked }: { readonly current: string; readonly asked: boolean },
): Decision {
  if (decision.kind !== 'task' || !rejection || asked) return decision;
  if (!sameId(rejection.current, current) || !stops(rejection, decision.task)) return decision;
  const who = `${rejection.principal}${rejection.objectId === undefined ? '' : ` (object id ${rejection.objectId})`}`;
  const what = rejection.gate === 'pilot' ? 'it' : 'the removal of the old credential';
  return {
    kind: 'nothing',
    declined: true,
    expiring: false,
    unknown: false,
    why: `${who} rejected ${what} at ${rejection.at}; that stands until the credential is urgent, or somebody asks for a rotation`,
  };
}

/** A pilot that was rejected moves only where the credential is urgent; what is left over goes when somebody asks. */
function stops({ gate }: Rejection, { kind, urgent, dead }: RotationTask): boolean {
  return gate === 'pilot' ? kind !== 'cleanUp' && !urgent && !dead : kind === 'cleanUp';
}
