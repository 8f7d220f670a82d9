import type { Profile } from '../configuration/profile.js';
import type { Conflict } from '../runs/plan.js';
import { isJsonObject, type Json, type JsonObject, parseExactly } from '../values/json.js';
import { choosesIdentity, IDENTITY_KWARGS, kwargOf, sameKwarg } from './backendSettings.js';
import * as conflicts from './conflicts.js';
import { isMasked } from './masking.js';
import { kwargsConflict } from './wrapped.js';

/** The back end's kwargs as a runtime holds them, and what in them is somebody else's choice. */
export interface ExaminedKwargs {
  /** Parsed; empty where there are none or they cannot be read. */
  readonly kwargs: JsonObject;
  readonly conflicts: readonly Conflict[];
  /** The old text, where there was one that can be shown (its own redaction follows). */
  readonly shown?: string;
}

/** Compares kwargs as JSON values with what the profile demands. */
export function examineKwargs(there: Json | undefined, profile: Profile): ExaminedKwargs {
  if (there === undefined || there === '' || there === null) return { kwargs: {}, conflicts: [] };
  const kwargs = isJsonObject(there) ? there : typeof there === 'string' ? parseExactly(there) : undefined;
  if (isMasked(there)) return { kwargs: {}, conflicts: [conflicts.kwargsHidden()] };
  if (!isJsonObject(kwargs)) {
    return { kwargs: {}, conflicts: [kwargsConflict(there)] };
  }
  const found: Conflict[] = [];
  for (const key of IDENTITY_KWARGS) {
    if (choosesIdentity(key, kwargs[key])) found.push(conflicts.identityInKwargs(key));
  }
  const vault = kwargs['vault_url'];
  if (vault !== undefined && vault !== '' && !sameKwarg('vault_url', vault, profile.vault, '')) {
    found.push(conflicts.otherVault(typeof vault === 'string' ? vault : '', profile.vault));
  }
  found.push(...nameConflicts(kwargs, profile));
  return { kwargs, conflicts: found, shown: JSON.stringify(kwargs) };
}

/**
 * DAGs depend on how names are made: a prefix or separator that differs is somebody's choice. So is the provider's
 * default, where a back end is in use.
 */
function nameConflicts(kwargs: JsonObject, profile: Profile): Conflict[] {
  const wanted: readonly (readonly [string, string | null | undefined])[] = [
    ['connections_prefix', profile.connectionsPrefix],
    ['variables_prefix', profile.variablesPrefix],
    ['config_prefix', profile.configPrefix],
    ['sep', profile.separator],
  ];
  const found: Conflict[] = [];
  for (const [key, value] of wanted) {
    const inUse = kwargs['vault_url'] !== undefined && kwargs['vault_url'] !== '';
    const there = inUse ? kwargOf(kwargs, key) : kwargs[key];
    if (value === undefined || there === undefined) continue;
    if (sameKwarg(key, there, value, profile.separator)) continue;
    found.push(there === null ? conflicts.lookupDisabled(key) : conflicts.namesDiffer(key, value));
  }
  return found;
}
