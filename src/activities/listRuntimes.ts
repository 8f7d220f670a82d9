import type { Activities } from '../domain/activities/activities.js';
import { wasThereFirst } from '../domain/sweep/existing.js';
import type { RuntimeId } from '../domain/values/runtimeId.js';
import { runtimeRecordKey } from '../domain/values/runtimeId.js';
import { profileNamed } from './configured.js';
import type { ActivityDeps, DurableState } from './deps.js';
import { readFirstSeen } from './firstSeen.js';
import { runtimesOf } from './profileRuntimes.js';

type Activity = Activities['listRuntimes'];

/** One page of the Airflow runtimes that a profile matches, ordered by resource id so that a page has a place. */
export async function listRuntimes(
  input: Activity['input'],
  deps: ActivityDeps,
  durable: DurableState,
): Promise<Activity['output']> {
  const configuration = await deps.configuration();
  const profile = profileNamed(configuration, input.profile);
  if ('kind' in profile) return profile;
  const listed = await runtimesOf(await deps.azure(), profile);
  if (listed.kind !== 'listed') return listed;
  const after = input.after ?? '';
  const ahead = listed.runtimes.filter(([key]) => key > after);
  const page = ahead.slice(0, input.limit);
  const last = page.at(-1)?.[0];
  const firstSeen = await readFirstSeen(profile, durable);
  const existing: RuntimeId[] = [];
  for (const [, { id, view }] of page) {
    const record = await durable.runtimeRecord(runtimeRecordKey(id));
    const known = { profile, runtime: id, firstSeen, record };
    if (view.kind === 'airflow' && wasThereFirst({ ...known, view })) existing.push(id);
  }
  return {
    kind: 'listed',
    ...(existing.length > 0 ? { existing } : {}),
    runtimes: page.map(([, { id }]) => id),
    ...(ahead.length > page.length && last !== undefined ? { next: last } : {}),
  };
}
