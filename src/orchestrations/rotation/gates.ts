import { gateClosed } from '../../domain/rotation/problems.js';
import type { Gate } from '../../domain/rotation/settings.js';
import type { Problem } from '../../domain/runs.js';
import { SUB_ORCHESTRATIONS } from '../calls.js';
import { callWait } from '../children.js';
import { type Flow, nowMs } from '../flow.js';
import { CANCELLED } from './ends.js';
import { HoldLost } from './hold.js';
import { childId, type Rotating } from './rotating.js';
import { tellWaiting } from './telling.js';
import type { GateInput, GateResult, OverlapInput } from './waits.js';

/** Waits for a person, where the configuration asks for it. Returns the problem where the gate stays closed. */
export function* passGate(run: Rotating, gate: Gate): Flow<Problem | undefined> {
  const { approval } = run.settings;
  if (approval?.before !== gate) return undefined;
  const until = nowMs(run.context) + approval.deadlineSeconds * 1000;
  const waitingFor = { gate, until: new Date(until).toISOString() };
  run.progress.begin(`wait for approval of the ${gate}`, { waitingFor });
  yield* tellWaiting(run, gate, waitingFor.until);
  const input: GateInput = {
    runId: run.runId,
    recordKey: run.input.recordKey,
    approval,
    until,
    unstoppable: run.unstoppable,
  };
  const said = yield* callWait<GateResult>(
    run.context,
    SUB_ORCHESTRATIONS.awaitGate,
    () => input,
    childId(run),
  );
  if (said === 'lost') throw new HoldLost();
  run.progress.note(said);
  if (said === 'approve' || (said === 'expired' && approval.otherwise === 'proceed')) return undefined;
  return said === 'cancelled' ? CANCELLED : gateClosed(gate, said);
}

/** Waits until the old credential may go. */
export function* overlap(run: Rotating): Flow<void> {
  const until = nowMs(run.context) + run.settings.overlapSeconds * 1000;
  run.progress.begin('wait the overlap out', { overlapUntil: new Date(until).toISOString() });
  const input: OverlapInput = { runId: run.runId, recordKey: run.input.recordKey, until };
  const at = yield* callWait<number | 'lost'>(
    run.context,
    SUB_ORCHESTRATIONS.awaitOverlap,
    () => input,
    childId(run),
  );
  if (at === 'lost') throw new HoldLost();
  run.progress.note(`ended at ${new Date(at).toISOString()}`);
}
