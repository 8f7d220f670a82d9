/** The events of a rotation. */

import { isEmittedAsFailed } from '../../domain/events/ends.js';
import { type Failures, KEEPS_FAILING, sameInARow } from '../../domain/rotation/failures.js';
import type { FleetInventory } from '../../domain/rotation/inventory.js';
import type { RotationTask } from '../../domain/rotation/task.js';
import type { Instruction } from '../../domain/runs/runControl.js';
import { credentialSubject } from '../../domain/runs/runTargets.js';
import type { Gate } from '../../domain/values/gate.js';
import type { Flow } from '../flow.js';
import { eventDataOf } from '../instructions.js';
import { notify, notifyExpiring } from '../notify.js';
import { askedBy } from '../startedBy.js';
import type { RotationEnd } from './ends.js';
import type { Rotating } from './rotating.js';

/** What every event of a rotation names. */
type EventSource = Pick<Rotating, 'context' | 'runId' | 'input'>;

/** Stragglers and debts that get an event of their own; the completed event has the counts of all. */
const MOST = 20;

export function* emitStarted(
  run: EventSource,
  { why, from }: RotationTask,
  fleet: FleetInventory,
): Flow<void> {
  const data = {
    ...about(run),
    why,
    carriers: fleet.total,
    ...(from ? { from: from.credentialId } : {}),
    ...askedBy(run.input.startedBy),
  };
  yield* notify(run.context, { type: 'Airlock.RotationStarted.v1', subject: subjectOf(run), data });
}

export function* emitWaiting(run: EventSource, gate: Gate, until: string): Flow<void> {
  const data = { ...about(run), gate, until };
  yield* notify(run.context, {
    type: 'Airlock.RotationWaitingForApproval.v1',
    subject: subjectOf(run),
    data,
  });
}

/** What a person said, and the rotation follows. */
export function* emitInstructed(run: EventSource, instruction: Instruction): Flow<void> {
  const data = { ...about(run), ...eventDataOf(instruction) };
  yield* notify(run.context, { type: 'Airlock.RunInstructed.v1', subject: subjectOf(run), data });
}

/**
 * How it ended, and what is left.
 *
 * @param failures that there were before
 */
export function* emitEnded(
  run: EventSource & Pick<Rotating, 'current'>,
  end: RotationEnd,
  failures: Failures,
  failed: boolean,
): Flow<void> {
  const subject = subjectOf(run);
  const { outcome, problem, counts = NO_COUNTS, to, from, expiresOn } = end;
  for (const { runtime, code, outcome: how } of (end.stragglers ?? []).slice(0, MOST)) {
    const data = { ...about(run), runtime, code: code ?? how };
    yield* notify(run.context, { type: 'Airlock.RotationStraggler.v1', subject, data });
  }
  for (const { kind, what, since, reason } of (end.debts ?? []).slice(0, MOST)) {
    const data = { ...about(run), kind, what, since, reason };
    yield* notify(run.context, { type: 'Airlock.DebtOutstanding.v1', subject, data });
  }
  if ((outcome === 'rotated' || outcome === 'rotatedPartly') && to) {
    const known = { ...(from ? { from } : {}), ...(expiresOn ? { expiresOn } : {}) };
    const data = { ...about(run), outcome, to, counts, ...known };
    yield* notify(run.context, { type: 'Airlock.RotationCompleted.v1', subject, data });
  }
  if (outcome === 'rolledBack' && problem) {
    const data = { ...about(run), problem, counts };
    yield* notify(run.context, { type: 'Airlock.RotationRolledBack.v1', subject, data });
  }
  if (problem && isEmittedAsFailed('rotation', outcome)) {
    const { runId, input } = run;
    const data = { runId, target: input.credential, outcome, problem };
    yield* notify(run.context, { type: 'Airlock.RunFailed.v1', subject, data });
  }
  const code = problem?.code ?? outcome;
  const times = sameInARow(failures, code);
  if (failed && times >= KEEPS_FAILING) {
    const data = { ...about(run), code, times, ...(problem ? { problem } : {}) };
    yield* notify(run.context, { type: 'Airlock.RotationKeepsFailing.v1', subject, data });
  }
  if (outcome === 'expiring' && problem) {
    const data = { ...about(run), problem };
    const event = { type: 'Airlock.CredentialExpiring.v1' as const, subject, data };
    yield* notifyExpiring(run.context, run.input.recordKey, run.current.secretVersion ?? '', event);
  }
}

const NO_COUNTS = { carriers: 0, moved: 0, failed: 0, wentBack: 0 };

function about({ runId, input }: EventSource): { runId: string; credential: string } {
  return { runId, credential: input.credential };
}

function subjectOf({ input }: EventSource): string {
  return credentialSubject(input.credential);
}
