/** What the first complete list of a profile's runtimes shows: kept, and told once. */

import { ENTITIES } from '../../domain/records/entityNames.js';
import {
  type ProfileAnswer,
  type ProfileOperation,
  profileRecordKey,
} from '../../domain/records/profileRecord.js';
import { profileSubject } from '../../domain/runs/runTargets.js';
import type { ShownFirst, SurveyedRuntime } from '../../domain/sweep/sweep.js';
import { formatRuntimeId } from '../../domain/values/runtimeId.js';
import { entityTask, instanceIdOf, type OrchestrationContext } from '../durable.js';
import { type Flow, isoNow } from '../flow.js';
import { notify } from '../notify.js';

/** Runtimes that the event names. */
const NAMED = 20;

/**
 * Remembers what a complete list has shown, and tells of runtimes that are known from now on.
 *
 * @param found runtimes of the profile that are not fine
 */
export function* rememberFirstSeen(
  context: OrchestrationContext,
  profile: string,
  shown: ShownFirst,
  found: readonly SurveyedRuntime[],
): Flow<void> {
  const entity = [ENTITIES.profileRecord, profileRecordKey(profile)] as const;
  const operation: ProfileOperation = { kind: 'remember', ...shown, at: isoNow(context) };
  const { added } = (yield entityTask(context, entity, operation.kind, operation)) as ProfileAnswer;
  if (added === 0) return;
  const existing = found.filter(({ finding }) => finding === 'existing');
  yield* notify(context, {
    type: 'Airlock.ExistingRuntimesFound.v1',
    subject: profileSubject(profile),
    data: {
      runId: instanceIdOf(context),
      profile,
      count: added,
      runtimes: existing.slice(0, NAMED).map(({ runtime }) => formatRuntimeId(runtime)),
    },
  });
}
