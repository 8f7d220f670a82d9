import type { RotationInput } from '../../domain/runs/inputs.js';
import { partRunId, sweptRunId } from '../../domain/runs/instanceIds.js';
import type { RotationResult } from '../../domain/runs/rotations.js';
import { ORCHESTRATIONS } from '../../domain/runs/runs.js';
import type { SweptCredential } from '../../domain/sweep/sweep.js';
import { ChildEnded, callWait } from '../children.js';
import { type Flow, isoNow } from '../flow.js';
import { emitCredentialEvents } from './events.js';
import { launch, type NamedCredential, type Sweeping } from './sweeping.js';

/** Asks what a rotation would do, and starts one that has something to do. */
export function* sweepCredential(sweeping: Sweeping, named: NamedCredential): Flow<SweptCredential> {
  const { context, progress, runId, dryRun } = sweeping;
  const { name: credential, recordKey } = named;
  progress.begin(`credential ${credential}`);
  const input: RotationInput = {
    action: 'rotate',
    credential,
    recordKey,
    startedBy: { kind: 'run', runId },
    createdAt: isoNow(context),
  };
  // It changes nothing, so that it can begin anew.
  const planned = yield* plannedOf(
    callWait<RotationResult>(
      context,
      ORCHESTRATIONS.rotateCredential,
      () => ({ ...input, dryRun: true }),
      partRunId(runId, `credential ${credential}`),
    ),
  );
  progress.logStep(planned.summary);
  if (!dryRun) yield* emitCredentialEvents(context, named, planned);
  const { outcome, summary, problem, debts, otherHubs, unread, otherRunId } = planned;
  const found: SweptCredential = {
    credential,
    outcome,
    summary,
    ...(problem ? { problem } : {}),
    ...(debts ? { debts } : {}),
    ...(otherHubs ? { otherHubs } : {}),
    ...(unread ? { unread } : {}),
    ...(otherRunId ? { otherRunId } : {}),
  };
  // One that nobody can help raises its event again, day by day for as long as it stands.
  if ((outcome !== 'planned' && outcome !== 'expiring') || dryRun || named.observed) return found;
  const rotationId = sweptRunId(recordKey, runId);
  const launched: RotationInput = { ...input, createdAt: isoNow(context) };
  const run = { orchestration: ORCHESTRATIONS.rotateCredential, runId: rotationId, input: launched };
  const started = yield* launch(sweeping, [run], `credential ${credential}`);
  return { ...found, ...(started.has(rotationId) ? { runId: rotationId } : {}) };
}

/** What a dry run plans; one that the host keeps ending plans nothing. */
function* plannedOf(
  dryRun: Flow<RotationResult>,
): Flow<
  Pick<RotationResult, 'outcome' | 'summary' | 'problem' | 'debts' | 'otherHubs' | 'unread' | 'otherRunId'>
> {
  try {
    return yield* dryRun;
  } catch (error) {
    if (error instanceof ChildEnded) {
      return { outcome: 'interrupted', summary: error.message, problem: error.problem };
    }
    throw error;
  }
}
