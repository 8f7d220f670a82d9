/** What the identity may do with the data factories of the profiles. */

import type { Profile } from '../../domain/configuration/profile.js';
import { grantControl } from '../../domain/preflight/grants.js';
import type { ControlNeed } from '../../domain/preflight/needs.js';
import { type Examiner, ownPermissionsRow, rowOfPermission } from '../../domain/preflight/permissionRows.js';
import { type PreflightRow, rowOfFailure } from '../../domain/preflight/report.js';
import type { CallFailure } from '../../domain/problems/callResult.js';
import { caseless } from '../../domain/values/sameId.js';
import { factoryNeeds, listingNeed, READ_RUNTIMES } from './needs.js';
import { namesOf } from './pattern.js';
import { type FactoryNames, factoryIdOf, type RuntimeNames } from './resourceId.js';

/** The calls with which a permission is tried that nobody lists. */
interface TriedCalls {
  /** The factories that a pattern matches. One that is named in full is not looked for. */
  find(
    pattern: FactoryNames,
  ): Promise<{ readonly kind: 'listed'; readonly found: readonly FactoryNames[] } | CallFailure>;
  /** Lists the runtimes of a factory. */
  listOne(factory: FactoryNames): Promise<{ readonly kind: 'listed' } | CallFailure>;
}

interface Examined {
  readonly examiner: Examiner;
  readonly calls: TriedCalls;
}

/** A row for each permission that the app needs on the factories of the profiles. */
export async function factoryRows(
  profiles: readonly Profile[],
  examined: Examined,
): Promise<readonly PreflightRow[]> {
  const { examiner, calls } = examined;
  const rows: PreflightRow[] = [];
  const found = new Map<string, { readonly place: FactoryNames; readonly profiles: Profile[] }>();
  for (const profile of profiles) {
    for (const pattern of profile.runtimes.map(namesOf)) {
      const listed = await calls.find(pattern);
      rows.push(...listingRows(examiner, pattern, listed));
      if (listed.kind !== 'listed') continue;
      if (listed.found.length === 0) rows.push(noFactory(profile, pattern));
      for (const place of listed.found) {
        const key = caseless(factoryIdOf(place));
        const known = found.get(key) ?? { place, profiles: [] };
        known.profiles.push(profile);
        found.set(key, known);
      }
    }
  }
  for (const { place, profiles: served } of found.values()) {
    const id = factoryIdOf(place);
    const needs = factoryNeeds(id, served);
    const [first] = needs;
    if (first)
      rows.push(...ownPermissionsRow(id, await examiner.mayDo('control', first.action, id), examiner));
    for (const need of needs) rows.push(await needRow(examined, need, place));
  }
  return unique(rows);
}

/** Whether the list goes through is the answer: nothing else tells as much. */
function listingRows(
  { grantee }: Examiner,
  pattern: RuntimeNames,
  listed: { readonly kind: 'listed' } | CallFailure,
): readonly PreflightRow[] {
  const need = listingNeed(pattern);
  if (!need) return [];
  const row = { what: need.action, where: need.scope, why: need.why };
  if (listed.kind === 'listed') return [{ ...row, status: 'ok' }];
  if (listed.kind === 'retry') return [rowOfFailure(row, listed)];
  return [{ ...row, status: 'missing', note: listed.problem.message, remedy: grantControl(need, grantee) }];
}

async function needRow(
  { examiner, calls }: Examined,
  need: ControlNeed,
  place: FactoryNames,
): Promise<PreflightRow> {
  const row = { what: need.action, where: need.scope, why: need.why };
  const command = grantControl(need, examiner.grantee);
  const permission = await examiner.mayDo('control', need.action, need.scope);
  if (permission.kind !== 'unknown' || need.action !== READ_RUNTIMES)
    return rowOfPermission(row, permission, command);
  // What only reads can simply be tried.
  const listed = await calls.listOne(place);
  if (listed.kind === 'listed') return { ...row, status: 'ok' };
  if (listed.kind === 'retry') return rowOfFailure(row, listed);
  return { ...row, status: 'missing', note: listed.problem.message, remedy: command };
}

function noFactory(profile: Profile, { subscription, resourceGroup, factory }: RuntimeNames): PreflightRow {
  return {
    status: 'missing',
    what: 'a data factory',
    where: `${subscription}/${resourceGroup}/${factory}`,
    why: `serve the profile ${profile.name}`,
    note: 'No factory matches, or the identity may read none of them.',
    remedy: 'Correct `runtimes` of the profile.',
  };
}

function unique(rows: readonly PreflightRow[]): readonly PreflightRow[] {
  return [...new Map(rows.map((row) => [`${row.what} ${row.where}`, row])).values()];
}
