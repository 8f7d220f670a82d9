import type { Profile, RuntimePattern } from '../../domain/configuration/profile.js';
import { grantControl } from '../../domain/preflight/grants.js';
import { type ControlNeed, factoryNeeds, listingNeed, READ_RUNTIMES } from '../../domain/preflight/needs.js';
import { type PreflightRow, rowOfFailure } from '../../domain/preflight/report.js';
import type { CallFailure } from '../../domain/problems/callResult.js';
import { caseless } from '../../domain/values/sameId.js';
import { ownPermissionsRow, rowOfSeen, type Scene } from './scene.js';

/** What the identity may do with the data factories of the profiles. */
export async function factoryRows(scene: Scene): Promise<readonly PreflightRow[]> {
  const rows: PreflightRow[] = [];
  const found = new Map<string, { readonly id: string; readonly profiles: Profile[] }>();
  for (const profile of scene.configuration.profiles) {
    for (const pattern of profile.runtimes) {
      const listed = await scene.azure.runtimes.factories(pattern);
      rows.push(...listingRows(scene, pattern, listed));
      if (listed.kind !== 'listed') continue;
      if (listed.ids.length === 0) rows.push(noFactory(profile, pattern));
      for (const id of listed.ids) {
        const known = found.get(caseless(id)) ?? { id, profiles: [] };
        known.profiles.push(profile);
        found.set(caseless(id), known);
      }
    }
  }
  for (const { id, profiles } of found.values()) {
    const needs = factoryNeeds(id, profiles);
    const [first] = needs;
    if (first) rows.push(...ownPermissionsRow(id, await scene.mayDo('control', first.action, id), scene));
    for (const need of needs) rows.push(await needRow(scene, need));
  }
  return unique(rows);
}

/** Whether the list goes through is the answer: nothing else tells as much. */
function listingRows(
  { grantee }: Scene,
  pattern: RuntimePattern,
  listed: { readonly kind: 'listed' } | CallFailure,
): readonly PreflightRow[] {
  const need = listingNeed(pattern);
  if (!need) return [];
  const row = { what: need.action, where: need.scope, why: need.why };
  if (listed.kind === 'listed') return [{ ...row, status: 'ok' }];
  if (listed.kind === 'retry') return [rowOfFailure(row, listed)];
  return [{ ...row, status: 'missing', note: listed.problem.message, remedy: grantControl(need, grantee) }];
}

async function needRow({ azure, grantee, mayDo }: Scene, need: ControlNeed): Promise<PreflightRow> {
  const row = { what: need.action, where: need.scope, why: need.why };
  const command = grantControl(need, grantee);
  const seen = await mayDo('control', need.action, need.scope);
  if (seen.kind !== 'unseen' || need.action !== READ_RUNTIMES) {
    return rowOfSeen(row, seen, command);
  }
  // What only reads can simply be tried.
  const [, subscription = '', resourceGroup = '', factory = ''] =
    /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/.*\/([^/]+)$/i.exec(need.scope) ?? [];
  const listed = await azure.runtimes.list({ subscription, resourceGroup, factory, name: '*' });
  if (listed.kind === 'listed') return { ...row, status: 'ok' };
  if (listed.kind === 'retry') return rowOfFailure(row, listed);
  return { ...row, status: 'missing', note: listed.problem.message, remedy: command };
}

function noFactory(profile: Profile, pattern: RuntimePattern): PreflightRow {
  const { subscription, resourceGroup, factory } = pattern;
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
