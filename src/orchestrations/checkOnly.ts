import { learned } from '../domain/settings/shownSettings.js';
import { LEASE_MS } from '../domain/values/timing.js';
import { renewClaim } from './calls.js';
import type { Flow } from './flow.js';
import { inspect } from './inspect.js';
import { endReported, endStopped, type Pass, type PassResult } from './pass.js';
import { ensureCanary, proveAccess } from './proveAccess.js';

/** The access check alone: proves what is there, changes no setting. */
export function* checkOnly(pass: Pass): Flow<PassResult> {
  const found = yield* inspect(pass, 'check');
  if (!('kind' in found)) return found;
  const { plan, runtime } = found;
  if (runtime.onlyReported === 'observed' && pass.asked !== 'rotation') {
    return endReported(pass, runtime.onlyReported, runtime.profile, plan);
  }
  const claimStatus = yield* renewClaim(pass.context, pass.claim, LEASE_MS);
  if (claimStatus !== 'held') return endStopped(pass, claimStatus, { profile: runtime.profile, plan });
  pass.progress.begin('make sure that the canary is there');
  const noCanary = yield* ensureCanary(pass, runtime);
  if (noCanary) return noCanary;
  const proven = yield* proveAccess(pass, runtime, plan, {
    changed: false,
    outcome: 'accessProven',
    ...(runtime.marker === undefined ? {} : { expectedMarker: runtime.marker }),
  });
  return { ...proven, learned: learned(plan, { changed: false }, runtime.seen) };
}
