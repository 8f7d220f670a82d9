import type { CallFailure } from '../domain/callResult.js';
import type { Profile } from '../domain/profile.js';
import { matchProfiles } from '../domain/profileMatching.js';
import { isAirflow } from '../domain/runtimeBody.js';
import { canonicalRuntimeId } from '../domain/runtimeId.js';
import type { ListedRuntime } from '../runtimes/port.js';
import type { Azure } from './azure.js';

/** The Airflow runtimes that a profile matches, by canonical resource id and in its order. */
export async function runtimesOf(
  { runtimes }: Azure,
  profile: Profile,
): Promise<
  | { readonly kind: 'listed'; readonly runtimes: readonly (readonly [key: string, ListedRuntime])[] }
  | CallFailure
> {
  const found = new Map<string, ListedRuntime>();
  for (const pattern of profile.runtimes) {
    const listed = await runtimes.list(pattern);
    if (listed.kind !== 'listed') return listed;
    for (const runtime of listed.runtimes) {
      const ours = matchProfiles([profile], runtime.id).kind === 'one';
      if (isAirflow(runtime.type) && ours) found.set(canonicalRuntimeId(runtime.id), runtime);
    }
  }
  return { kind: 'listed', runtimes: [...found].sort(([a], [b]) => (a < b ? -1 : 1)) };
}
