import { matchProfiles } from '../domain/profileMatching.js';
import { canonicalRuntimeId, type RuntimeId } from '../domain/runtimeId.js';
import type { Steps } from '../domain/steps.js';
import type { ActivityDeps } from './deps.js';
import { profileNamed } from './held.js';

type Step = Steps['listRuntimes'];

/** One page of the Airflow runtimes that a profile matches, ordered by resource id so that a page has a place. */
export async function listRuntimes(input: Step['input'], deps: ActivityDeps): Promise<Step['output']> {
  const configuration = await deps.configuration();
  const profile = profileNamed(configuration, input.profile);
  if ('kind' in profile) return profile;
  const { runtimes } = await deps.azure();
  const found = new Map<string, RuntimeId>();
  for (const pattern of profile.runtimes) {
    const listed = await runtimes.list(pattern);
    if (listed.kind !== 'listed') return listed;
    for (const { id, type } of listed.runtimes) {
      const ours = matchProfiles([profile], id).kind === 'one';
      if (type === 'Airflow' && ours) found.set(canonicalRuntimeId(id), id);
    }
  }
  const after = input.after ?? '';
  const ahead = [...found.entries()].filter(([key]) => key > after).sort(([a], [b]) => (a < b ? -1 : 1));
  const page = ahead.slice(0, input.limit);
  const last = page.at(-1)?.[0];
  return {
    kind: 'listed',
    runtimes: page.map(([, id]) => id),
    ...(ahead.length > page.length && last !== undefined ? { next: last } : {}),
  };
}
