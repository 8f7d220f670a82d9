/** What a rotation leaves with its record, and the run that looks at what came meanwhile. */

import type { KnownOfCredential } from '../../domain/rotation/credentialState.js';
import type { Finish } from '../../domain/rotation/finishing.js';
import { keyLabel, minterOf } from '../../domain/rotation/pending.js';
import { debtForMint, overdue } from '../../domain/rotation/strayKeys.js';
import type { RotationInput } from '../../domain/runs/inputs.js';
import { sweptRunId } from '../../domain/runs/instanceIds.js';
import type { Debt } from '../../domain/runs/rotations.js';
import { ORCHESTRATIONS } from '../../domain/runs/runs.js';
import { callActivity } from '../calls.js';
import { type Flow, isoNow, nowMs } from '../flow.js';
import type { Base } from './assessment.js';
import type { RotationEnd } from './ends.js';

/** The end with the debts that are told, and all that the record is to keep. */
export function withDebts(
  { context, input, progress, runId, minting }: Base,
  ended: RotationEnd,
  { hub, debts: known }: KnownOfCredential,
): { readonly end: RotationEnd; readonly debts: readonly Debt[] } {
  const now = nowMs(context);
  const { debts = [], ...rest } = ended;
  const told = [...debts, ...overdue(known, ended.cleared ?? [], now)];
  const end = told.length > 0 ? { ...rest, debts: told } : rest;
  const label = keyLabel(minterOf(input.recordKey, hub), runId);
  const mintDebt = debtForMint(minting.trace, { label, runId, now });
  if (!mintDebt || told.some(({ what }) => what === label)) return { end, debts: told };
  progress.logStep(`the directory may show a key late: a run after ${mintDebt.quietUntil} checks again`);
  return { end, debts: [...told, mintDebt] };
}

/** Starts the run that looks at what was told of while this one worked. Repeated, it finds the one that it started. */
export function* startFollowUp(base: Base): Flow<void> {
  const { context, input, progress, runId } = base;
  const next: RotationInput = {
    action: 'rotate',
    credential: input.credential,
    recordKey: input.recordKey,
    startedBy: { kind: 'run', runId },
    createdAt: isoNow(context),
  };
  const nextId = sweptRunId(input.recordKey, runId);
  progress.begin('follow up');
  // The record has let go: whatever becomes of this, the next sweep looks, too.
  const launched = yield* callActivity(context, 'launchRuns', {
    runs: [{ orchestration: ORCHESTRATIONS.rotateCredential, runId: nextId, input: next }],
  });
  progress.logStep(
    launched.kind === 'started'
      ? `something happened meanwhile: run ${nextId} follows it up`
      : 'something happened meanwhile: the next sweep follows it up',
  );
}

/** What the record is told of the end. */
export function finishOf(
  { context, input, runId, current, failedPilots, gates }: Base,
  end: RotationEnd,
  debts: readonly Debt[],
  failed: boolean,
): Finish {
  const { secretVersion } = current;
  return {
    kind: 'finish',
    runId,
    phase: 'ended',
    end: {
      outcome: end.outcome,
      ...(end.changed ? { changed: end.changed } : {}),
      ...(end.problem ? { code: end.problem.code } : {}),
      ...(end.notBefore === undefined ? {} : { notBefore: end.notBefore }),
    },
    now: nowMs(context),
    result: failed ? 'failed' : end.changed && !gates.rejection ? 'done' : 'nothing',
    failedPilots,
    ...(secretVersion === undefined ? {} : { secretVersion }),
    debts,
    cleared: end.cleared ?? [],
    unretire: end.unretire ?? [],
    sawEverything: end.sawEverything ?? end.outcome === 'upToDate',
    ...(end.pin ? { pin: end.pin } : {}),
    ...(gates.rejection ? { rejection: gates.rejection } : {}),
    ...(input.startedBy.kind === 'request' ? { asked: true } : {}),
  };
}
