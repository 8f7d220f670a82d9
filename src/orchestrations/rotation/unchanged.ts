/** How a rotation ends that finds nothing to do now. */

import type { CredentialInventory } from '../../domain/rotation/inventory.js';
import {
  credentialExpiring,
  credentialTaken,
  expiryUnknown,
  type Kept,
} from '../../domain/rotation/problems.js';
import type { Decision } from '../../domain/rotation/task.js';
import type { RunEnd } from '../../domain/runs/repeatable.js';
import { endedBefore } from '../../domain/runs/runProblems.js';
import type { Flow } from '../flow.js';
import { endUnchanged, type RotationEnd } from './ends.js';
import type { Rotating, Stopped } from './rotating.js';
import { tagVersion, untaggedKey } from './tagVersion.js';

type NotATask = Exclude<Decision, { kind: 'task' }>;

/** The end of a run that the record has among those that ended, or that is told no. */
export function endedEarlier({ outcome, changed, code, otherRunId, notBefore }: RunEnd): RotationEnd {
  const known = { outcome, changed: changed === true };
  if (otherRunId !== undefined) {
    return { ...known, summary: `Run ${otherRunId} works on the credential.`, otherRunId };
  }
  if (notBefore !== undefined) {
    const summary = `Rotations failed in a row; the next one starts at ${notBefore}, or when asked for.`;
    return { ...known, summary, notBefore };
  }
  const summary = `This run has ended before: ${outcome}.`;
  return { ...known, summary, ...(code === undefined ? {} : { problem: endedBefore(code, summary) }) };
}

/** Nothing is to be done now but to tag which key the secret holds, where the app has found it. */
export function* leave(
  run: Rotating,
  decision: NotATask,
  { inventory, kept }: { inventory: CredentialInventory; kept: Kept },
): Flow<RotationEnd> {
  const end = left(decision, kept);
  const key = untaggedKey(inventory);
  return key ? yield* tagVersion(run, key, end) : end;
}

/** The end where nothing is to be done now. */
export function left(decision: NotATask, kept: Kept): RotationEnd {
  if (decision.kind === 'resting') {
    const { why, notBefore, expiring } = decision;
    const summary = `Not now: ${why}.`;
    return expiring
      ? { ...endUnchanged('expiring', credentialExpiring(why, kept)), notBefore }
      : { outcome: 'tooSoon', summary, changed: false, notBefore };
  }
  if (decision.declined) {
    return { outcome: 'declined', summary: `Nothing was done: ${decision.why}.`, changed: false };
  }
  if (decision.expiring) return endUnchanged('expiring', credentialExpiring(decision.why, kept));
  if (decision.unknown) return endUnchanged('expiring', expiryUnknown(decision.why, kept));
  return { outcome: 'upToDate', summary: `Nothing to do: ${decision.why}.`, changed: false };
}

/** The end of a rotation that could not find out what there is to do. */
export function endOfStopped({ outcome, problem }: Stopped): RotationEnd {
  return endUnchanged(outcome, problem ?? (outcome === 'interrupted' ? credentialTaken() : undefined));
}
