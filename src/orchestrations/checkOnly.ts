import { learned } from '../domain/settings/shownSettings.js';
import { LEASE_MS } from '../domain/values/timing.js';
import { renewStanding } from './calls.js';
import type { Flow } from './flow.js';
import { inspect } from './inspect.js';
import { endReported, endStopped, type Look, type LookEnd } from './look.js';
import { ensureCanary, proveAccess } from './proveAccess.js';

/** The access check alone: proves what is there, changes no setting. */
export function* checkOnly(look: Look): Flow<LookEnd> {
  const found = yield* inspect(look, 'check');
  if (!('kind' in found)) return found;
  const { plan, runtime } = found;
  if (runtime.onlyReported === 'observed' && look.asked !== 'rotation') {
    return endReported(look, runtime.onlyReported, runtime.profile, plan);
  }
  const standing = yield* renewStanding(look.context, look.holder, LEASE_MS);
  if (standing !== 'held') return endStopped(look, standing, { profile: runtime.profile, plan });
  look.progress.begin('make sure of the canary');
  const noCanary = yield* ensureCanary(look, runtime);
  if (noCanary) return noCanary;
  const proven = yield* proveAccess(look, runtime, plan, {
    changed: false,
    outcome: 'accessProven',
    ...(runtime.marker === undefined ? {} : { expectedMarker: runtime.marker }),
  });
  return { ...proven, learned: learned(plan, false, runtime.seen) };
}
