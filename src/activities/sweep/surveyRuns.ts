import type { Activities } from '../../domain/activities/activities.js';
import { notificationId } from '../../domain/events/notifications.js';
import { EMPTY_APP_RECORD, isKnown } from '../../domain/records/appRecord.js';
import { KEY_ID_TAG } from '../../domain/rotation/pending.js';
import { APP_VERSION } from '../../domain/runs/appVersion.js';
import {
  endedByHost,
  ofNewerVersion,
  type UnmovedRun,
  unmovedEvent,
  withOutdated,
} from '../../domain/sweep/unmovedRuns.js';
import { compareVersions } from '../../domain/values/version.js';
import { credentialNamed } from '../configured.js';
import type { ActivityDeps, DurableState } from '../deps.js';

type Activity = Activities['surveyRuns'];

/** So many are named: the next sweep finds the others. */
const MOST = 20;

/**
 * Finds runs that do not move any more and that nobody has told of. Those that wait for a newer version are looked for only
 * where one has run on this task hub: the list has every entity in it.
 */
export async function surveyRuns(
  _input: Activity['input'],
  deps: ActivityDeps,
  durable: DurableState,
): Promise<Activity['output']> {
  const record = (await durable.appRecord()) ?? EMPTY_APP_RECORD;
  const order = compareVersions(APP_VERSION, record.version ?? '0');
  const ended = endedByHost(await durable.instances('Failed', 'Terminated'));
  const waiting = order < 0 ? ofNewerVersion(await durable.instances('Running')) : [];
  const isNew = (run: UnmovedRun) => !isKnown(record, notificationId(unmovedEvent(run)));
  const told: UnmovedRun[] = [];
  for (const run of ended.filter(isNew)) {
    if (told.length === MOST) break;
    const found = await examine(run, deps, durable);
    // What cannot be judged now waits for a later sweep, and keeps back nothing else.
    if (found) told.push(found);
  }
  return {
    kind: 'surveyed',
    ended: told,
    waiting: waiting.slice(0, MOST),
    ...(order > 0 ? { newVersion: APP_VERSION } : {}),
  };
}

/**
 * A rotation may have committed and not have come to note it: what everybody reads decides. `undefined`: the vault does not
 * tell.
 */
async function examine(
  run: UnmovedRun,
  deps: ActivityDeps,
  durable: DurableState,
): Promise<UnmovedRun | undefined> {
  if (run.recordKey === undefined) return run;
  const credential = credentialNamed(await deps.configuration(), run.target);
  // It is configured no more: nobody removes anything of it.
  if ('kind' in credential) return run;
  if (!credential.rotation.mints) return { ...run, mintsNone: true };
  const { rotation } = (await durable.credentialRecord(run.recordKey)) ?? {};
  if (rotation?.runId !== run.runId || !rotation.to) return run;
  const listed = await (await deps.azure()).vaults.versions(credential.secret);
  if (listed.kind !== 'listed') return undefined;
  const [newest] = listed.versions;
  return withOutdated(run, rotation, newest?.tags[KEY_ID_TAG] ?? newest?.version ?? '');
}
