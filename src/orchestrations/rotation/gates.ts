import type { Problem } from '../../domain/problems/problem.js';
import { latestOverlapEnd } from '../../domain/rotation/overlapBounds.js';
import { gateClosed } from '../../domain/rotation/problems.js';
import { rejectionOf } from '../../domain/rotation/rejection.js';
import type { Instruction, OverlapChange } from '../../domain/runs/runControl.js';
import type { Gate } from '../../domain/values/gate.js';
import { SUB_ORCHESTRATIONS } from '../calls.js';
import { callWait } from '../children.js';
import { type Flow, nowMs } from '../flow.js';
import { formatForged, formatInstruction } from '../instructions.js';
import { ClaimLost } from './credentialClaim.js';
import { CANCELLED } from './ends.js';
import { emitInstructed, emitWaiting } from './events.js';
import { childId, type Rotating } from './rotating.js';
import type { GateInput, GateResult, OverlapInput, OverlapResult } from './waits.js';

/**
 * Waits for a person, where the configuration asks for it. Returns the problem where the gate stays closed.
 *
 * @param current credential id that everybody reads
 */
export function* passGate(run: Rotating, gate: Gate, current: string): Flow<Problem | undefined> {
  const { approval } = run.settings;
  if (approval?.before !== gate) return undefined;
  const now = nowMs(run.context);
  const until = now + approval.deadlineSeconds * 1000;
  const waitingFor = { gate, since: iso(now), until: iso(until) };
  run.progress.begin(`wait for approval of the ${gate}`, { waitingFor });
  yield* emitWaiting(run, gate, waitingFor.until);
  const input: GateInput = {
    runId: run.runId,
    recordKey: run.input.recordKey,
    approval,
    openedAt: waitingFor.since,
    until,
    unstoppable: run.unstoppable,
  };
  const result = yield* callWait<GateResult>(
    run.context,
    SUB_ORCHESTRATIONS.awaitGate,
    () => input,
    childId(run),
    { begins: (listener) => run.progress.waitFor({ waitingFor, listener }) },
  );
  for (const one of result.forged) run.progress.logStep(formatForged(one));
  if (result.kind === 'lost') throw new ClaimLost();
  if (result.kind !== 'decided') {
    run.progress.logStep(result.kind);
    if (result.kind === 'cancelled') return CANCELLED;
    return approval.otherwise === 'proceed' ? undefined : gateClosed(gate, 'expired');
  }
  const { decision } = result;
  run.progress.logStep(formatInstruction(decision));
  yield* emitInstructed(run, decision);
  if (decision.decision === 'approve') return undefined;
  run.gates.rejection = rejectionOf(decision, current);
  return gateClosed(gate, 'reject');
}

/**
 * Waits until the old credential may go, which a person may change meanwhile.
 *
 * @param expiresOn end of the new credential, ISO 8601
 */
export function* overlap(run: Rotating, expiresOn: string | undefined): Flow<void> {
  const since = nowMs(run.context);
  const configured = since + run.settings.overlapSeconds * 1000;
  const latest = iso(latestOverlapEnd(expiresOn, run.settings, configured));
  const shown = { overlapSince: iso(since), overlapLatest: latest };
  run.progress.begin('wait for the end of the overlap', { ...shown, overlapUntil: iso(configured) });
  let until = configured;
  let change: OverlapChange | undefined;
  let judged: readonly Instruction[] = [];
  for (;;) {
    const input: OverlapInput = {
      runId: run.runId,
      recordKey: run.input.recordKey,
      openedAt: shown.overlapSince,
      until,
      ...(change ? { changedAt: change.at } : {}),
      judged,
      forged: [],
    };
    const shownUntil = { ...shown, overlapUntil: iso(until) };
    const result = yield* callWait<OverlapResult>(
      run.context,
      SUB_ORCHESTRATIONS.awaitOverlap,
      () => input,
      childId(run),
      { begins: (listener) => run.progress.waitFor({ ...shownUntil, listener }) },
    );
    for (const one of result.forged) run.progress.logStep(formatForged(one));
    judged = result.judged;
    if (result.kind === 'lost') throw new ClaimLost();
    if (result.kind === 'over') break;
    change = result.change;
    until = Date.parse(change.until);
    run.progress.logStep(formatInstruction(change));
    run.progress.waitFor({ ...shown, overlapUntil: iso(until) });
    yield* emitInstructed(run, change);
  }
  run.progress.logStep(`ended at ${iso(until)}`);
}

function iso(moment: number): string {
  return new Date(moment).toISOString();
}
