import { grantGraph, grantOwnership } from '../../domain/preflight/grants.js';
import { type PreflightRow, rowOfFailure } from '../../domain/preflight/report.js';
import type { Credential } from '../../domain/profile.js';
import { sameId } from '../../domain/sameId.js';
import type { Scene } from './scene.js';

/** Either lets an application change the client secrets of what it owns. */
const SUFFICIENT = ['Application.ReadWrite.OwnedBy', 'Application.ReadWrite.All'];

/** The applications whose client secrets the app rotates: may it, and does it own them. */
export async function applicationRows(scene: Scene): Promise<readonly PreflightRow[]> {
  const rotated = scene.configuration.credentials.filter(({ rotation }) => rotation.strategy === 'graph');
  if (rotated.length === 0) return [];
  const rows: PreflightRow[] = [await permissionRow(scene)];
  const seen = new Set<string>();
  for (const credential of rotated) {
    if (seen.has(credential.clientId.toLowerCase())) continue;
    seen.add(credential.clientId.toLowerCase());
    rows.push(await ownerRow(scene, credential));
  }
  return rows;
}

async function permissionRow({ azure, cloud, grantee }: Scene): Promise<PreflightRow> {
  const row = {
    what: SUFFICIENT[0] ?? '',
    where: 'Microsoft Graph',
    why: 'mint and remove client secrets',
  };
  const asked = await azure.ownAccess.claims('graph');
  if (asked.kind !== 'answered') return rowOfFailure(row, asked);
  const { roles } = asked.claims;
  const remedy = grantGraph(grantee, cloud.graph);
  if (roles === undefined) {
    return { ...row, status: 'unknown', note: 'the token cannot be read; if it is not granted yet:', remedy };
  }
  if (roles.some((role) => SUFFICIENT.includes(role))) return { ...row, status: 'ok' };
  const note =
    'The token does not name it. A managed identity’s tokens are kept for up to a day: a permission that was granted since is not seen yet.';
  return { ...row, status: 'missing', note, remedy };
}

async function ownerRow({ azure, grantee }: Scene, { clientId }: Credential): Promise<PreflightRow> {
  const row = {
    what: 'owner of the application',
    where: clientId,
    why: 'mint and remove client secrets of this application',
  };
  const remedy = grantOwnership(clientId, grantee);
  const listed = await azure.graph.owners(clientId);
  if (listed.kind === 'refused' && listed.problem.code === 'graphForbidden') {
    return {
      ...row,
      status: 'unknown',
      note: 'Microsoft Graph shows the owners to nobody without a permission; if it is not owner yet:',
      remedy,
    };
  }
  if (listed.kind !== 'listed') return rowOfFailure(row, listed);
  const { objectId } = grantee;
  if (objectId === undefined) {
    return {
      ...row,
      status: 'unknown',
      note: 'the own object id is not known; if it is not owner yet:',
      remedy,
    };
  }
  if (listed.ids.some((id) => sameId(id, objectId))) return { ...row, status: 'ok' };
  const note = listed.ids.length === 0 ? 'Nobody owns the application.' : 'Others own the application.';
  return { ...row, status: 'missing', note, remedy };
}
