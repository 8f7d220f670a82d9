import { EMPTY_APP_RECORD, isKnown } from '../../domain/appRecord.js';
import { notificationId } from '../../domain/notifications.js';
import type { Steps } from '../../domain/steps.js';
import { endedByHost, ofNewerVersion, type UnmovedRun, unmovedEvent } from '../../domain/unmovedRuns.js';
import { APP_VERSION, compareVersions } from '../../domain/version.js';
import type { ActivityDeps, DurableState } from '../deps.js';

type Step = Steps['surveyRuns'];

/** So many are named: the next sweep finds the others. */
const MOST = 20;

/**
 * Finds runs that do not move any more and that nobody has told of. Those that wait for a newer version are looked for only
 * where one has run on this task hub: the list has every entity in it.
 */
export async function surveyRuns(
  _input: Step['input'],
  _deps: ActivityDeps,
  durable: DurableState,
): Promise<Step['output']> {
  const record = (await durable.appRecord()) ?? EMPTY_APP_RECORD;
  const order = compareVersions(APP_VERSION, record.version ?? '0');
  const ended = endedByHost(await durable.instances('Failed'));
  const waiting = order < 0 ? ofNewerVersion(await durable.instances('Running')) : [];
  const isNew = (run: UnmovedRun) => !isKnown(record, notificationId(unmovedEvent(run)));
  return {
    kind: 'surveyed',
    ended: ended.filter(isNew).slice(0, MOST),
    waiting: waiting.slice(0, MOST),
    ...(order > 0 ? { newVersion: APP_VERSION } : {}),
  };
}
