import type { Profile } from '../domain/configuration/profile.js';
import { matchProfiles } from '../domain/configuration/profileMatching.js';
import type { CallFailure } from '../domain/problems/callResult.js';
import type { RuntimeView } from '../domain/settings/snapshot.js';
import { placeKey } from '../domain/sweep/existing.js';
import { canonicalRuntimeId } from '../domain/values/runtimeId.js';
import type { ListedRuntime } from '../runtimes/port.js';
import type { Azure } from './azure.js';

/** The Airflow runtimes that a profile matches, by canonical resource id and in its order. A failed list gives none. */
export async function runtimesOf(
  { runtimes }: Azure,
  profile: Profile,
): Promise<
  | {
      readonly kind: 'listed';
      readonly runtimes: readonly (readonly [key: string, ListedRuntime])[];
      /** What the lists have shown whole, see `placeKey`. */
      readonly places: readonly string[];
    }
  | CallFailure
> {
  const found = new Map<string, ListedRuntime>();
  const places = new Set<string>();
  for (const pattern of profile.runtimes) {
    const listed = await runtimes.list(pattern);
    if (listed.kind !== 'listed') return listed;
    for (const place of listed.complete) places.add(placeKey(place));
    for (const runtime of listed.runtimes) {
      const ours = matchProfiles([profile], runtime.id).kind === 'one';
      if (saysAirflow(runtime.view) && ours) found.set(canonicalRuntimeId(runtime.id), runtime);
    }
  }
  return { kind: 'listed', runtimes: [...found].sort(([a], [b]) => (a < b ? -1 : 1)), places: [...places] };
}

function saysAirflow(view: RuntimeView): boolean {
  return view.kind === 'airflow' || (view.kind === 'unreadable' && view.saysAirflow);
}
