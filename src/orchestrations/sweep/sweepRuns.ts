/** The sweep's look at runs that do not move any more: the durable host ended them, or they are of a newer version. */

import type { CredentialOperation } from '../../domain/records/credentialRecord.js';
import { keyLabel, minterOf } from '../../domain/rotation/pending.js';
import { debtForMint } from '../../domain/rotation/strayKeys.js';
import { partRunId } from '../../domain/runs/instanceIds.js';
import { type UnmovedRun, unmovedEvent } from '../../domain/sweep/unmovedRuns.js';
import { callCredentialRecord, callWithRetry } from '../calls.js';
import { instanceIdOf, type OrchestrationContext } from '../durable.js';
import { type Flow, isoNow, nowMs } from '../flow.js';
import { callAppRecord, keepEvent } from '../notify.js';

/**
 * Tells of each such run once, and lets go of what a dead rotation held: its credential, with what its mint may have left.
 * A dry run only says what it found.
 */
export function* sweepRuns(context: OrchestrationContext, dryRun: boolean): Flow<readonly UnmovedRun[]> {
  const runId = instanceIdOf(context);
  const found = yield* callWithRetry(
    context,
    'surveyRuns',
    {},
    { runId, leased: false },
    partRunId(runId, 'runs'),
  );
  if (found.kind !== 'surveyed') return [];
  const { ended, waiting, newVersion } = found;
  const runs = [...ended, ...waiting];
  if (dryRun) return runs;
  if (newVersion !== undefined) {
    yield* callAppRecord(context, { kind: 'rememberVersion', version: newVersion, at: isoNow(context) });
  }
  for (const run of ended) yield* letGo(context, run);
  for (const run of runs) yield* keepEvent(context, unmovedEvent(run));
  return runs;
}

/** Ends a rotation in its credential's record, on behalf of the run that cannot. No failure: the host ended it. */
function* letGo(
  context: OrchestrationContext,
  { runId, recordKey, outdated, mintsNone, problem }: UnmovedRun,
): Flow<void> {
  if (recordKey === undefined) return;
  const now = nowMs(context);
  const { hub } = yield* callCredentialRecord<'known'>(context, recordKey, { kind: 'read' });
  const label = keyLabel(minterOf(recordKey, hub), runId);
  const mintDebt = debtForMint({ began: mintsNone !== true }, { label, runId, now });
  const finish: CredentialOperation = {
    kind: 'finish',
    runId,
    phase: 'ended',
    end: { outcome: 'interrupted', changed: true, code: problem.code },
    now,
    result: 'nothing',
    debts: [
      ...(mintDebt ? [mintDebt] : []),
      ...(outdated === undefined
        ? []
        : [
            {
              kind: 'removeKey' as const,
              what: outdated,
              reason: 'The durable host ended the rotation before it removed it',
              since: isoNow(context),
              runId,
            },
          ]),
    ],
    cleared: [],
    unretire: [],
    sawEverything: false,
    failedPilots: [],
  };
  yield* callCredentialRecord(context, recordKey, finish);
}
